"""Open accounts: a store is an account in Azure, or a folder or memory in its place.

base             what every store promises
queues           what every queue of messages promises
server_side      copies that the service makes by itself
location         a reference in an open store, and a blob pinned to its ETag
globbing         the blobs that a reference with wildcards names
folder_markers   empty blobs that only mark a folder
open             the store of an account
cancellation     pauses and pools of threads that end early
error_codes      the service's error codes: error, cause, remedy
explanations     what a code means for one kind of credential
service_errors   the errors that the service's answers become
service_rules    rules of the service that the stand-ins follow too
memory           an account in memory
folder           a folder in place of an account
azure            an account in Azure
"""

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
    Write,
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
    "Write",
]
