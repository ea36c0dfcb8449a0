"""Copies of many blobs, accounted for as the items of a batch are.

jobs      `cp` and `sync`
renaming  targets made of parts of the sources' names
record    the record of copies
"""
