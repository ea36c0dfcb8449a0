"""Page blobs: uploads, pages, tiers, copies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from blobprep.legacy.encryption import METADATA, ContentCipher, refuse_encryption, require_encryption
from blobprep.legacy.methods import (
    BLOB_NAMES,
    CONDITIONS,
    DESTINATION,
    SEQUENCE,
    SOURCE,
    Arguments,
    hand_on,
    need,
    takes,
)
from blobprep.legacy.models import BlobTypes, CopyProperties, PageBlobProperties, PageRange, ResourceProperties
from blobprep.legacy.operations import BLOB, Operation, ranged
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.blobs import COPIED
from blobprep.legacy.services.bodies import SOURCE_CONDITIONS, bytes_of, file_of, part_of, summed
from blobprep.legacy.transfers.chunks import Chunk
from blobprep.legacy.transfers.uploading import Plan, upload_chunks
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.failures import PAGE_BLOB_SIZE_ALIGNMENT, VALUE_NEGATIVE
from blobprep.legacy.wire.listings import read_page_ranges
from blobprep.legacy.wire.messages import Headers

__all__ = ["PageBlobService"]

_LISTED: Final = f"snapshot=None, start_range=None, end_range=None, lease_id=None, {CONDITIONS}, timeout=None"
_UPDATED: Final = (
    f"container_name, blob_name, page, start_range, end_range, validate_content=False, lease_id=None, {SEQUENCE},"
    f" {CONDITIONS}, cpk=None, timeout=None"
)
_PAGE_SIZE: Final = 512
_UPLOADED: Final = (
    "content_settings=None, metadata=None, validate_content=False, progress_callback=None, max_connections=2,"
    f" lease_id=None, {CONDITIONS}, timeout=None, premium_page_blob_tier=None, cpk=None"
)
_OF_PAGES: Final = ("lease_id", "timeout", "cpk")


class PageBlobService(BaseBlobService):
    """Page blobs: pages of 512 bytes, written in any order, for disks and the like. A range consists of whole pages.

    Attributes:
        MAX_PAGE_SIZE: Size of the pieces in which content is uploaded.
    """

    MAX_PAGE_SIZE = 4 * 1024 * 1024

    blob_type = BlobTypes.PageBlob

    @takes(
        f"container_name, blob_name, copy_source, metadata=None, {DESTINATION}, destination_lease_id=None,"
        " source_lease_id=None, timeout=None"
    )
    def incremental_copy_blob(self, asked: Arguments) -> CopyProperties:
        """Begin to copy a snapshot: only what changed since the last copy."""
        return self._copy(asked, incremental=True)

    @takes(f"container_name, blob_name, file_path, {_UPLOADED}", needs=(*BLOB_NAMES, "file_path"))
    def create_blob_from_path(self, asked: Arguments) -> ResourceProperties:
        """Upload a file, whose size is a multiple of 512, as a blob; as `create_blob_from_stream`."""
        with file_of(asked) as opened:
            return hand_on(self.create_blob_from_stream, asked, **opened)

    @takes(f"container_name, blob_name, stream, count, {_UPLOADED}", needs=(*BLOB_NAMES, "stream", "count"))
    def create_blob_from_stream(self, asked: Arguments) -> ResourceProperties:
        """Upload a stream as a blob, in place of one that is there; `count` is a multiple of 512.

        The first request creates the blob, and the others fill it. Pieces of zeros are not sent, unless they are
        encrypted. With one connection, no other client can write in between.
        """
        require_encryption(self.require_encryption, self.key_encryption_key)
        stream, count, callback = (asked.pop(name) for name in ("stream", "count", "progress_callback"))
        connections, validate = asked.pop("max_connections"), asked.pop("validate_content")
        if count < 0:
            raise ValueError(VALUE_NEGATIVE.format("count"))
        if count % _PAGE_SIZE:
            raise ValueError(PAGE_BLOB_SIZE_ALIGNMENT.format(count))
        cipher = None if self.key_encryption_key is None else ContentCipher(self.key_encryption_key, is_padded=False)
        described = cipher.description if cipher else None
        created = self._create_blob(content_length=count, encryption_data=described, **asked)
        if count == 0:
            return created
        names = (asked[name] for name in BLOB_NAMES)
        same = {name: asked[name] for name in _OF_PAGES}
        update = partial(self._update_page, *names, validate_content=validate, **same)
        writing = _Writing(update, None if connections > 1 else created.etag)
        upload_chunks(stream, writing, Plan(self.MAX_PAGE_SIZE, count, connections, callback), cipher)
        return writing.properties

    @takes(f"container_name, blob_name, blob, index=0, count=None, {_UPLOADED}", needs=(*BLOB_NAMES, "blob"))
    def create_blob_from_bytes(self, asked: Arguments) -> ResourceProperties:
        """Upload bytes as a blob, or `count` of them from `index` on; as `create_blob_from_stream`."""
        return hand_on(self.create_blob_from_stream, part_of(asked) | asked)

    @takes("container_name, blob_name, premium_page_blob_tier, timeout=None")
    def set_premium_page_blob_tier(self, asked: Arguments) -> None:
        """Make a blob of a premium account faster, such as `P10`."""
        self._perform(Operation("PUT", BLOB, {"comp": "tier"}, needs=("premium_page_blob_tier",)), asked)

    @takes(f"{COPIED}, premium_page_blob_tier=None")
    def copy_blob(self, asked: Arguments) -> CopyProperties:
        """Begin to copy a blob from a URL, or from `/account/container/blob` of this account."""
        return self._copy(asked)

    @takes(
        "container_name, blob_name, content_length, content_settings=None, sequence_number=None, metadata=None,"
        f" lease_id=None, {CONDITIONS}, timeout=None, premium_page_blob_tier=None, cpk=None"
    )
    def create_blob(self, asked: Arguments) -> ResourceProperties:
        """Create a blob of zeros, in place of one that is there; its size is a multiple of 512."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return hand_on(self._create_blob, asked, *BLOB_NAMES, "content_length")

    @takes(_UPDATED)
    def update_page(self, asked: Arguments) -> PageBlobProperties:
        """Write pages, from the byte `start_range` to `end_range`, which is included."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return hand_on(self._update_page, asked, *BLOB_NAMES, "page", "start_range", "end_range")

    @takes(
        "container_name, blob_name, start_range, end_range, copy_source_url, source_range_start,"
        f" source_content_md5=None, {SOURCE}, lease_id=None, {SEQUENCE}, {CONDITIONS}, cpk=None, timeout=None"
    )
    def update_page_from_url(self, asked: Arguments) -> PageBlobProperties:
        """Write pages that the service itself gets from a URL, as many from `source_range_start` on."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        need(asked, (*BLOB_NAMES, "copy_source_url"))
        start, end, source = asked["start_range"], asked["end_range"], asked["source_range_start"]
        headers = ranged(start, end, in_pages=True)
        headers |= ranged(source, source + (end - start), name="x-ms-source-range")
        operation = Operation("PUT", BLOB, {"comp": "page"}, {"x-ms-page-write": "update"}, places=SOURCE_CONDITIONS)
        return self._perform(operation, asked, reading.pages, headers=headers)

    @takes(f"container_name, blob_name, start_range, end_range, lease_id=None, {SEQUENCE}, {CONDITIONS}, timeout=None")
    def clear_page(self, asked: Arguments) -> PageBlobProperties:
        """Clear pages, which frees what they take, from the byte `start_range` to `end_range`, which is included."""
        need(asked, BLOB_NAMES)
        headers = ranged(asked["start_range"], asked["end_range"], in_pages=True)
        operation = Operation("PUT", BLOB, {"comp": "page"}, {"x-ms-page-write": "clear"})
        return self._perform(operation, asked, reading.pages, headers=headers)

    @takes(f"container_name, blob_name, {_LISTED}", needs=BLOB_NAMES)
    def get_page_ranges(self, asked: Arguments) -> list[PageRange]:
        """List the pages that were written, of the whole blob or of a range."""
        operation = Operation("GET", BLOB, {"comp": "pagelist"})
        return self._perform(operation, asked, read_page_ranges, headers=_within(asked))

    @takes(f"container_name, blob_name, previous_snapshot, {_LISTED}", needs=(*BLOB_NAMES, "previous_snapshot"))
    def get_page_ranges_diff(self, asked: Arguments) -> list[PageRange]:
        """List the pages that were written or cleared between an earlier snapshot and the blob, or a later one."""
        operation = Operation("GET", BLOB, {"comp": "pagelist"})
        return self._perform(operation, asked, read_page_ranges, headers=_within(asked))

    @takes(
        "container_name, blob_name, sequence_number_action, sequence_number=None, lease_id=None,"
        f" {CONDITIONS}, timeout=None"
    )
    def set_sequence_number(self, asked: Arguments) -> PageBlobProperties:
        """Set the number by which the caller counts writes: `max` of both, `update`, or `increment` without one."""
        operation = Operation("PUT", BLOB, {"comp": "properties"}, needs=("sequence_number_action",))
        return self._perform(operation, asked, reading.pages)

    @takes(f"container_name, blob_name, content_length, lease_id=None, {CONDITIONS}, timeout=None")
    def resize_blob(self, asked: Arguments) -> PageBlobProperties:
        """Make a blob larger with zeros, or smaller; its size is a multiple of 512."""
        operation = Operation("PUT", BLOB, {"comp": "properties"}, needs=("content_length",))
        return self._perform(operation, asked, reading.pages)

    @takes(
        "container_name, blob_name, content_length, content_settings=None, sequence_number=None, metadata=None,"
        f" lease_id=None, premium_page_blob_tier=None, {CONDITIONS}, timeout=None, encryption_data=None, cpk=None"
    )
    def _create_blob(self, asked: Arguments) -> ResourceProperties:
        """Create a blob of zeros, with the description of its encryption if it will be encrypted."""
        described = asked["encryption_data"]
        headers: Headers = {} if described is None else {METADATA: described}
        operation = Operation("PUT", BLOB, headers={"x-ms-blob-type": BlobTypes.PageBlob}, needs=("content_length",))
        return self._perform(operation, asked, reading.resource, headers=headers)

    @takes(_UPDATED)
    def _update_page(self, asked: Arguments) -> PageBlobProperties:
        """Write pages as they are."""
        headers = ranged(asked["start_range"], asked["end_range"], in_pages=True)
        body = bytes_of("page", asked["page"])
        headers |= summed(body, asked["validate_content"])
        operation = Operation("PUT", BLOB, {"comp": "page"}, {"x-ms-page-write": "update"})
        return self._perform(operation, asked, reading.pages, body=body, headers=headers)


class _Writing:
    """A writer of chunks of pages.

    Attributes:
        properties: those of the service's last answer; all None if there was nothing to write.
    """

    def __init__(self, update: Callable[..., PageBlobProperties], etag: str | None) -> None:
        """Write to the blob with this ETag, chunk after chunk; in any order if it is None."""
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


def _within(asked: Arguments) -> Headers:
    """Write the range that a listing is limited to; there is no limit without a start."""
    start, end = asked["start_range"], asked["end_range"]
    return {} if start is None else ranged(start, end, needs_end=False, in_pages=True)
