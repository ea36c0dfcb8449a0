"""The blocks of block blobs: put, listed, made a blob."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import IO, Any, Final

from blobprep.legacy.encryption import METADATA, refuse_encryption, require_encryption
from blobprep.legacy.models import (
    BlobBlock,
    BlobBlockList,
    BlobTypes,
    ContentSettings,
    CustomerProvidedEncryptionKey,
    ResourceProperties,
)
from blobprep.legacy.operations import BLOB, Operation, ranged
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.forwarding import BLOB_NAMES, handed_on
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.blocklists import read_block_list, write_block_list
from blobprep.legacy.wire.conversions import size_of
from blobprep.legacy.wire.failures import not_none, only_bytes_or_stream
from blobprep.legacy.wire.messages import Body

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
