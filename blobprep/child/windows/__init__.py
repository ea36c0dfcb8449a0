"""Windows names in scripts."""
