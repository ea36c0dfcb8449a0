"""Block blobs: uploads, tiers, copies."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import IO, Any, Final
from urllib.parse import quote

from blobprep.legacy.encryption import ContentCipher, require_encryption
from blobprep.legacy.models import (
    BatchSetBlobTierSubRequest,
    BatchSubResponse,
    BlobBlock,
    BlobTypes,
    ContentSettings,
    CopyProperties,
    CustomerProvidedEncryptionKey,
    ResourceProperties,
)
from blobprep.legacy.operations import BLOB, Operation
from blobprep.legacy.services.blocks import Blocks
from blobprep.legacy.services.bodies import OF_BYTES, OF_TEXT, encoded, slice_of
from blobprep.legacy.services.forwarding import BLOB_NAMES, handed_on
from blobprep.legacy.transfers.chunks import Chunk, read_exactly
from blobprep.legacy.transfers.progress import Callback
from blobprep.legacy.transfers.uploading import Plan, upload_chunks, upload_windows
from blobprep.legacy.transfers.windows import Window
from blobprep.legacy.wire.conversions import to_base64

__all__ = ["BlockBlobService"]

_SET_TIER: Final = Operation("PUT", BLOB, {"comp": "tier"}, needs=("standard_blob_tier",))
_PADDED_TO: Final = 16
_OF_UPLOAD: Final = ("stream", "count", "progress_callback", "max_connections", "use_byte_buffer")


class BlockBlobService(Blocks):
    """Block blobs: what most blobs are, up to 50,000 blocks each.

    Attributes:
        MAX_SINGLE_PUT_SIZE: From this size on, a blob is uploaded in blocks.
        MAX_BLOCK_SIZE: How large those are.
        MIN_LARGE_BLOCK_UPLOAD_THRESHOLD: From this block size on, blocks of a seekable stream are not held in memory.
    """

    MAX_SINGLE_PUT_SIZE = 64 * 1024 * 1024
    MAX_BLOCK_SIZE = 4 * 1024 * 1024
    MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 4 * 1024 * 1024 + 1

    blob_type = BlobTypes.BlockBlob

    def create_blob_from_path(
        self,
        container_name: str,
        blob_name: str,
        file_path: str,
        content_settings: ContentSettings | None = None,
        metadata: Mapping[str, str] | None = None,
        validate_content: bool = False,
        progress_callback: Callback | None = None,
        max_connections: int = 2,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        standard_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Upload a file as a blob, in place of one that is there; as `create_blob_from_stream`."""
        asked = handed_on(locals(), own=("file_path",), needs=(*BLOB_NAMES, "file_path"))
        with open(file_path, "rb") as stream:  # noqa: PTH123  # descriptors will do too
            return self.create_blob_from_stream(stream=stream, count=os.fstat(stream.fileno()).st_size, **asked)

    def create_blob_from_stream(
        self,
        container_name: str,
        blob_name: str,
        stream: IO[bytes],
        count: int | None = None,
        content_settings: ContentSettings | None = None,
        metadata: Mapping[str, str] | None = None,
        validate_content: bool = False,
        progress_callback: Callback | None = None,
        max_connections: int = 2,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        use_byte_buffer: bool = False,
        standard_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Upload a stream as a blob, in place of one that is there.

        A small one of which the size is known is put with one request, anything else in blocks. Until the last
        request has succeeded, what was there stays.

        Args:
            container_name: where the blob is to be.
            blob_name: its name.
            stream: is read from where it stands.
            count: how many bytes of it; None for all.
            content_settings: what is stored as the blob's content type and the like.
            metadata: is stored with it.
            validate_content: whether the service compares what comes with its sum.
            progress_callback: takes how many bytes were sent so far, and in all, if that is known.
            max_connections: how many blocks are sent at once.
            lease_id: that of an active lease.
            if_modified_since: only if the blob that is there changed since then.
            if_unmodified_since: only if it did not.
            if_match: only if it has this ETag; `*` for any.
            if_none_match: only if it has another one; `*` if there is none.
            timeout: seconds that the service may take for each request.
            use_byte_buffer: hold blocks in memory, also large ones that could be read while they are sent.
            standard_blob_tier: where it is stored.
            cpk: the key that the service encrypts it with.
        """
        asked = handed_on(locals(), own=_OF_UPLOAD, needs=(*BLOB_NAMES, "stream"))
        require_encryption(self.require_encryption, self.key_encryption_key)
        if count is not None and self._stored_size(count) < self.MAX_SINGLE_PUT_SIZE:
            return self._put_stream(stream, count, progress_callback, asked)
        put = partial(
            self._put_block,
            container_name,
            blob_name,
            validate_content=validate_content,
            lease_id=lease_id,
            timeout=timeout,
            cpk=cpk,
        )
        plan = Plan(self.MAX_BLOCK_SIZE, count, max_connections, progress_callback)
        cipher = ContentCipher(self.key_encryption_key) if self.key_encryption_key else None
        if use_byte_buffer or validate_content or self._must_be_buffered(stream):
            blocks = upload_chunks(stream, partial(_put_chunk, put), plan, cipher)
        else:
            blocks = upload_windows(stream, partial(_put_window, put), plan)
        return self._put_block_list(block_list=blocks, encryption_data=cipher.description if cipher else None, **asked)

    def _stored_size(self, count: int) -> int:
        """Return how large content is when it is stored: encrypted, it is padded."""
        return count if self.key_encryption_key is None else count + _PADDED_TO - count % _PADDED_TO

    def _put_stream(
        self, stream: IO[bytes], count: int, callback: Callback | None, asked: Mapping[str, Any]
    ) -> ResourceProperties:
        if callback:
            callback(0, count)
        put = self._put_blob(blob=read_exactly(stream, count), **asked)
        if callback:
            callback(count, count)
        return put

    def _must_be_buffered(self, stream: Any) -> bool:
        """Whether blocks of a stream cannot, or must not, be read from it while they are sent."""
        if self.require_encryption or self.key_encryption_key is not None:
            return True
        if self.MAX_BLOCK_SIZE < self.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD:
            return True
        if hasattr(stream, "seekable") and not stream.seekable():
            return True
        return not (hasattr(stream, "seek") and hasattr(stream, "tell"))

    def create_blob_from_bytes(
        self,
        container_name: str,
        blob_name: str,
        blob: bytes,
        index: int = 0,
        count: int | None = None,
        content_settings: ContentSettings | None = None,
        metadata: Mapping[str, str] | None = None,
        validate_content: bool = False,
        progress_callback: Callback | None = None,
        max_connections: int = 2,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        standard_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Upload bytes as a blob, or `count` of them from `index` on; as `create_blob_from_stream`."""
        asked = handed_on(locals(), own=OF_BYTES, needs=(*BLOB_NAMES, "blob", "index"))
        return self.create_blob_from_stream(use_byte_buffer=True, **slice_of(blob, index, count), **asked)

    def create_blob_from_text(
        self,
        container_name: str,
        blob_name: str,
        text: str,
        encoding: str = "utf-8",
        content_settings: ContentSettings | None = None,
        metadata: Mapping[str, str] | None = None,
        validate_content: bool = False,
        progress_callback: Callback | None = None,
        max_connections: int = 2,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        standard_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Upload a text as a blob; bytes are taken as they are. As `create_blob_from_stream`."""
        asked = handed_on(locals(), own=OF_TEXT, needs=(*BLOB_NAMES, "text"))
        return self.create_blob_from_bytes(blob=encoded(text, encoding), **asked)

    def set_standard_blob_tier(
        self,
        container_name: str,
        blob_name: str,
        standard_blob_tier: str,
        timeout: int | None = None,
        rehydrate_priority: str | None = None,
    ) -> None:
        """Move a blob to another tier, such as `Hot`, `Cool` or `Archive`."""
        self._perform(_SET_TIER, locals())

    def batch_set_standard_blob_tier(
        self, batch_set_blob_tier_sub_requests: Sequence[BatchSetBlobTierSubRequest], timeout: int | None = None
    ) -> list[BatchSubResponse]:
        """Move up to 256 blobs to other tiers; each has an answer of its own."""
        return self._batch(_SET_TIER, batch_set_blob_tier_sub_requests, timeout)

    def copy_blob(
        self,
        container_name: str,
        blob_name: str,
        copy_source: str,
        metadata: Mapping[str, str] | None = None,
        source_if_modified_since: datetime | None = None,
        source_if_unmodified_since: datetime | None = None,
        source_if_match: str | None = None,
        source_if_none_match: str | None = None,
        destination_if_modified_since: datetime | None = None,
        destination_if_unmodified_since: datetime | None = None,
        destination_if_match: str | None = None,
        destination_if_none_match: str | None = None,
        destination_lease_id: str | None = None,
        source_lease_id: str | None = None,
        timeout: int | None = None,
        requires_sync: bool | None = None,
        standard_blob_tier: str | None = None,
        rehydrate_priority: str | None = None,
    ) -> CopyProperties:
        """Begin to copy a blob from a URL, or from `/account/container/blob` of this account.

        With `requires_sync` it is done when this returns; the source must be small then.
        """
        return self._copy(locals())


def _put_chunk(put: Callable[..., None], chunk: Chunk) -> BlobBlock:
    block_id = quote(to_base64(f"{chunk.offset:032d}"))
    put(block=chunk.data, block_id=block_id)
    return BlobBlock(block_id)


def _put_window(put: Callable[..., None], number: int, window: Window) -> BlobBlock:
    block_id = f"BlockId{number:05d}"
    put(block=window, block_id=block_id)
    return BlobBlock(block_id)
