"""The kinds of sheets, a module a noun: what their columns are and what becomes of their rows."""
