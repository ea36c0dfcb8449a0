"""The service classes of the old SDK, assembled from one mixin for each family of operations."""
