"""The guard of a run."""
