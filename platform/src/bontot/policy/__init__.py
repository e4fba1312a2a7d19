"""What a plan *is*: frozen declarations and the pure arithmetic on them. Standard library only."""
