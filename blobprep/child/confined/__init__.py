"""What a confined script needs."""
