"""The types of columns: which are allowed, and how one becomes another."""
