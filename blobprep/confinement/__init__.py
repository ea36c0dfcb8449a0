"""Confinement of the child by itself: level `strict`. Standard library only."""
