"""A folder that stands for an account."""
