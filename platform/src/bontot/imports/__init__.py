"""Workbooks in: read in a limited process, checked whole, previewed, and applied all or nothing."""
