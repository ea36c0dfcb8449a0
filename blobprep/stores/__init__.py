"""Accounts opened: a store is an account, or the folder or memory that stands for one."""

from blobprep.stores.base import (
    ANY,
    BLOCK_SIZE,
    BlobPrefix,
    BlobProperties,
    Condition,
    IfAbsent,
    IfMatch,
    Store,
    Upload,
)

__all__ = [
    "ANY",
    "BLOCK_SIZE",
    "BlobPrefix",
    "BlobProperties",
    "Condition",
    "IfAbsent",
    "IfMatch",
    "Store",
    "Upload",
]
