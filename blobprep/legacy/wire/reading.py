"""Read the headers of answers into the old SDK's models; `listings` and `documents` read bodies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from dateutil.parser import parse as date

from blobprep.legacy import models
from blobprep.legacy.wire.conversions import text
from blobprep.legacy.wire.messages import HTTPResponse

__all__ = [
    "LISTED",
    "account_information",
    "appended",
    "blob",
    "container",
    "copied",
    "flag",
    "integer",
    "lease",
    "metadata",
    "pages",
    "place",
    "properties",
    "resource",
    "snapshot",
    "whole_size",
]

P = TypeVar("P")
R = TypeVar("R", bound=models.ResourceProperties)
Reader = Callable[[Any], Any]

_METADATA = "x-ms-meta-"


def integer(value: str | None) -> int | None:
    """Read a number; None stays None."""
    return None if value is None else int(value)


def flag(value: str) -> bool:
    """Read a truth value, in any case."""
    return value.lower() == "true"


_local = partial(date, ignoretz=True)

FIELDS: Final[tuple[tuple[str, Reader, str | None, str | None], ...]] = (
    ("last_modified", date, "last-modified", "Last-Modified"),
    ("etag", text, "etag", "Etag"),
    ("blob_type", text, "x-ms-blob-type", "BlobType"),
    ("content_length", integer, "content-length", "Content-Length"),
    ("content_range", text, "content-range", None),
    ("page_blob_sequence_number", integer, "x-ms-blob-sequence-number", None),
    ("append_blob_committed_block_count", integer, "x-ms-blob-committed-block-count", None),
    ("public_access", text, "x-ms-blob-public-access", None),
    ("blob_tier", text, "x-ms-access-tier", "AccessTier"),
    ("blob_tier_change_time", date, "x-ms-access-tier-change-time", "AccessTierChangeTime"),
    ("blob_tier_inferred", flag, "x-ms-access-tier-inferred", "AccessTierInferred"),
    ("rehydration_status", text, "x-ms-archive-status", "ArchiveStatus"),
    ("server_encrypted", flag, "x-ms-server-encrypted", "ServerEncrypted"),
    ("encryption_key_sha256", text, "x-ms-encryption-key-sha256", None),
    ("creation_time", date, "x-ms-creation-time", "Creation-Time"),
    ("content_settings.content_type", text, "content-type", "Content-Type"),
    ("content_settings.cache_control", text, "cache-control", "Cache-Control"),
    ("content_settings.content_encoding", text, "content-encoding", "Content-Encoding"),
    ("content_settings.content_disposition", text, "content-disposition", "Content-Disposition"),
    ("content_settings.content_language", text, "content-language", "Content-Language"),
    ("content_settings.content_md5", text, "content-md5", "Content-MD5"),
    ("lease.status", text, "x-ms-lease-status", "LeaseStatus"),
    ("lease.state", text, "x-ms-lease-state", "LeaseState"),
    ("lease.duration", text, "x-ms-lease-duration", "LeaseDuration"),
    ("copy.id", text, "x-ms-copy-id", "CopyId"),
    ("copy.source", text, "x-ms-copy-source", "CopySource"),
    ("copy.status", text, "x-ms-copy-status", "CopyStatus"),
    ("copy.progress", text, "x-ms-copy-progress", "CopyProgress"),
    ("copy.completion_time", date, "x-ms-copy-completion-time", None),
    ("copy.destination_snapshot_time", text, "x-ms-copy-destination-snapshot", None),
    ("copy.status_description", text, "x-ms-copy-status-description", "CopyStatusDescription"),
    ("has_immutability_policy", flag, "x-ms-has-immutability-policy", None),
    ("has_legal_hold", flag, "x-ms-has-legal-hold", None),
    ("sequence_number", integer, None, "x-ms-blob-sequence-number"),
    ("copy.completion_time", text, None, "CopyCompletionTime"),  # a date elsewhere; here it always was a text
    ("deleted_time", date, None, "DeletedTime"),
    ("remaining_retention_days", integer, None, "RemainingRetentionDays"),
    # of shares and files, whose package reads them with this table
    ("quota", integer, "x-ms-share-quota", None),
    ("smb_properties.ntfs_attributes", text, "x-ms-file-attributes", None),
    ("smb_properties.creation_time", _local, "x-ms-file-creation-time", None),
    ("smb_properties.last_write_time", _local, "x-ms-file-last-write-time", None),
    ("smb_properties.change_time", _local, "x-ms-file-change-time", None),
    ("smb_properties.permission_key", text, "x-ms-file-permission-key", None),
    ("smb_properties.file_id", text, "x-ms-file-id", None),
    ("smb_properties.parent_id", text, "x-ms-file-parent-id", None),
)
"""Attributes of containers and blobs: how each is read, its header, and its element in a list of blobs."""

PROPERTIES: Final = {header: (attribute, read) for attribute, read, header, _ in FIELDS if header}
LISTED: Final = {element: (attribute, read) for attribute, read, _, element in FIELDS if element}
"""Any other element of a listed blob becomes an attribute of its own name."""


def place(found: object, attribute: str, value: object) -> None:
    """Set an attribute, or with a dot an attribute of an attribute."""
    outer, dot, inner = attribute.partition(".")
    if dot:
        setattr(getattr(found, outer), inner, value)
    else:
        setattr(found, outer, value)


def properties(response: HTTPResponse, kind: Callable[[], P]) -> P:
    """Read the headers of a container or a blob."""
    found: Any = kind()
    for name, value in response.headers.items():
        if name in PROPERTIES:
            attribute, read = PROPERTIES[name]
            place(found, attribute, read(value))
    if getattr(found, "blob_type", None) == "PageBlob" and found.blob_tier is not None:
        found.blob_tier = found.blob_tier.upper()
    read_properties: P = found
    return read_properties


def metadata(response: HTTPResponse) -> models.AttributedDict:
    """Read the metadata, without changing the case of its names."""
    return models.AttributedDict(
        (name[len(_METADATA) :], value)
        for name, value in response.headers.items()
        if name.lower().startswith(_METADATA)
    )


def container(response: HTTPResponse, name: str) -> models.Container:
    """Read the headers of the container `name`."""
    return models.Container(name, properties(response, models.ContainerProperties), metadata(response))


def blob(response: HTTPResponse, name: str, snapshot: str | None = None) -> models.Blob:
    """Read the headers of the blob `name`, with the body as its content.

    The MD5 in an answer with a range is the range's, so such a blob has `content_settings.content_md5` only if the
    service sent the MD5 of the blob as well.
    """
    found = properties(response, models.BlobProperties)
    if "content-range" in response.headers:
        if "x-ms-blob-content-md5" in response.headers:
            found.content_settings.content_md5 = response.headers["x-ms-blob-content-md5"]
        else:
            del found.content_settings.content_md5
    return models.Blob(name, snapshot, response.body, found, metadata(response))


def snapshot(response: HTTPResponse, name: str) -> models.Blob:
    """Read the snapshot that was made of the blob `name`."""
    return blob(response, name, response.headers.get("x-ms-snapshot"))


def copied(response: HTTPResponse) -> models.CopyProperties:
    """Read the state of a copy."""
    return properties(response, models.BlobProperties).copy


def resource(response: HTTPResponse) -> models.ResourceProperties:
    """Read the answer to a write."""
    return _written(response, models.ResourceProperties())


def pages(response: HTTPResponse) -> models.PageBlobProperties:
    """Read the answer to a change of a page blob."""
    written = _written(response, models.PageBlobProperties())
    written.sequence_number = integer(response.headers.get("x-ms-blob-sequence-number"))
    return written


def appended(response: HTTPResponse) -> models.AppendBlockProperties:
    """Read where a block was appended."""
    written = _written(response, models.AppendBlockProperties())
    written.append_offset = integer(response.headers.get("x-ms-blob-append-offset"))
    written.committed_block_count = integer(response.headers.get("x-ms-blob-committed-block-count"))
    return written


def lease(response: HTTPResponse) -> dict[str, Any]:
    """Read a lease: its `id`, and the seconds until it ends as its `time`."""
    return {
        "time": integer(response.headers.get("x-ms-lease-time") or None),
        "id": response.headers.get("x-ms-lease-id"),
    }


def account_information(response: HTTPResponse) -> models.AccountInformation:
    """Read what kind of account it is."""
    found = models.AccountInformation()
    found.sku_name = response.headers["x-ms-sku-name"]
    found.account_kind = response.headers["x-ms-account-kind"]
    return found


def whole_size(content_range: str | None) -> int | None:
    """Read the size of the blob from the range of an answer, such as `bytes 1-3/65537`."""
    return None if content_range is None else int(content_range.split(" ", 1)[1].split("/", 1)[1])


def _written(response: HTTPResponse, written: R) -> R:
    written.last_modified = date(response.headers.get("last-modified"))
    written.etag = response.headers.get("etag")
    encrypted = response.headers.get("x-ms-request-server-encrypted")
    if encrypted is not None:
        written.request_server_encrypted = flag(encrypted)
    written.encryption_key_sha256 = response.headers.get("x-ms-encryption-key-sha256")
    return written
