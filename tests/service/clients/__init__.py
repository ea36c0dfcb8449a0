"""Clients of the time, unmodified, in an environment of their own (`make test-service`)."""
