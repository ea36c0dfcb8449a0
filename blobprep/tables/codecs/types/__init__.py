"""The types of columns: which are allowed, and how one is cast to another.

allowlist   the types that datasets may have
storage     types that hold ordinary values in another way, replaced by plain ones
promotion   the common type of columns of several types
casts       casts that count the values they change
"""
