"""What follows from a plan and the records: counts, findings, verdicts, and how each came about."""
