"""Telling other programs what happened here: which events there are, who is told, how it is signed, what came of it."""
