"""The end of the year: titles granted step by step as each plan lays down, their lists, and what takes them back."""
