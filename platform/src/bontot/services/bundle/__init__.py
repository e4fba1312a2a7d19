"""A whole committee as one archive: written out, read back, taken in elsewhere, and taken away (safety rule 33)."""
