"""What all text formats share."""
