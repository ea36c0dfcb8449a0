"""What `BlobService` took and returned: texts as the service sent them, and lists of one page."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from blobprep.legacy import models as later
from blobprep.legacy.models import AccessPolicy, Logging, Metrics

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

Item = TypeVar("Item")


class WindowsAzureData:
    """What all of these are."""


class _Sequence(Generic[Item]):
    """Something that is read like the list it holds."""

    def _items(self) -> list[Item]:
        raise AssertionError("each kind holds a list of its own")

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items())

    def __len__(self) -> int:
        return len(self._items())

    def __getitem__(self, index: int) -> Item:
        return self._items()[index]


class EnumResultsBase:
    """A page of a list; `next_marker` is where the next page begins, empty at the end."""

    def __init__(self) -> None:
        self.prefix = ""
        self.marker = ""
        self.max_results = 0
        self.next_marker = ""


class Properties(WindowsAzureData):
    """What a list says of a container."""

    def __init__(self) -> None:
        self.last_modified = ""
        self.etag = ""


class Container(WindowsAzureData):
    """A container in a list; `metadata` is None unless the list was asked to include it."""

    def __init__(self) -> None:
        self.name = ""
        self.url = ""
        self.properties = Properties()
        self.metadata: dict[str, str] | None = {}


class ContainerEnumResults(EnumResultsBase, _Sequence[Container]):
    """A page of containers."""

    def __init__(self) -> None:
        super().__init__()
        self.containers: list[Container] = []

    def _items(self) -> list[Container]:
        return self.containers


class BlobProperties(WindowsAzureData):
    """What a list says of a blob."""

    def __init__(self) -> None:
        self.last_modified = ""
        self.etag = ""
        self.content_length = 0
        self.content_type = ""
        self.content_encoding = ""
        self.content_language = ""
        self.content_md5 = ""
        self.xms_blob_sequence_number = 0
        self.blob_type = ""
        self.lease_status = ""
        self.lease_state = ""
        self.lease_duration = ""
        self.copy_id = ""
        self.copy_source = ""
        self.copy_status = ""
        self.copy_progress = ""
        self.copy_completion_time = ""
        self.copy_status_description = ""


class Blob(WindowsAzureData):
    """A blob in a list; `metadata` is None unless the list was asked to include it."""

    def __init__(self) -> None:
        self.name = ""
        self.snapshot = ""
        self.url = ""
        self.properties = BlobProperties()
        self.metadata: dict[str, str] | None = {}


class BlobPrefix(WindowsAzureData):
    """What the names of several blobs share, up to the delimiter."""

    def __init__(self) -> None:
        self.name = ""


class BlobEnumResults(EnumResultsBase, _Sequence[Blob]):
    """A page of blobs, with the prefixes beside them if a delimiter was given."""

    def __init__(self) -> None:
        super().__init__()
        self.blobs: list[Blob] = []
        self.prefixes: list[BlobPrefix] = []
        self.delimiter = ""

    def _items(self) -> list[Blob]:
        return self.blobs


class BlobResult(bytes):
    """The content of a blob, with the headers of the answer as its `properties`."""

    properties: dict[str, str]

    def __new__(cls, blob: bytes | None, properties: dict[str, str]) -> BlobResult:
        """Make bytes of the content; None has none."""
        made = super().__new__(cls, blob or b"")
        made.properties = properties
        return made


class BlobBlock(WindowsAzureData):
    """A block of a block blob."""

    def __init__(self, id: str | None = None, size: int | None = None) -> None:  # noqa: A002
        self.id = id
        self.size = size


class BlobBlockList(WindowsAzureData, later.BlobBlockList):
    """The blocks of a block blob."""

    def __init__(self) -> None:
        self.committed_blocks: list[Any] = []
        self.uncommitted_blocks: list[Any] = []


class PageRange(WindowsAzureData):
    """Pages of a page blob, from the first byte to the last."""

    def __init__(self) -> None:
        self.start = 0
        self.end = 0


class PageList(_Sequence[PageRange]):
    """The pages of a page blob that hold something."""

    def __init__(self) -> None:
        self.page_ranges: list[PageRange] = []

    def _items(self) -> list[PageRange]:
        return self.page_ranges


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


class SignedIdentifier(WindowsAzureData):
    """A stored access policy and its id."""

    def __init__(self) -> None:
        self.id = ""
        self.access_policy = AccessPolicy()


class SignedIdentifiers(WindowsAzureData, _Sequence[SignedIdentifier]):
    """The stored access policies of a container."""

    def __init__(self) -> None:
        self.signed_identifiers: list[SignedIdentifier] = []

    def _items(self) -> list[SignedIdentifier]:
        return self.signed_identifiers


class HourMetrics(Metrics):
    """Which metrics are gathered by the hour."""


class MinuteMetrics(Metrics):
    """Which metrics are gathered by the minute."""


class StorageServiceProperties(WindowsAzureData):
    """What the service logs and measures."""

    def __init__(self) -> None:
        self.logging = Logging()
        self.hour_metrics: Metrics = HourMetrics()
        self.minute_metrics: Metrics = MinuteMetrics()

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
