"""What authors of plugins and their tests stand on."""
