"""Requests and answers: written, signed, sent, read."""
