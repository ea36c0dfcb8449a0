"""Blobs, their blocks and pages, as `BlobService` had them: one request each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

from blobprep.legacy.early import reading
from blobprep.legacy.early.account import operation
from blobprep.legacy.early.containers import Containers, Metadata, lease_arguments
from blobprep.legacy.early.models import BlobBlockList, BlobResult, PageList
from blobprep.legacy.models import HeaderDict
from blobprep.legacy.operations import BLOB
from blobprep.legacy.wire.conversions import to_base64
from blobprep.legacy.wire.documents import document
from blobprep.legacy.wire.failures import not_none, only_bytes

__all__ = ["Blobs"]

Moment = datetime | str | None

_HEAD: Final = operation("HEAD", BLOB)
_SET: Final = operation("PUT", BLOB, {"comp": "properties"})
_PUT: Final = operation("PUT", BLOB, None, "x_ms_blob_type", unsent=("blob",))
_GET: Final = operation("GET", BLOB)
_GET_METADATA: Final = operation("GET", BLOB, {"comp": "metadata"})
_SET_METADATA: Final = operation("PUT", BLOB, {"comp": "metadata"})
_LEASE: Final = operation("PUT", BLOB, {"comp": "lease"}, "x_ms_lease_action")
_SNAPSHOT: Final = operation("PUT", BLOB, {"comp": "snapshot"})
_COPY: Final = operation("PUT", BLOB, None, "x_ms_copy_source")
_ABORT: Final = operation("PUT", BLOB, {"comp": "copy"}, "x_ms_copy_id", headers={"x-ms-copy-action": "abort"})
_DELETE: Final = operation("DELETE", BLOB)
_PUT_BLOCK: Final = operation("PUT", BLOB, {"comp": "block"}, "block", "blockid", unsent=("block",))
_PUT_BLOCKS: Final = operation("PUT", BLOB, {"comp": "blocklist"}, "block_list", unsent=("block_list",))
_GET_BLOCKS: Final = operation("GET", BLOB, {"comp": "blocklist"})
_PUT_PAGE: Final = operation("PUT", BLOB, {"comp": "page"}, "page", "x_ms_range", "x_ms_page_write", unsent=("page",))
_GET_PAGES: Final = operation("GET", BLOB, {"comp": "pagelist"}, unsent=("range",))


class Blobs(Containers):
    """What can be done with a blob in one request."""

    def get_blob_properties(self, container_name: str, blob_name: str, x_ms_lease_id: str | None = None) -> HeaderDict:
        """Get the headers that tell of a blob."""
        return self._perform(_HEAD, locals(), reading.properties)

    def set_blob_properties(
        self,
        container_name: str,
        blob_name: str,
        x_ms_blob_cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_lease_id: str | None = None,
        x_ms_blob_content_disposition: str | None = None,
    ) -> None:
        """Replace a blob's content headers."""
        self._perform(_SET, locals())

    def put_blob(
        self,
        container_name: str,
        blob_name: str,
        blob: bytes | None,
        x_ms_blob_type: str,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_md5: str | None = None,
        cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
        x_ms_blob_content_length: int | str | None = None,
        x_ms_blob_sequence_number: int | None = None,
    ) -> None:
        """Create a block blob of some bytes, or a page blob of zeros; `x_ms_blob_type` says which."""
        self._perform(_PUT, locals(), body=_bytes("blob", blob))

    def get_blob(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        x_ms_range: str | None = None,
        x_ms_lease_id: str | None = None,
        x_ms_range_get_content_md5: str | None = None,
    ) -> BlobResult:
        """Get a blob's content, or a range of it, with the headers that tell of the blob."""
        return self._perform(_GET, locals(), reading.blob)

    def get_blob_metadata(
        self, container_name: str, blob_name: str, snapshot: str | None = None, x_ms_lease_id: str | None = None
    ) -> dict[str, str]:
        """Get a blob's metadata, by the names of its headers."""
        return self._perform(_GET_METADATA, locals(), reading.metadata)

    def set_blob_metadata(
        self,
        container_name: str,
        blob_name: str,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
    ) -> None:
        """Replace a blob's metadata."""
        self._perform(_SET_METADATA, locals())

    def lease_blob(
        self,
        container_name: str,
        blob_name: str,
        x_ms_lease_action: str,
        x_ms_lease_id: str | None = None,
        x_ms_lease_duration: int | None = 60,
        x_ms_lease_break_period: int | None = None,
        x_ms_proposed_lease_id: str | None = None,
    ) -> dict[str, str]:
        """Acquire, renew, release, break or change a blob's lease; get the headers with its id and time."""
        return self._perform(_LEASE, lease_arguments(locals()), reading.only("x-ms-lease-id", "x-ms-lease-time"))

    def snapshot_blob(
        self,
        container_name: str,
        blob_name: str,
        x_ms_meta_name_values: Metadata = None,
        if_modified_since: Moment = None,
        if_unmodified_since: Moment = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        x_ms_lease_id: str | None = None,
    ) -> dict[str, str]:
        """Make a snapshot of a blob; get the headers that say which."""
        return self._perform(_SNAPSHOT, locals(), reading.only("x-ms-snapshot", "etag", "last-modified"))

    def copy_blob(
        self,
        container_name: str,
        blob_name: str,
        x_ms_copy_source: str,
        x_ms_meta_name_values: Metadata = None,
        x_ms_source_if_modified_since: Moment = None,
        x_ms_source_if_unmodified_since: Moment = None,
        x_ms_source_if_match: str | None = None,
        x_ms_source_if_none_match: str | None = None,
        if_modified_since: Moment = None,
        if_unmodified_since: Moment = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        x_ms_lease_id: str | None = None,
        x_ms_source_lease_id: str | None = None,
    ) -> HeaderDict:
        """Begin to copy a blob from a URL, or from `/ACCOUNT/CONTAINER/BLOB`."""
        return self._perform(_COPY, self._from_url(locals()), reading.properties)

    def abort_copy_blob(
        self, container_name: str, blob_name: str, x_ms_copy_id: str, x_ms_lease_id: str | None = None
    ) -> None:
        """Stop a copy that is not done yet."""
        self._perform(_ABORT, locals())

    def delete_blob(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        timeout: int | None = None,
        x_ms_lease_id: str | None = None,
        x_ms_delete_snapshots: str | None = None,
    ) -> None:
        """Delete a blob, or one of its snapshots."""
        self._perform(_DELETE, locals())

    def put_block(
        self,
        container_name: str,
        blob_name: str,
        block: bytes,
        blockid: str,
        content_md5: str | None = None,
        x_ms_lease_id: str | None = None,
    ) -> None:
        """Send a block; it is part of the blob once it is in its list."""
        self._perform(_PUT_BLOCK, locals(), body=_bytes("block", block))

    def put_block_list(
        self,
        container_name: str,
        blob_name: str,
        block_list: Iterable[str],
        content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
    ) -> None:
        """Make a blob of the latest blocks with these ids."""
        self._perform(_PUT_BLOCKS, locals(), body=_latest(block_list))

    def get_block_list(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        blocklisttype: str | None = None,
        x_ms_lease_id: str | None = None,
    ) -> BlobBlockList:
        """List a blob's blocks: `committed`, `uncommitted` or `all`."""
        return self._perform(_GET_BLOCKS, locals(), reading.block_list)

    def put_page(
        self,
        container_name: str,
        blob_name: str,
        page: bytes,
        x_ms_range: str,
        x_ms_page_write: str,
        timeout: int | None = None,
        content_md5: str | None = None,
        x_ms_lease_id: str | None = None,
        x_ms_if_sequence_number_lte: int | None = None,
        x_ms_if_sequence_number_lt: int | None = None,
        x_ms_if_sequence_number_eq: int | None = None,
        if_modified_since: Moment = None,
        if_unmodified_since: Moment = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> None:
        """Write pages (`update`), or make them zero (`clear`, with no bytes)."""
        self._perform(_PUT_PAGE, locals(), body=_bytes("page", page))

    def get_page_ranges(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        range: str | None = None,  # noqa: A002
        x_ms_range: str | None = None,
        x_ms_lease_id: str | None = None,
    ) -> PageList:
        """List the pages of a blob that hold something, in all of it or in a range."""
        # The engine signs ranges under one name only; the service takes either for the same.
        arguments = locals() | {"x_ms_range": x_ms_range or range}
        return self._perform(_GET_PAGES, arguments, reading.page_list)

    def _from_url(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Write a source that is a path in some account as a URL."""
        source = arguments["x_ms_copy_source"]
        if source is None or not source.startswith("/"):
            return arguments
        account, _, path = source[1:].partition("/")
        return arguments | {"x_ms_copy_source": f"{self.protocol}://{account}{self.host_base}/{path}"}


def _bytes(name: str, content: bytes | None) -> bytes:
    if content is None:
        return b""
    only_bytes(name, content)
    return content


def _latest(block_ids: Iterable[str] | None) -> bytes:
    not_none("block_list", block_ids)
    root = Element("BlockList")
    for block_id in block_ids or ():
        SubElement(root, "Latest").text = to_base64(block_id)
    return document(root)
