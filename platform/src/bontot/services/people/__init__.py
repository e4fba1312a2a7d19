"""A member's life in the Party, one dated event at a time: what may be recorded, what it changes, and taking it back."""
