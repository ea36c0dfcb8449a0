"""One dataset from the results of all items, which may be more than memory or disk holds.

combine  the work: asks a child for types, then for rows
inputs   the results that are combined, on disk
record   what was combined, into what
target   where it goes, and whether it counts
"""
