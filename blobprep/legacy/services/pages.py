"""The pages of page blobs: written, cleared, listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from blobprep.legacy.encryption import METADATA, refuse_encryption
from blobprep.legacy.models import (
    BlobTypes,
    ContentSettings,
    CustomerProvidedEncryptionKey,
    PageBlobProperties,
    PageRange,
    ResourceProperties,
)
from blobprep.legacy.operations import BLOB, Operation, ranged
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.bodies import SOURCE_CONDITIONS, bytes_of, summed
from blobprep.legacy.services.forwarding import BLOB_NAMES, handed_on, need
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


class Pages(BaseBlobService):
    """What can be done with the pages of a page blob: 512 bytes each; ranges begin and end with one."""

    def create_blob(
        self,
        container_name: str,
        blob_name: str,
        content_length: int,
        content_settings: ContentSettings | None = None,
        sequence_number: int | None = None,
        metadata: Mapping[str, str] | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        premium_page_blob_tier: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Create a blob of zeros, in place of one that is there; its size is a multiple of 512."""
        asked = handed_on(locals())
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return self._create_blob(**asked)

    def update_page(
        self,
        container_name: str,
        blob_name: str,
        page: bytes,
        start_range: int,
        end_range: int,
        validate_content: bool = False,
        lease_id: str | None = None,
        if_sequence_number_lte: int | None = None,
        if_sequence_number_lt: int | None = None,
        if_sequence_number_eq: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
        timeout: int | None = None,
    ) -> PageBlobProperties:
        """Write pages, from the byte `start_range` to `end_range`, which is included."""
        asked = handed_on(locals())
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return self._update_page(**asked)

    def update_page_from_url(
        self,
        container_name: str,
        blob_name: str,
        start_range: int,
        end_range: int,
        copy_source_url: str,
        source_range_start: int,
        source_content_md5: str | None = None,
        source_if_modified_since: datetime | None = None,
        source_if_unmodified_since: datetime | None = None,
        source_if_match: str | None = None,
        source_if_none_match: str | None = None,
        lease_id: str | None = None,
        if_sequence_number_lte: int | None = None,
        if_sequence_number_lt: int | None = None,
        if_sequence_number_eq: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
        timeout: int | None = None,
    ) -> PageBlobProperties:
        """Write pages that the service itself gets from a URL, as many from `source_range_start` on."""
        asked = handed_on(locals())
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        need(asked, (*BLOB_NAMES, "copy_source_url"))
        headers = ranged(start_range, end_range, in_pages=True)
        source_range_end = source_range_start + (end_range - start_range)
        headers |= ranged(source_range_start, source_range_end, name="x-ms-source-range")
        return self._perform(_UPDATE_FROM_URL, asked, reading.pages, headers=headers)

    def clear_page(
        self,
        container_name: str,
        blob_name: str,
        start_range: int,
        end_range: int,
        lease_id: str | None = None,
        if_sequence_number_lte: int | None = None,
        if_sequence_number_lt: int | None = None,
        if_sequence_number_eq: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> PageBlobProperties:
        """Clear pages, which frees what they take, from the byte `start_range` to `end_range`, which is included."""
        asked = handed_on(locals(), needs=BLOB_NAMES)
        return self._perform(_CLEAR, asked, reading.pages, headers=ranged(start_range, end_range, in_pages=True))

    def get_page_ranges(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        start_range: int | None = None,
        end_range: int | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> list[PageRange]:
        """List the pages that were written, of the whole blob or of a range."""
        asked = handed_on(locals(), needs=BLOB_NAMES)
        return self._perform(_GET_RANGES, asked, read_page_ranges, headers=_within(start_range, end_range))

    def get_page_ranges_diff(
        self,
        container_name: str,
        blob_name: str,
        previous_snapshot: str,
        snapshot: str | None = None,
        start_range: int | None = None,
        end_range: int | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> list[PageRange]:
        """List the pages that were written or cleared between an earlier snapshot and the blob, or a later one."""
        asked = handed_on(locals(), needs=(*BLOB_NAMES, "previous_snapshot"))
        return self._perform(_GET_DIFFERENCE, asked, read_page_ranges, headers=_within(start_range, end_range))

    def set_sequence_number(
        self,
        container_name: str,
        blob_name: str,
        sequence_number_action: str,
        sequence_number: int | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> PageBlobProperties:
        """Set the number that the caller counts his writes by: `max` of both, `update`, or `increment` without one."""
        return self._perform(_SET_SEQUENCE_NUMBER, locals(), reading.pages)

    def resize_blob(
        self,
        container_name: str,
        blob_name: str,
        content_length: int,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> PageBlobProperties:
        """Make a blob larger with zeros, or smaller; its size is a multiple of 512."""
        return self._perform(_RESIZE, locals(), reading.pages)

    def _create_blob(
        self,
        container_name: str,
        blob_name: str,
        content_length: int,
        content_settings: ContentSettings | None = None,
        sequence_number: int | None = None,
        metadata: Mapping[str, str] | None = None,
        lease_id: str | None = None,
        premium_page_blob_tier: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        encryption_data: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Create a blob of zeros, with the description of its encryption if it will be encrypted."""
        asked = handed_on(locals())
        headers: Headers = {} if encryption_data is None else {METADATA: encryption_data}
        return self._perform(_CREATE, asked, reading.resource, headers=headers)

    def _update_page(
        self,
        container_name: str,
        blob_name: str,
        page: bytes,
        start_range: int,
        end_range: int,
        validate_content: bool = False,
        lease_id: str | None = None,
        if_sequence_number_lte: int | None = None,
        if_sequence_number_lt: int | None = None,
        if_sequence_number_eq: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
        timeout: int | None = None,
    ) -> PageBlobProperties:
        """Write pages as they are."""
        asked = handed_on(locals())
        headers = ranged(start_range, end_range, in_pages=True)
        body = bytes_of("page", page)
        return self._perform(_UPDATE, asked, reading.pages, body=body, headers=headers | summed(body, validate_content))


def _within(start: int | None, end: int | None) -> Headers:
    """Write the range that a listing is limited to; without a start, it is not."""
    return {} if start is None else ranged(start, end, needs_end=False, in_pages=True)
