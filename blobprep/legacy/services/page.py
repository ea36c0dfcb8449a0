"""Page blobs: uploads, tiers, copies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from blobprep.legacy.encryption import ContentCipher, require_encryption
from blobprep.legacy.methods import BLOB_NAMES, CONDITIONS, DESTINATION, Arguments, need, takes
from blobprep.legacy.models import BlobTypes, CopyProperties, PageBlobProperties, ResourceProperties
from blobprep.legacy.operations import BLOB, Operation
from blobprep.legacy.services.blobs import COPIED
from blobprep.legacy.services.bodies import file_of, part_of
from blobprep.legacy.services.pages import Pages
from blobprep.legacy.transfers.chunks import Chunk
from blobprep.legacy.transfers.uploading import Plan, upload_chunks
from blobprep.legacy.wire.failures import PAGE_BLOB_SIZE_ALIGNMENT, VALUE_NEGATIVE

__all__ = ["PageBlobService"]

_SET_TIER: Final = Operation("PUT", BLOB, {"comp": "tier"}, needs=("premium_page_blob_tier",))
_PAGE_SIZE: Final = 512
_UPLOADED: Final = (
    "content_settings=None, metadata=None, validate_content=False, progress_callback=None, max_connections=2,"
    f" lease_id=None, {CONDITIONS}, timeout=None, premium_page_blob_tier=None, cpk=None"
)
_OF_PAGES: Final = ("lease_id", "timeout", "cpk")


class PageBlobService(Pages):
    """Page blobs: disks and the like, pages of 512 bytes that are written in any order.

    Attributes:
        MAX_PAGE_SIZE: In pieces of this size, content is uploaded.
    """

    MAX_PAGE_SIZE = 4 * 1024 * 1024

    blob_type = BlobTypes.PageBlob

    @takes(
        f"container_name, blob_name, copy_source, metadata=None, {DESTINATION}, destination_lease_id=None,"
        " source_lease_id=None, timeout=None"
    )
    def incremental_copy_blob(self, asked: Arguments) -> CopyProperties:
        """Begin to copy a snapshot, of which only what changed since the last copy is copied."""
        return self._copy(asked, incremental=True)

    @takes(f"container_name, blob_name, file_path, {_UPLOADED}")
    def create_blob_from_path(self, asked: Arguments) -> ResourceProperties:
        """Upload a file, whose size is a multiple of 512, as a blob; as `create_blob_from_stream`."""
        need(asked, (*BLOB_NAMES, "file_path"))
        with file_of(asked) as opened:
            return self.create_blob_from_stream(**opened, **asked)

    @takes(f"container_name, blob_name, stream, count, {_UPLOADED}")
    def create_blob_from_stream(self, asked: Arguments) -> ResourceProperties:
        """Upload a stream as a blob, in place of one that is there; `count` is a multiple of 512.

        The blob is there from the first request on, and filled by those that follow. Pieces of zeros are not sent,
        unless they are encrypted. With one connection, no other client can write in between.
        """
        need(asked, (*BLOB_NAMES, "stream", "count"))
        require_encryption(self.require_encryption, self.key_encryption_key)
        stream, count, callback = (asked.pop(name) for name in ("stream", "count", "progress_callback"))
        connections, validate = asked.pop("max_connections"), asked.pop("validate_content")
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
        names = (asked[name] for name in BLOB_NAMES)
        same = {name: asked[name] for name in _OF_PAGES}
        update = partial(self._update_page, *names, validate_content=validate, **same)
        writing = _Writing(update, None if connections > 1 else created.etag)
        upload_chunks(stream, writing, Plan(self.MAX_PAGE_SIZE, count, connections, callback), cipher)
        return writing.properties

    @takes(f"container_name, blob_name, blob, index=0, count=None, {_UPLOADED}")
    def create_blob_from_bytes(self, asked: Arguments) -> ResourceProperties:
        """Upload bytes as a blob, or `count` of them from `index` on; as `create_blob_from_stream`."""
        need(asked, (*BLOB_NAMES, "blob"))
        part = part_of(asked)
        return self.create_blob_from_stream(**part, **asked)

    @takes("container_name, blob_name, premium_page_blob_tier, timeout=None")
    def set_premium_page_blob_tier(self, asked: Arguments) -> None:
        """Make a blob of a premium account faster, such as `P10`."""
        self._perform(_SET_TIER, asked)

    @takes(f"{COPIED}, premium_page_blob_tier=None")
    def copy_blob(self, asked: Arguments) -> CopyProperties:
        """Begin to copy a blob from a URL, or from `/account/container/blob` of this account."""
        return self._copy(asked)


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
