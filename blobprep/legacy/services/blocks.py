"""The blocks of block blobs: put, listed, made a blob."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import IO, Final

from blobprep.legacy.encryption import METADATA, ContentCipher, refuse_encryption, require_encryption
from blobprep.legacy.models import (
    BlobBlock,
    BlobBlockList,
    BlobTypes,
    ContentSettings,
    CustomerProvidedEncryptionKey,
    ResourceProperties,
)
from blobprep.legacy.operations import BLOB, Operation
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.bodies import bytes_of, source_range, summed
from blobprep.legacy.services.forwarding import BLOB_NAMES, handed_on
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

    def put_block(
        self,
        container_name: str,
        blob_name: str,
        block: bytes | IO[bytes],
        block_id: str,
        validate_content: bool = False,
        lease_id: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> None:
        """Put a block, from bytes or a stream, for a blob that it may become part of.

        Args:
            container_name: where the blob is.
            blob_name: its name; there need not be such a blob yet.
            block: what it holds.
            block_id: of the same length for all blocks of a blob.
            validate_content: whether the service compares the block with its sum.
            lease_id: that of an active lease.
            timeout: seconds that the service may take.
            cpk: the key that the service encrypts it with; the same for all of the blob.
        """
        asked = handed_on(locals())
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        self._put_block(**asked)

    def put_block_list(
        self,
        container_name: str,
        blob_name: str,
        block_list: Iterable[BlobBlock],
        content_settings: ContentSettings | None = None,
        metadata: Mapping[str, str] | None = None,
        validate_content: bool = False,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        standard_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Make a blob of blocks that were put, or that it was made of before; all others are dropped."""
        asked = handed_on(locals())
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return self._put_block_list(**asked)

    def get_block_list(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        block_list_type: str | None = None,
        lease_id: str | None = None,
        timeout: int | None = None,
    ) -> BlobBlockList:
        """List the blocks that a blob is made of; with `all` or `uncommitted`, those that wait to be as well."""
        return self._perform(_GET_BLOCK_LIST, locals(), read_block_list)

    def put_block_from_url(
        self,
        container_name: str,
        blob_name: str,
        copy_source_url: str,
        block_id: str,
        source_range_start: int | None = None,
        source_range_end: int | None = None,
        source_content_md5: str | None = None,
        lease_id: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> None:
        """Put a block that the service itself gets from a URL, or the bytes of a range of it, both ends included."""
        asked = handed_on(locals())
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        self._perform(_PUT_BLOCK_FROM_URL, asked, headers=source_range(source_range_start, source_range_end))

    def _put_blob(
        self,
        container_name: str,
        blob_name: str,
        blob: bytes,
        content_settings: ContentSettings | None = None,
        metadata: Mapping[str, str] | None = None,
        validate_content: bool = False,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
        timeout: int | None = None,
        standard_blob_tier: str | None = None,
    ) -> ResourceProperties:
        """Put a whole blob with one request, encrypted where there is a key."""
        asked = handed_on(locals())
        require_encryption(self.require_encryption, self.key_encryption_key)
        headers: Headers = {}
        body = bytes_of("blob", blob)
        if self.key_encryption_key:
            cipher = ContentCipher(self.key_encryption_key)
            body = cipher.encrypt(body)
            headers[METADATA] = cipher.description
        return self._perform(
            _PUT_BLOB, asked, reading.resource, body=body, headers=headers | summed(body, validate_content)
        )

    def _put_block(
        self,
        container_name: str,
        blob_name: str,
        block: bytes | IO[bytes],
        block_id: str,
        validate_content: bool = False,
        lease_id: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
        timeout: int | None = None,
    ) -> None:
        """Put a block as it is."""
        asked = handed_on(locals(), needs=(*BLOB_NAMES, "block", "block_id"))
        only_bytes_or_stream("block", block)
        if not isinstance(block, bytes) and size_of(block) is None:
            # What cannot say how long it is cannot be sent again either; and some take no `read` without a size.
            block = b"".join(iter(partial(block.read, _READ_SIZE), b""))
        self._perform(_PUT_BLOCK, asked, body=block, headers=summed(block, validate_content))

    def _put_block_list(
        self,
        container_name: str,
        blob_name: str,
        block_list: Iterable[BlobBlock],
        content_settings: ContentSettings | None = None,
        metadata: Mapping[str, str] | None = None,
        validate_content: bool = False,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        encryption_data: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
        standard_blob_tier: str | None = None,
    ) -> ResourceProperties:
        """Make a blob of blocks, with the description of its encryption if it is encrypted."""
        asked = handed_on(locals(), needs=(*BLOB_NAMES, "block_list"))
        body = write_block_list(block_list)
        headers = summed(body, validate_content)
        if encryption_data is not None:
            headers[METADATA] = encryption_data
        return self._perform(_PUT_BLOCK_LIST, asked, reading.resource, body=body, headers=headers)
