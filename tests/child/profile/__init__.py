"""Profiles of tables, beside what NumPy, pandas and SciPy compute."""
