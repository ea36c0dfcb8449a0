"""The pages of page blobs: written, cleared, listed."""

from __future__ import annotations

from typing import Final

from blobprep.legacy.encryption import METADATA, refuse_encryption
from blobprep.legacy.methods import BLOB_NAMES, CONDITIONS, SEQUENCE, SOURCE, Arguments, need, takes
from blobprep.legacy.models import BlobTypes, PageBlobProperties, PageRange, ResourceProperties
from blobprep.legacy.operations import BLOB, Operation, ranged
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.bodies import SOURCE_CONDITIONS, bytes_of, summed
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.blocklists import read_page_ranges
from blobprep.legacy.wire.messages import Headers

__all__ = ["Pages"]

_PAGE: Final = {"comp": "page"}
_RANGE: Final = ("start_range", "end_range")

_CREATE: Final = Operation(
    "PUT",
    BLOB,
    headers={"x-ms-blob-type": BlobTypes.PageBlob},
    needs=("content_length",),
    unsent=("encryption_data",),
)
_UPDATE: Final = Operation(
    "PUT", BLOB, _PAGE, {"x-ms-page-write": "update"}, unsent=("page", "validate_content", *_RANGE)
)
_UPDATE_FROM_URL: Final = Operation(
    "PUT",
    BLOB,
    _PAGE,
    {"x-ms-page-write": "update"},
    needs=("copy_source_url",),
    places=SOURCE_CONDITIONS,
    unsent=(*_RANGE, "source_range_start"),
)
_CLEAR: Final = Operation("PUT", BLOB, _PAGE, {"x-ms-page-write": "clear"}, unsent=_RANGE)
_GET_RANGES: Final = Operation("GET", BLOB, {"comp": "pagelist"}, unsent=_RANGE, secondary=True)
_GET_DIFFERENCE: Final = Operation(
    "GET", BLOB, {"comp": "pagelist"}, needs=("previous_snapshot",), unsent=_RANGE, secondary=True
)
_SET_SEQUENCE_NUMBER: Final = Operation("PUT", BLOB, {"comp": "properties"}, needs=("sequence_number_action",))
_RESIZE: Final = Operation("PUT", BLOB, {"comp": "properties"}, needs=("content_length",))

_LISTED: Final = f"snapshot=None, start_range=None, end_range=None, lease_id=None, {CONDITIONS}, timeout=None"
_UPDATED: Final = (
    f"container_name, blob_name, page, start_range, end_range, validate_content=False, lease_id=None, {SEQUENCE},"
    f" {CONDITIONS}, cpk=None, timeout=None"
)


class Pages(BaseBlobService):
    """What can be done with the pages of a page blob: 512 bytes each; ranges begin and end with one."""

    @takes(
        "container_name, blob_name, content_length, content_settings=None, sequence_number=None, metadata=None,"
        f" lease_id=None, {CONDITIONS}, timeout=None, premium_page_blob_tier=None, cpk=None"
    )
    def create_blob(self, asked: Arguments) -> ResourceProperties:
        """Create a blob of zeros, in place of one that is there; its size is a multiple of 512."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return self._create_blob(**asked)

    @takes(_UPDATED)
    def update_page(self, asked: Arguments) -> PageBlobProperties:
        """Write pages, from the byte `start_range` to `end_range`, which is included."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return self._update_page(**asked)

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
        return self._perform(_UPDATE_FROM_URL, asked, reading.pages, headers=headers)

    @takes(f"container_name, blob_name, start_range, end_range, lease_id=None, {SEQUENCE}, {CONDITIONS}, timeout=None")
    def clear_page(self, asked: Arguments) -> PageBlobProperties:
        """Clear pages, which frees what they take, from the byte `start_range` to `end_range`, which is included."""
        need(asked, BLOB_NAMES)
        headers = ranged(asked["start_range"], asked["end_range"], in_pages=True)
        return self._perform(_CLEAR, asked, reading.pages, headers=headers)

    @takes(f"container_name, blob_name, {_LISTED}")
    def get_page_ranges(self, asked: Arguments) -> list[PageRange]:
        """List the pages that were written, of the whole blob or of a range."""
        need(asked, BLOB_NAMES)
        return self._perform(_GET_RANGES, asked, read_page_ranges, headers=_within(asked))

    @takes(f"container_name, blob_name, previous_snapshot, {_LISTED}")
    def get_page_ranges_diff(self, asked: Arguments) -> list[PageRange]:
        """List the pages that were written or cleared between an earlier snapshot and the blob, or a later one."""
        need(asked, (*BLOB_NAMES, "previous_snapshot"))
        return self._perform(_GET_DIFFERENCE, asked, read_page_ranges, headers=_within(asked))

    @takes(
        "container_name, blob_name, sequence_number_action, sequence_number=None, lease_id=None,"
        f" {CONDITIONS}, timeout=None"
    )
    def set_sequence_number(self, asked: Arguments) -> PageBlobProperties:
        """Set the number by which the caller counts writes: `max` of both, `update`, or `increment` without one."""
        return self._perform(_SET_SEQUENCE_NUMBER, asked, reading.pages)

    @takes(f"container_name, blob_name, content_length, lease_id=None, {CONDITIONS}, timeout=None")
    def resize_blob(self, asked: Arguments) -> PageBlobProperties:
        """Make a blob larger with zeros, or smaller; its size is a multiple of 512."""
        return self._perform(_RESIZE, asked, reading.pages)

    @takes(
        "container_name, blob_name, content_length, content_settings=None, sequence_number=None, metadata=None,"
        f" lease_id=None, premium_page_blob_tier=None, {CONDITIONS}, timeout=None, encryption_data=None, cpk=None"
    )
    def _create_blob(self, asked: Arguments) -> ResourceProperties:
        """Create a blob of zeros, with the description of its encryption if it will be encrypted."""
        described = asked["encryption_data"]
        headers: Headers = {} if described is None else {METADATA: described}
        return self._perform(_CREATE, asked, reading.resource, headers=headers)

    @takes(_UPDATED)
    def _update_page(self, asked: Arguments) -> PageBlobProperties:
        """Write pages as they are."""
        headers = ranged(asked["start_range"], asked["end_range"], in_pages=True)
        body = bytes_of("page", asked["page"])
        headers |= summed(body, asked["validate_content"])
        return self._perform(_UPDATE, asked, reading.pages, body=body, headers=headers)


def _within(asked: Arguments) -> Headers:
    """Write the range that a listing is limited to; without a start, it is not."""
    start, end = asked["start_range"], asked["end_range"]
    return {} if start is None else ranged(start, end, needs_end=False, in_pages=True)
