"""Fees of the month: who owes what by the rules of the day, what was taken, kept and passed on."""
