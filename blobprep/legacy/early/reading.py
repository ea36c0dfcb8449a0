"""Read answers as `BlobService` did: headers as they are, and lists into its models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar
from xml.etree.ElementTree import Element

from blobprep.legacy.early import models
from blobprep.legacy.models import HeaderDict
from blobprep.legacy.wire import documents
from blobprep.legacy.wire.conversions import base64_text
from blobprep.legacy.wire.documents import root_of
from blobprep.legacy.wire.messages import HTTPResponse

__all__ = [
    "blob",
    "blobs",
    "block_list",
    "containers",
    "identifiers",
    "metadata",
    "only",
    "page_list",
    "properties",
    "service_properties",
]

T = TypeVar("T")

_OF_THE_CONNECTION: Final = frozenset({"server", "date", "location", "host", "via", "proxy-connection", "connection"})
_TAGS: Final = {
    "last_modified": "Last-Modified",
    "content_length": "Content-Length",
    "content_type": "Content-Type",
    "content_encoding": "Content-Encoding",
    "content_language": "Content-Language",
    "content_md5": "Content-MD5",
}
"""The elements whose names are not those of their attributes with capitals and without underscores."""


def properties(response: HTTPResponse) -> HeaderDict:
    """Read all headers but those of the connection."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return HeaderDict({name: value for name, value in headers.items() if name not in _OF_THE_CONNECTION})


def metadata(response: HTTPResponse) -> dict[str, str]:
    """Read the headers that are metadata, under their whole names."""
    return {name: value for name, value in properties(response).items() if name.startswith("x-ms-meta")}


def only(*names: str) -> Callable[[HTTPResponse], dict[str, str]]:
    """Make a reader of some headers."""
    return lambda response: {name: value for name, value in properties(response).items() if name in names}


def blob(response: HTTPResponse) -> models.BlobResult:
    """Read a blob's content."""
    return models.BlobResult(response.body, properties(response))


def containers(response: HTTPResponse) -> models.ContainerEnumResults:
    """Read a page of containers."""
    root = root_of(response)
    page = _filled(models.ContainerEnumResults(), root)
    page.containers = [_entry(models.Container(), element) for element in root.iterfind("Containers/Container")]
    return page


def blobs(response: HTTPResponse) -> models.BlobEnumResults:
    """Read a page of blobs."""
    root = root_of(response)
    page = _filled(models.BlobEnumResults(), root)
    page.blobs = [_entry(models.Blob(), element) for element in root.iterfind("Blobs/Blob")]
    page.prefixes = [_filled(models.BlobPrefix(), element) for element in root.iterfind("Blobs/BlobPrefix")]
    return page


def block_list(response: HTTPResponse) -> models.BlobBlockList:
    """Read the blocks of a blob."""
    root, found = root_of(response), models.BlobBlockList()
    found.committed_blocks = [_block(element) for element in root.iterfind("CommittedBlocks/Block")]
    found.uncommitted_blocks = [_block(element) for element in root.iterfind("UncommittedBlocks/Block")]
    return found


def page_list(response: HTTPResponse) -> models.PageList:
    """Read the pages of a blob."""
    found = models.PageList()
    found.page_ranges = [_filled(models.PageRange(), element) for element in root_of(response).iterfind("PageRange")]
    return found


def identifiers(response: HTTPResponse) -> models.SignedIdentifiers:
    """Read the stored access policies of a container; their times stay text."""
    found = models.SignedIdentifiers()
    for element in root_of(response).iterfind("SignedIdentifier"):
        identifier = models.SignedIdentifier()
        identifier.id = element.findtext("Id", "")
        policy = identifier.access_policy
        policy.start = element.findtext("AccessPolicy/Start", "")
        policy.expiry = element.findtext("AccessPolicy/Expiry", "")
        policy.permission = element.findtext("AccessPolicy/Permission", "")
        found.signed_identifiers.append(identifier)
    return found


def service_properties(response: HTTPResponse) -> models.StorageServiceProperties:
    """Read what the service logs and measures."""
    later, found = documents.read_properties(response), models.StorageServiceProperties()
    found.logging = later.logging
    vars(found.hour_metrics).update(vars(later.hour_metrics))
    vars(found.minute_metrics).update(vars(later.minute_metrics))
    return found


def _entry(entry: Any, element: Element) -> Any:
    """Fill in a container or a blob."""
    _filled(entry, element)
    _filled(entry.properties, element.find("Properties"))
    held = element.find("Metadata")
    entry.metadata = None if held is None else {child.tag: child.text or "" for child in held}
    return entry


def _filled(model: T, element: Element | None) -> T:
    """Set each attribute whose element is there: numbers where it was a number, else text."""
    for name, value in vars(model).items():
        if element is not None and isinstance(value, int | str):
            text = element.findtext(_TAGS.get(name) or name.title().replace("_", ""))
            if text is not None:
                setattr(model, name, type(value)(text))
    return model


def _block(element: Element) -> models.BlobBlock:
    return models.BlobBlock(base64_text(element.findtext("Name", "")), int(element.findtext("Size", "")))
