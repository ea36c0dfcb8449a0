"""The user's script."""
