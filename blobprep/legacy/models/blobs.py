"""Containers and blobs, and what the service says of them."""

from __future__ import annotations

from datetime import datetime

from blobprep.legacy.models.constants import BlobBlockState
from blobprep.legacy.models.shared import Shared

__all__ = [
    "AppendBlockProperties",
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


class LeaseProperties:
    """Whether something is leased, and for how long."""

    def __init__(self) -> None:
        self.status: str | None = None
        self.state: str | None = None
        self.duration: str | None = None


class CopyProperties(Shared):
    """The copy that made a blob, or is making it."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.source: str | None = None
        self.status: str | None = None
        self.progress: str | None = None
        self.completion_time: datetime | None = None
        self.status_description: str | None = None


class ContentSettings(Shared):
    """The content headers that are stored with a blob. `content_md5` is base64."""

    def __init__(
        self,
        content_type: str | None = None,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_disposition: str | None = None,
        cache_control: str | None = None,
        content_md5: str | None = None,
    ) -> None:
        self.content_type = content_type
        self.content_encoding = content_encoding
        self.content_language = content_language
        self.content_disposition = content_disposition
        self.cache_control = cache_control
        self.content_md5 = content_md5

    def _to_headers(self) -> dict[str, str | None]:
        """The request headers that store these; None for what is not set."""
        names = ("cache_control", "content_type", "content_disposition", "content_md5")
        settings = {name: getattr(self, name) for name in (*names, "content_encoding", "content_language")}
        return {
            f"x-ms-blob-{name.replace('_', '-')}": None if value is None else str(value)
            for name, value in settings.items()
        }


class ContainerProperties(Shared):
    """What the service says of a container."""

    def __init__(self) -> None:
        self.last_modified: datetime | None = None
        self.etag: str | None = None
        self.lease = LeaseProperties()
        self.public_access: str | None = None
        self.has_immutability_policy: bool | str | None = None
        self.has_legal_hold: bool | str | None = None


class Container:
    """A container: its name, properties and metadata."""

    def __init__(
        self,
        name: str | None = None,
        props: ContainerProperties | None = None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.properties = props or ContainerProperties()
        self.metadata = metadata


class BlobProperties(Shared):
    """What the service says of a blob."""

    def __init__(self) -> None:
        self.blob_type: str | None = None
        self.last_modified: datetime | None = None
        self.etag: str | None = None
        self.content_length: int | None = None
        self.content_range: str | None = None
        self.append_blob_committed_block_count: int | None = None
        self.page_blob_sequence_number: int | None = None
        self.server_encrypted: bool | None = None
        self.encryption_key_sha256: str | None = None
        self.copy = CopyProperties()
        self.content_settings = ContentSettings()
        self.lease = LeaseProperties()
        self.blob_tier: str | None = None
        self.blob_tier_change_time: datetime | None = None
        self.blob_tier_inferred: bool = False
        self.deleted_time: datetime | None = None
        self.remaining_retention_days: int | None = None
        self.creation_time: datetime | None = None


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


class BlobPrefix(Shared):
    """What the names of several blobs share, up to the delimiter."""

    def __init__(self) -> None:
        self.name: str | None = None


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


class BlobBlockList:
    """The blocks of a block blob."""

    def __init__(self) -> None:
        self.committed_blocks: list[BlobBlock] = []
        self.uncommitted_blocks: list[BlobBlock] = []


class PageRange(Shared):
    """Pages of a page blob, from the first byte to the last."""

    def __init__(self, start: int | None = None, end: int | None = None, is_cleared: bool = False) -> None:
        self.start = start
        self.end = end
        self.is_cleared = is_cleared


class ResourceProperties:
    """What the service answers to a write."""

    last_modified: datetime | None
    etag: str | None
    request_server_encrypted: bool | None
    encryption_key_sha256: str | None

    def __init__(self) -> None:
        self.last_modified = None
        self.etag = None
        self.request_server_encrypted = None
        self.encryption_key_sha256 = None

    def clone(self, src: ResourceProperties) -> None:
        """Take over the properties of another write."""
        self.last_modified = src.last_modified
        self.etag = src.etag
        self.request_server_encrypted = src.request_server_encrypted
        self.encryption_key_sha256 = src.encryption_key_sha256


# These two start without what they inherit, as the old SDK's did: an answer fills it in.
class AppendBlockProperties(ResourceProperties):
    """What the service answers to an appended block: where it went, and how many blocks there are."""

    def __init__(self) -> None:
        self.append_offset: int | None = None
        self.committed_block_count: int | None = None


class PageBlobProperties(ResourceProperties):
    """What the service answers to a change of a page blob."""

    def __init__(self) -> None:
        self.sequence_number: int | None = None


class CustomerProvidedEncryptionKey(Shared):
    """A key of the caller's with which the service encrypts a blob; it is sent with every request that needs it."""

    def __init__(self, key_value: str, key_hash: str) -> None:
        self.key_value = key_value
        self.key_hash = key_hash
        self.algorithm = "AES256"
