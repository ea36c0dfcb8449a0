"""The blocks of block blobs: put, listed, made a blob."""

from __future__ import annotations

from typing import Final

from blobprep.legacy.models import (
    BlobTypes,
)
from blobprep.legacy.operations import BLOB, Operation

__all__ = ["Blocks"]

_PUT_BLOB: Final = Operation(
    "PUT", BLOB, headers={"x-ms-blob-type": BlobTypes.BlockBlob}, unsent=("blob", "validate_content")
)
_PUT_BLOCK: Final = Operation(
    "PUT", BLOB, {"comp": "block"}, needs=("block", "block_id"), unsent=("block", "validate_content")
)
_PUT_BLOCK_FROM_URL: Final = Operation(
    "PUT",
    BLOB,
    {"comp": "block"},
    needs=("copy_source_url", "block_id"),
    unsent=("source_range_start", "source_range_end"),
)
_PUT_BLOCK_LIST: Final = Operation(
    "PUT",
    BLOB,
    {"comp": "blocklist"},
    needs=("block_list",),
    unsent=("block_list", "validate_content", "encryption_data"),
)
_GET_BLOCK_LIST: Final = Operation("GET", BLOB, {"comp": "blocklist"}, secondary=True)
