"""One run from request to manifest."""
