"""Page blobs: uploads, tiers, copies."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import IO, Final

from blobprep.legacy.encryption import ContentCipher, require_encryption
from blobprep.legacy.models import (
    BlobTypes,
    ContentSettings,
    CopyProperties,
    CustomerProvidedEncryptionKey,
    PageBlobProperties,
    ResourceProperties,
)
from blobprep.legacy.operations import BLOB, Operation
from blobprep.legacy.services.bodies import OF_BYTES, slice_of
from blobprep.legacy.services.forwarding import BLOB_NAMES, handed_on
from blobprep.legacy.services.pages import Pages
from blobprep.legacy.transfers.chunks import Chunk
from blobprep.legacy.transfers.progress import Callback
from blobprep.legacy.transfers.uploading import Plan, upload_chunks
from blobprep.legacy.wire.failures import PAGE_BLOB_SIZE_ALIGNMENT, VALUE_NEGATIVE

__all__ = ["PageBlobService"]

_SET_TIER: Final = Operation("PUT", BLOB, {"comp": "tier"}, needs=("premium_page_blob_tier",))
_PAGE_SIZE: Final = 512
_OF_UPLOAD: Final = ("stream", "count", "validate_content", "progress_callback", "max_connections")


class PageBlobService(Pages):
    """Page blobs: disks and the like, pages of 512 bytes that are written in any order.

    Attributes:
        MAX_PAGE_SIZE: In pieces of this size, content is uploaded.
    """

    MAX_PAGE_SIZE = 4 * 1024 * 1024

    blob_type = BlobTypes.PageBlob

    def incremental_copy_blob(
        self,
        container_name: str,
        blob_name: str,
        copy_source: str,
        metadata: Mapping[str, str] | None = None,
        destination_if_modified_since: datetime | None = None,
        destination_if_unmodified_since: datetime | None = None,
        destination_if_match: str | None = None,
        destination_if_none_match: str | None = None,
        destination_lease_id: str | None = None,
        source_lease_id: str | None = None,
        timeout: int | None = None,
    ) -> CopyProperties:
        """Begin to copy a snapshot, of which only what changed since the last copy is copied."""
        return self._copy(locals(), incremental=True)

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
        premium_page_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Upload a file, whose size is a multiple of 512, as a blob; as `create_blob_from_stream`."""
        asked = handed_on(locals(), own=("file_path",), needs=(*BLOB_NAMES, "file_path"))
        with open(file_path, "rb") as stream:  # noqa: PTH123  # descriptors will do too
            return self.create_blob_from_stream(stream=stream, count=os.fstat(stream.fileno()).st_size, **asked)

    def create_blob_from_stream(
        self,
        container_name: str,
        blob_name: str,
        stream: IO[bytes],
        count: int,
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
        premium_page_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Upload a stream as a blob, in place of one that is there.

        The blob is there from the first request on, and filled by those that follow. Pieces of zeros are not sent,
        unless they are encrypted.

        Args:
            container_name: where the blob is to be.
            blob_name: its name.
            stream: is read from where it stands.
            count: how many bytes of it; a multiple of 512.
            content_settings: what is stored as the blob's content type and the like.
            metadata: is stored with it.
            validate_content: whether the service compares what comes with its sum.
            progress_callback: takes how many bytes were sent so far, and in all.
            max_connections: how many pieces are sent at once; if it is 1, nobody else can write in between.
            lease_id: that of an active lease.
            if_modified_since: only if the blob that is there changed since then.
            if_unmodified_since: only if it did not.
            if_match: only if it has this ETag; `*` for any.
            if_none_match: only if it has another one; `*` if there is none.
            timeout: seconds that the service may take for each request.
            premium_page_blob_tier: how fast the blob is.
            cpk: the key that the service encrypts it with.
        """
        asked = handed_on(locals(), own=_OF_UPLOAD, needs=(*BLOB_NAMES, "stream", "count"))
        require_encryption(self.require_encryption, self.key_encryption_key)
        if count < 0:
            raise ValueError(VALUE_NEGATIVE.format("count"))
        if count % _PAGE_SIZE:
            raise ValueError(PAGE_BLOB_SIZE_ALIGNMENT.format(count))
        cipher = None if self.key_encryption_key is None else ContentCipher(self.key_encryption_key, is_padded=False)
        created = self._create_blob(
            content_length=count, encryption_data=cipher.description if cipher else None, **asked
        )
        if count == 0:
            return created
        update = partial(
            self._update_page,
            container_name,
            blob_name,
            validate_content=validate_content,
            lease_id=lease_id,
            timeout=timeout,
            cpk=cpk,
        )
        writing = _Writing(update, None if max_connections > 1 else created.etag)
        plan = Plan(self.MAX_PAGE_SIZE, count, max_connections, progress_callback)
        upload_chunks(stream, writing, plan, cipher)
        return writing.properties

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
        premium_page_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Upload bytes as a blob, or `count` of them from `index` on; as `create_blob_from_stream`."""
        asked = handed_on(locals(), own=OF_BYTES, needs=(*BLOB_NAMES, "blob"))
        return self.create_blob_from_stream(**slice_of(blob, index, count), **asked)

    def set_premium_page_blob_tier(
        self,
        container_name: str,
        blob_name: str,
        premium_page_blob_tier: str,
        timeout: int | None = None,
    ) -> None:
        """Make a blob of a premium account faster, such as `P10`."""
        self._perform(_SET_TIER, locals())

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
        premium_page_blob_tier: str | None = None,
    ) -> CopyProperties:
        """Begin to copy a blob from a URL, or from `/account/container/blob` of this account."""
        return self._copy(locals())


class _Writing:
    """Writes chunks of pages.

    Attributes:
        properties: what the service said last; all None while nothing had to be written.
    """

    def __init__(self, update: Callable[..., PageBlobProperties], etag: str | None) -> None:
        """Write to the blob of this ETag, one chunk after another; or in any order if it is None."""
        self._update = update
        self._etag = etag
        self.properties = ResourceProperties()

    def __call__(self, chunk: Chunk) -> None:
        if chunk.data == bytes(len(chunk.data)):  # a new blob is all zeros
            return
        last = chunk.offset + len(chunk.data) - 1
        updated = self._update(chunk.data, chunk.offset, last, if_match=self._etag)
        self.properties.clone(updated)
        if self._etag is not None:
            self._etag = updated.etag
