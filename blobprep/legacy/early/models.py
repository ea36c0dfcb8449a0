"""What `BlobService` took and returned: texts as the service sent them, and lists of one page."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, ClassVar

from blobprep.legacy import models as later
from blobprep.legacy.models import AccessPolicy, Logging, Metrics
from blobprep.legacy.models.declared import answer, fixed, model

__all__ = [
    "Blob",
    "BlobBlock",
    "BlobBlockList",
    "BlobEnumResults",
    "BlobPrefix",
    "BlobProperties",
    "BlobResult",
    "BlobSharedAccessPermissions",
    "Container",
    "ContainerEnumResults",
    "ContainerSharedAccessPermissions",
    "EnumResultsBase",
    "HourMetrics",
    "MinuteMetrics",
    "PageList",
    "PageRange",
    "Properties",
    "ResourceType",
    "SharedAccessPolicy",
    "SignedIdentifier",
    "SignedIdentifiers",
    "StorageServiceProperties",
    "WindowsAzureData",
]


class WindowsAzureData:
    """What all of these are."""


class _Sequence:
    """Something that is read like the list it holds, which is the attribute `_held`."""

    _held: ClassVar[str]

    def __iter__(self) -> Iterator[Any]:
        return iter(getattr(self, self._held))

    def __len__(self) -> int:
        return len(getattr(self, self._held))

    def __getitem__(self, index: int) -> Any:
        return getattr(self, self._held)[index]


@answer
class EnumResultsBase:
    """A page of a list; `next_marker` is where the next page begins, empty at the end."""

    prefix: str = ""
    marker: str = ""
    max_results: int = 0
    next_marker: str = ""


@answer
class Properties(WindowsAzureData):
    """What a list says of a container."""

    last_modified: str = ""
    etag: str = ""


@answer
class Container(WindowsAzureData):
    """A container in a list; `metadata` is None unless the list was asked to include it."""

    name: str = ""
    url: str = ""
    properties: Properties = fixed(Properties)
    metadata: dict[str, str] | None = fixed(dict)


class ContainerEnumResults(EnumResultsBase, _Sequence):
    """A page of containers."""

    _held = "containers"

    def __init__(self) -> None:
        super().__init__()
        self.containers: list[Container] = []


@answer
class BlobProperties(WindowsAzureData):
    """What a list says of a blob."""

    last_modified: str = ""
    etag: str = ""
    content_length: int = 0
    content_type: str = ""
    content_encoding: str = ""
    content_language: str = ""
    content_md5: str = ""
    xms_blob_sequence_number: int = 0
    blob_type: str = ""
    lease_status: str = ""
    lease_state: str = ""
    lease_duration: str = ""
    copy_id: str = ""
    copy_source: str = ""
    copy_status: str = ""
    copy_progress: str = ""
    copy_completion_time: str = ""
    copy_status_description: str = ""


@answer
class Blob(WindowsAzureData):
    """A blob in a list; `metadata` is None unless the list was asked to include it."""

    name: str = ""
    snapshot: str = ""
    url: str = ""
    properties: BlobProperties = fixed(BlobProperties)
    metadata: dict[str, str] | None = fixed(dict)


@answer
class BlobPrefix(WindowsAzureData):
    """What the names of several blobs share, up to the delimiter."""

    name: str = ""


class BlobEnumResults(EnumResultsBase, _Sequence):
    """A page of blobs, with the prefixes beside them if a delimiter was given."""

    _held = "blobs"

    def __init__(self) -> None:
        super().__init__()
        self.blobs: list[Blob] = []
        self.prefixes: list[BlobPrefix] = []
        self.delimiter = ""


class BlobResult(bytes):
    """The content of a blob, with the headers of the answer as its `properties`."""

    properties: dict[str, str]

    def __new__(cls, blob: bytes | None, properties: dict[str, str]) -> BlobResult:
        """Make bytes of the content; None has none."""
        made = super().__new__(cls, blob or b"")
        made.properties = properties
        return made


@model
class BlobBlock(WindowsAzureData):
    """A block of a block blob."""

    id: str | None = None
    size: int | None = None


@answer
class BlobBlockList(WindowsAzureData, later.BlobBlockList):
    """The blocks of a block blob."""

    committed_blocks: list[Any] = fixed(list)
    uncommitted_blocks: list[Any] = fixed(list)


@answer
class PageRange(WindowsAzureData):
    """Pages of a page blob, from the first byte to the last."""

    start: int = 0
    end: int = 0


@answer
class PageList(_Sequence):
    """The pages of a page blob that hold something."""

    _held = "page_ranges"
    page_ranges: list[PageRange] = fixed(list)


class ContainerSharedAccessPermissions:
    """Letters for tokens of containers."""

    READ = "r"
    WRITE = "w"
    DELETE = "d"
    LIST = "l"


class BlobSharedAccessPermissions:
    """Letters for tokens of blobs."""

    READ = "r"
    WRITE = "w"
    DELETE = "d"


class ResourceType:
    """What a token opens."""

    RESOURCE_BLOB = "b"
    RESOURCE_CONTAINER = "c"


class SharedAccessPolicy(WindowsAzureData):
    """What a token permits: an access policy, the id of a stored one, or both."""

    def __init__(self, access_policy: AccessPolicy | None = None, signed_identifier: str | None = None) -> None:
        self.id = signed_identifier
        self.access_policy = access_policy


@answer
class SignedIdentifier(WindowsAzureData):
    """A stored access policy and its id."""

    id: str = ""
    access_policy: AccessPolicy = fixed(AccessPolicy)


@answer
class SignedIdentifiers(WindowsAzureData, _Sequence):
    """The stored access policies of a container."""

    _held = "signed_identifiers"
    signed_identifiers: list[SignedIdentifier] = fixed(list)


class HourMetrics(Metrics):
    """Which metrics are gathered by the hour."""


class MinuteMetrics(Metrics):
    """Which metrics are gathered by the minute."""


@answer
class StorageServiceProperties(WindowsAzureData):
    """What the service logs and measures."""

    logging: Logging = fixed(Logging)
    hour_metrics: Metrics = fixed(HourMetrics)
    minute_metrics: Metrics = fixed(MinuteMetrics)

    @property
    def metrics(self) -> Metrics:
        """The hourly metrics, under their first name."""
        text = "The metrics attribute has been deprecated. Use hour_metrics and minute_metrics instead."
        warnings.warn(text, stacklevel=2)
        return self.hour_metrics


# The name of each belongs to a later class as well, and a script that has `BlobService` too can import no other.
for _later, _early in (
    (later.BlobBlock, BlobBlock),
    (later.BlobPrefix, BlobPrefix),
    (later.BlobProperties, BlobProperties),
    (later.PageRange, PageRange),
):
    _later.register(_early)
