"""Containers and blobs, their properties, and the parts of a batch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from blobprep.legacy.arguments import PLACES
from blobprep.legacy.models.constants import BlobBlockState
from blobprep.legacy.models.declared import Shared, answer, fixed, model
from blobprep.legacy.wire.messages import HTTPRequest

__all__ = [
    "AppendBlockProperties",
    "BatchDeleteSubRequest",
    "BatchSetBlobTierSubRequest",
    "BatchSubResponse",
    "Blob",
    "BlobBlock",
    "BlobBlockList",
    "BlobPrefix",
    "BlobProperties",
    "Container",
    "ContainerProperties",
    "ContentSettings",
    "CopyProperties",
    "CustomerProvidedEncryptionKey",
    "LeaseProperties",
    "PageBlobProperties",
    "PageRange",
    "ResourceProperties",
]


@answer
class LeaseProperties:
    """Whether something is leased, and for how long."""

    status: str | None = None
    state: str | None = None
    duration: str | None = None


@answer
class CopyProperties(Shared):
    """The copy that made a blob, or is making it."""

    id: str | None = None
    source: str | None = None
    status: str | None = None
    progress: str | None = None
    completion_time: datetime | None = None
    status_description: str | None = None


@model
class ContentSettings(Shared):
    """The content headers that are stored with a blob. `content_md5` is base64."""

    content_type: str | None = None
    content_encoding: str | None = None
    content_language: str | None = None
    content_disposition: str | None = None
    cache_control: str | None = None
    content_md5: str | None = None

    def _to_headers(self) -> dict[str, str | None]:
        """Write the request headers that store these; None for what is not set."""
        request = HTTPRequest()
        PLACES["content_settings"](request, self)
        return request.headers


@answer
class ContainerProperties(Shared):
    """What the service says of a container."""

    last_modified: datetime | None = None
    etag: str | None = None
    lease: LeaseProperties = fixed(LeaseProperties)
    public_access: str | None = None
    has_immutability_policy: bool | str | None = None
    has_legal_hold: bool | str | None = None


class Container:
    """A container: its name, properties and metadata."""

    def __init__(
        self, name: str | None = None, props: ContainerProperties | None = None, metadata: dict[str, str] | None = None
    ) -> None:
        self.name = name
        self.properties = props or ContainerProperties()
        self.metadata = metadata


@answer
class BlobProperties(Shared):
    """What the service says of a blob."""

    blob_type: str | None = None
    last_modified: datetime | None = None
    etag: str | None = None
    content_length: int | None = None
    content_range: str | None = None
    append_blob_committed_block_count: int | None = None
    page_blob_sequence_number: int | None = None
    server_encrypted: bool | None = None
    encryption_key_sha256: str | None = None
    copy: CopyProperties = fixed(CopyProperties)
    content_settings: ContentSettings = fixed(ContentSettings)
    lease: LeaseProperties = fixed(LeaseProperties)
    blob_tier: str | None = None
    blob_tier_change_time: datetime | None = None
    blob_tier_inferred: bool = False
    deleted_time: datetime | None = None
    remaining_retention_days: int | None = None
    creation_time: datetime | None = None


class Blob:
    """A blob: its name, snapshot, properties and metadata, and its content where that was asked for."""

    def __init__(
        self,
        name: str | None = None,
        snapshot: str | None = None,
        content: bytes | str | None = None,
        props: BlobProperties | None = None,
        metadata: dict[str, str] | None = None,
        deleted: bool = False,
    ) -> None:
        self.name = name
        self.snapshot = snapshot
        self.content = content
        self.properties = props or BlobProperties()
        self.metadata = metadata
        self.deleted = deleted


@answer
class BlobPrefix(Shared):
    """What the names of several blobs share, up to the delimiter."""

    name: str | None = None


class BlobBlock(Shared):
    """A block of a block blob. It has a `size` only when the service listed it."""

    size: int

    def __init__(
        self,
        id: str | None = None,  # noqa: A002
        state: str = BlobBlockState.Latest,
        *,
        block_id: str | None = None,  # what the current SDK calls it
    ) -> None:
        self.id = block_id if id is None else id
        self.state = state

    def __str__(self) -> str:
        # The current SDK commits the text of what it does not know.
        return str(self.id)

    def _set_size(self, size: int) -> None:
        self.size = size


@answer
class BlobBlockList:
    """The blocks of a block blob."""

    committed_blocks: list[BlobBlock] = fixed(list)
    uncommitted_blocks: list[BlobBlock] = fixed(list)


@model
class PageRange(Shared):
    """Pages of a page blob, from the first byte to the last."""

    start: int | None = None
    end: int | None = None
    is_cleared: bool = False


@answer
class ResourceProperties:
    """What the service answers to a write."""

    last_modified: datetime | None = None
    etag: str | None = None
    request_server_encrypted: bool | None = None
    encryption_key_sha256: str | None = None

    def clone(self, src: ResourceProperties) -> None:
        """Take over the properties of another write."""
        for name in ("last_modified", "etag", "request_server_encrypted", "encryption_key_sha256"):
            setattr(self, name, getattr(src, name, None))


# These two start without what they inherit, as the old SDK's did: an answer fills it in.
@answer
class AppendBlockProperties(ResourceProperties):
    """What the service answers to an appended block: where it went, and how many blocks there are."""

    append_offset: int | None = None
    committed_block_count: int | None = None


@answer
class PageBlobProperties(ResourceProperties):
    """What the service answers to a change of a page blob."""

    sequence_number: int | None = None


@model
class CustomerProvidedEncryptionKey(Shared):
    """A key of the caller's with which the service encrypts a blob; it is sent with every request that needs it."""

    key_value: str
    key_hash: str
    algorithm: str = fixed("AES256")


@model
class BatchDeleteSubRequest:
    """One blob that a batch deletes."""

    container_name: str
    blob_name: str
    snapshot: str | None = None
    lease_id: str | None = None
    delete_snapshots: str | None = None
    if_modified_since: datetime | None = None
    if_unmodified_since: datetime | None = None
    if_match: str | None = None
    if_none_match: str | None = None


@model
class BatchSetBlobTierSubRequest:
    """One blob that a batch moves to another tier."""

    container_name: str
    blob_name: str
    standard_blob_tier: str
    rehydrate_priority: str | None = None


@model
class BatchSubResponse:
    """What became of one part of a batch."""

    is_successful: bool
    http_response: Any
    batch_sub_request: Any
