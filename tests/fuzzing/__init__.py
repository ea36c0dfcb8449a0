"""Fuzzing: malformed input gets the error that is meant for it, and nothing else ever comes out."""
