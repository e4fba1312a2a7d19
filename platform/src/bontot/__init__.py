"""Bốn Tốt: records, calendar, evaluation and recognition for Party committees, by each committee's own plan."""
