"""The yearly rating of cells and members: who is rated, the level, and what the frame in force asks."""
