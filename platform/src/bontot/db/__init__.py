"""The records: tables, the guards that keep committees apart, and nothing of Flask."""
