"""The blocks of block blobs: put, listed, made a blob."""

from __future__ import annotations

from functools import partial
from typing import Final

from blobprep.legacy.encryption import METADATA, ContentCipher, refuse_encryption, require_encryption
from blobprep.legacy.methods import BLOB_NAMES, CONDITIONS, Arguments, need, takes
from blobprep.legacy.models import BlobBlockList, BlobTypes, ResourceProperties
from blobprep.legacy.operations import BLOB, Operation
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.bodies import bytes_of, source_range, summed
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.blocklists import read_block_list, write_block_list
from blobprep.legacy.wire.conversions import size_of
from blobprep.legacy.wire.failures import only_bytes_or_stream
from blobprep.legacy.wire.messages import Headers

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
_READ_SIZE: Final = 64 * 1024


class Blocks(BaseBlobService):
    """What can be done with the blocks of a block blob."""

    @takes("container_name, blob_name, block, block_id, validate_content=False, lease_id=None, timeout=None, cpk=None")
    def put_block(self, asked: Arguments) -> None:
        """Put a block, from bytes or a stream, for a blob that it may become part of, and that need not exist yet."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        self._put_block(**asked)

    @takes(
        "container_name, blob_name, block_list, content_settings=None, metadata=None, validate_content=False,"
        f" lease_id=None, {CONDITIONS}, timeout=None, standard_blob_tier=None, cpk=None"
    )
    def put_block_list(self, asked: Arguments) -> ResourceProperties:
        """Make a blob of blocks that were put, or that it was made of before; all others are dropped."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return self._put_block_list(**asked)

    @takes("container_name, blob_name, snapshot=None, block_list_type=None, lease_id=None, timeout=None")
    def get_block_list(self, asked: Arguments) -> BlobBlockList:
        """List the blocks that a blob is made of; with `all` or `uncommitted`, those that wait to be as well."""
        return self._perform(_GET_BLOCK_LIST, asked, read_block_list)

    @takes(
        "container_name, blob_name, copy_source_url, block_id, source_range_start=None, source_range_end=None,"
        " source_content_md5=None, lease_id=None, timeout=None, cpk=None"
    )
    def put_block_from_url(self, asked: Arguments) -> None:
        """Put a block that the service itself gets from a URL, or the bytes of a range of it, both ends included."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        self._perform(_PUT_BLOCK_FROM_URL, asked, headers=source_range(asked))

    @takes(
        "container_name, blob_name, blob, content_settings=None, metadata=None, validate_content=False, lease_id=None,"
        f" {CONDITIONS}, cpk=None, timeout=None, standard_blob_tier=None"
    )
    def _put_blob(self, asked: Arguments) -> ResourceProperties:
        """Put a whole blob with one request, encrypted where there is a key."""
        require_encryption(self.require_encryption, self.key_encryption_key)
        headers: Headers = {}
        body = bytes_of("blob", asked["blob"])
        if self.key_encryption_key:
            cipher = ContentCipher(self.key_encryption_key)
            body = cipher.encrypt(body)
            headers[METADATA] = cipher.description
        headers |= summed(body, asked["validate_content"])
        return self._perform(_PUT_BLOB, asked, reading.resource, body=body, headers=headers)

    @takes("container_name, blob_name, block, block_id, validate_content=False, lease_id=None, cpk=None, timeout=None")
    def _put_block(self, asked: Arguments) -> None:
        """Put a block as it is."""
        need(asked, (*BLOB_NAMES, "block", "block_id"))
        block = asked["block"]
        only_bytes_or_stream("block", block)
        if not isinstance(block, bytes) and size_of(block) is None:
            # What cannot say how long it is cannot be sent again either; and some take no `read` without a size.
            block = b"".join(iter(partial(block.read, _READ_SIZE), b""))
        self._perform(_PUT_BLOCK, asked, body=block, headers=summed(block, asked["validate_content"]))

    @takes(
        "container_name, blob_name, block_list, content_settings=None, metadata=None, validate_content=False,"
        f" lease_id=None, {CONDITIONS}, timeout=None, encryption_data=None, cpk=None, standard_blob_tier=None"
    )
    def _put_block_list(self, asked: Arguments) -> ResourceProperties:
        """Make a blob of blocks, with the description of its encryption if it is encrypted."""
        need(asked, (*BLOB_NAMES, "block_list"))
        body = write_block_list(asked["block_list"])
        headers = summed(body, asked["validate_content"])
        if asked["encryption_data"] is not None:
            headers[METADATA] = asked["encryption_data"]
        return self._perform(_PUT_BLOCK_LIST, asked, reading.resource, body=body, headers=headers)
