"""Copies of many blobs, accounted for as the items of a batch are.

jobs    `cp` and `sync`
record  the record of copies
"""
