"""What the bytes of a dataset are, whatever they are called."""
