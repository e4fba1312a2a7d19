"""The verbs: each service function checks, changes the records in the caller's transaction, and leaves a trail."""
