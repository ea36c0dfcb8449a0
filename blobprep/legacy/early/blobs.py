"""Containers, blobs, and their blocks and pages, as `BlobService` had them: one request each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from azure.common import AzureConflictHttpError, AzureMissingResourceHttpError

from blobprep.legacy.early import models, reading
from blobprep.legacy.early.account import EarlyAccount, early_operation
from blobprep.legacy.methods import CONDITIONS, Arguments, need, takes
from blobprep.legacy.models import HeaderDict
from blobprep.legacy.operations import BLOB, CONTAINER, SERVICE
from blobprep.legacy.services.bodies import bytes_of
from blobprep.legacy.wire import documents
from blobprep.legacy.wire.conversions import to_base64
from blobprep.legacy.wire.documents import document
from blobprep.legacy.wire.failures import not_none

__all__ = ["OF_BLOCK_LIST", "STORED", "Blobs"]

_OF_SERVICE: Final = {"restype": "service", "comp": "properties"}

_LEASED: Final = (
    "x_ms_lease_action, x_ms_lease_id=None, x_ms_lease_duration=60, x_ms_lease_break_period=None,"
    " x_ms_proposed_lease_id=None"
)
"""Parameters of what is done with a lease."""

STORED: Final = (
    "content_encoding=None, content_language=None, content_md5=None, cache_control=None, x_ms_blob_content_type=None,"
    " x_ms_blob_content_encoding=None, x_ms_blob_content_language=None, x_ms_blob_content_md5=None,"
    " x_ms_blob_cache_control=None, x_ms_meta_name_values=None, x_ms_lease_id=None"
)
"""Parameters of what is stored beside a blob's content, and how it is sent."""

OF_BLOCK_LIST: Final = (
    "content_md5=None, x_ms_blob_cache_control=None, x_ms_blob_content_type=None, x_ms_blob_content_encoding=None,"
    " x_ms_blob_content_language=None, x_ms_blob_content_md5=None, x_ms_meta_name_values=None, x_ms_lease_id=None"
)
"""Parameters of what is stored beside a blob that is made of blocks."""


class Blobs(EarlyAccount):
    """The operations of one request on containers, blobs and the service."""

    @takes("prefix=None, marker=None, maxresults=None, include=None")
    def list_containers(self, asked: Arguments) -> models.ContainerEnumResults:
        """List a page of containers."""
        return self._perform(early_operation("GET", SERVICE, {"comp": "list"}), asked, reading.containers)

    @takes("container_name, x_ms_meta_name_values=None, x_ms_blob_public_access=None, fail_on_exist=False")
    def create_container(self, asked: Arguments) -> bool:
        """Create a container; return False if there was one."""
        kind, strict = AzureConflictHttpError, asked["fail_on_exist"]
        return self._succeeds(early_operation("PUT", CONTAINER), asked, kind, "ContainerAlreadyExists", strict=strict)

    @takes("container_name, x_ms_lease_id=None")
    def get_container_properties(self, asked: Arguments) -> HeaderDict:
        """Get the headers that describe a container."""
        return self._perform(early_operation("GET", CONTAINER), asked, reading.properties)

    @takes("container_name, x_ms_lease_id=None")
    def get_container_metadata(self, asked: Arguments) -> dict[str, str]:
        """Get a container's metadata, by the names of its headers."""
        return self._perform(early_operation("GET", CONTAINER, {"comp": "metadata"}), asked, reading.metadata)

    @takes("container_name, x_ms_meta_name_values=None, x_ms_lease_id=None")
    def set_container_metadata(self, asked: Arguments) -> None:
        """Replace a container's metadata."""
        self._perform(early_operation("PUT", CONTAINER, {"comp": "metadata"}), asked)

    @takes("container_name, x_ms_lease_id=None")
    def get_container_acl(self, asked: Arguments) -> models.SignedIdentifiers:
        """Get a container's stored access policies."""
        return self._perform(early_operation("GET", CONTAINER, {"comp": "acl"}), asked, reading.identifiers)

    @takes("container_name, signed_identifiers=None, x_ms_blob_public_access=None, x_ms_lease_id=None")
    def set_container_acl(self, asked: Arguments) -> None:
        """Replace a container's stored access policies, and what anyone may read of it."""
        given = asked["signed_identifiers"]
        policies = None if given is None else {identifier.id: identifier.access_policy for identifier in given}
        operation = early_operation("PUT", CONTAINER, {"comp": "acl"})
        self._perform(operation, asked, body=documents.write_policies(policies))

    @takes("container_name, fail_not_exist=False, x_ms_lease_id=None")
    def delete_container(self, asked: Arguments) -> bool:
        """Delete a container and its contents; return False if there was no such container."""
        kind, strict = AzureMissingResourceHttpError, asked["fail_not_exist"]
        return self._succeeds(early_operation("DELETE", CONTAINER), asked, kind, "ContainerNotFound", strict=strict)

    @takes(f"container_name, {_LEASED}")
    def lease_container(self, asked: Arguments) -> dict[str, str]:
        """Acquire, renew, release, break or change a container's lease; return the headers with its id and time."""
        return self._lease(CONTAINER, asked)

    @takes("container_name, prefix=None, marker=None, maxresults=None, include=None, delimiter=None")
    def list_blobs(self, asked: Arguments) -> models.BlobEnumResults:
        """List a page of a container's blobs."""
        return self._perform(early_operation("GET", CONTAINER, {"comp": "list"}), asked, reading.blobs)

    @takes("storage_service_properties, timeout=None")
    def set_blob_service_properties(self, asked: Arguments) -> None:
        """Replace what the service logs and measures."""
        need(asked, ("storage_service_properties",))
        given = asked["storage_service_properties"]
        body = documents.write_properties(given.logging, given.hour_metrics, given.minute_metrics)
        self._perform(early_operation("PUT", SERVICE, _OF_SERVICE), {"timeout": asked["timeout"]}, body=body)

    @takes("timeout=None")
    def get_blob_service_properties(self, asked: Arguments) -> models.StorageServiceProperties:
        """Get what the service logs and measures."""
        return self._perform(early_operation("GET", SERVICE, _OF_SERVICE), asked, reading.service_properties)

    @takes("container_name, blob_name, x_ms_lease_id=None")
    def get_blob_properties(self, asked: Arguments) -> HeaderDict:
        """Get the headers that describe a blob."""
        return self._perform(early_operation("HEAD", BLOB), asked, reading.properties)

    @takes(
        "container_name, blob_name, x_ms_blob_cache_control=None, x_ms_blob_content_type=None,"
        " x_ms_blob_content_md5=None, x_ms_blob_content_encoding=None, x_ms_blob_content_language=None,"
        " x_ms_lease_id=None, x_ms_blob_content_disposition=None"
    )
    def set_blob_properties(self, asked: Arguments) -> None:
        """Replace a blob's content headers."""
        self._perform(early_operation("PUT", BLOB, {"comp": "properties"}), asked)

    @takes(
        f"container_name, blob_name, blob, x_ms_blob_type, {STORED}, x_ms_blob_content_length=None,"
        " x_ms_blob_sequence_number=None"
    )
    def put_blob(self, asked: Arguments) -> None:
        """Create a block blob of some bytes, or a page blob of zeros; `x_ms_blob_type` says which."""
        self._perform(early_operation("PUT", BLOB, None, "x_ms_blob_type"), asked, body=bytes_of("blob", asked["blob"]))

    @takes(
        "container_name, blob_name, snapshot=None, x_ms_range=None, x_ms_lease_id=None, x_ms_range_get_content_md5=None"
    )
    def get_blob(self, asked: Arguments) -> models.BlobResult:
        """Get a blob's content, or a range of it, with the headers that describe the blob."""
        return self._perform(early_operation("GET", BLOB), asked, reading.blob)

    @takes("container_name, blob_name, snapshot=None, x_ms_lease_id=None")
    def get_blob_metadata(self, asked: Arguments) -> dict[str, str]:
        """Get a blob's metadata, by the names of its headers."""
        return self._perform(early_operation("GET", BLOB, {"comp": "metadata"}), asked, reading.metadata)

    @takes("container_name, blob_name, x_ms_meta_name_values=None, x_ms_lease_id=None")
    def set_blob_metadata(self, asked: Arguments) -> None:
        """Replace a blob's metadata."""
        self._perform(early_operation("PUT", BLOB, {"comp": "metadata"}), asked)

    @takes(f"container_name, blob_name, {_LEASED}")
    def lease_blob(self, asked: Arguments) -> dict[str, str]:
        """Acquire, renew, release, break or change a blob's lease; return the headers with its id and time."""
        return self._lease(BLOB, asked)

    def _lease(self, target: tuple[str, ...], asked: Arguments) -> dict[str, str]:
        if asked["x_ms_lease_action"] != "acquire":
            asked["x_ms_lease_duration"] = None  # only a lease that is acquired has one
        operation = early_operation("PUT", target, {"comp": "lease"}, "x_ms_lease_action")
        return self._perform(operation, asked, reading.only("x-ms-lease-id", "x-ms-lease-time"))

    @takes(f"container_name, blob_name, x_ms_meta_name_values=None, {CONDITIONS}, x_ms_lease_id=None")
    def snapshot_blob(self, asked: Arguments) -> dict[str, str]:
        """Make a snapshot of a blob; return the headers that identify it."""
        operation = early_operation("PUT", BLOB, {"comp": "snapshot"})
        return self._perform(operation, asked, reading.only("x-ms-snapshot", "etag", "last-modified"))

    @takes(
        "container_name, blob_name, x_ms_copy_source, x_ms_meta_name_values=None, x_ms_source_if_modified_since=None,"
        " x_ms_source_if_unmodified_since=None, x_ms_source_if_match=None, x_ms_source_if_none_match=None,"
        f" {CONDITIONS}, x_ms_lease_id=None, x_ms_source_lease_id=None"
    )
    def copy_blob(self, asked: Arguments) -> HeaderDict:
        """Begin to copy a blob from a URL, or from `/ACCOUNT/CONTAINER/BLOB`."""
        source = asked["x_ms_copy_source"]
        if source is not None and source.startswith("/"):
            account, _, path = source[1:].partition("/")
            asked["x_ms_copy_source"] = f"{self.protocol}://{account}{self.host_base}/{path}"
        return self._perform(early_operation("PUT", BLOB, None, "x_ms_copy_source"), asked, reading.properties)

    @takes("container_name, blob_name, x_ms_copy_id, x_ms_lease_id=None")
    def abort_copy_blob(self, asked: Arguments) -> None:
        """Stop a copy that is not done yet."""
        abort = {"x-ms-copy-action": "abort"}
        self._perform(early_operation("PUT", BLOB, {"comp": "copy"}, "x_ms_copy_id", headers=abort), asked)

    @takes("container_name, blob_name, snapshot=None, timeout=None, x_ms_lease_id=None, x_ms_delete_snapshots=None")
    def delete_blob(self, asked: Arguments) -> None:
        """Delete a blob, or one of its snapshots."""
        self._perform(early_operation("DELETE", BLOB), asked)

    @takes("container_name, blob_name, block, blockid, content_md5=None, x_ms_lease_id=None")
    def put_block(self, asked: Arguments) -> None:
        """Send a block; it is part of the blob once it is in its list."""
        operation = early_operation("PUT", BLOB, {"comp": "block"}, "block", "blockid")
        self._perform(operation, asked, body=bytes_of("block", asked["block"]))

    @takes(f"container_name, blob_name, block_list, {OF_BLOCK_LIST}")
    def put_block_list(self, asked: Arguments) -> None:
        """Make a blob of the latest blocks with these ids."""
        operation = early_operation("PUT", BLOB, {"comp": "blocklist"}, "block_list")
        self._perform(operation, asked, body=_latest(asked["block_list"]))

    @takes("container_name, blob_name, snapshot=None, blocklisttype=None, x_ms_lease_id=None")
    def get_block_list(self, asked: Arguments) -> models.BlobBlockList:
        """List a blob's blocks: `committed`, `uncommitted` or `all`."""
        return self._perform(early_operation("GET", BLOB, {"comp": "blocklist"}), asked, reading.block_list)

    @takes(
        "container_name, blob_name, page, x_ms_range, x_ms_page_write, timeout=None, content_md5=None,"
        " x_ms_lease_id=None, x_ms_if_sequence_number_lte=None, x_ms_if_sequence_number_lt=None,"
        f" x_ms_if_sequence_number_eq=None, {CONDITIONS}"
    )
    def put_page(self, asked: Arguments) -> None:
        """Write pages (`update`), or make them zero (`clear`, with no bytes)."""
        operation = early_operation("PUT", BLOB, {"comp": "page"}, "page", "x_ms_range", "x_ms_page_write")
        self._perform(operation, asked, body=bytes_of("page", asked["page"]))

    @takes("container_name, blob_name, snapshot=None, range=None, x_ms_range=None, x_ms_lease_id=None")
    def get_page_ranges(self, asked: Arguments) -> models.PageList:
        """List the pages of a blob that hold something, in all of it or in a range."""
        # The engine signs ranges under one name only; the service takes either for the same.
        asked["x_ms_range"] = asked["x_ms_range"] or asked["range"]
        operation = early_operation("GET", BLOB, {"comp": "pagelist"}, unsent=("range",))
        return self._perform(operation, asked, reading.page_list)


def _latest(block_ids: Iterable[str] | None) -> bytes:
    not_none("block_list", block_ids)
    root = Element("BlockList")
    for block_id in block_ids or ():
        SubElement(root, "Latest").text = to_base64(block_id)
    return document(root)
