"""Read lists: containers, blobs or their names, page by page; and a blob's blocks and pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

from dateutil.parser import parse as date

from blobprep.legacy import models
from blobprep.legacy.wire.conversions import base64_text, text, to_base64
from blobprep.legacy.wire.documents import document, root_of, unless_missing
from blobprep.legacy.wire.failures import INVALID_BLOCK_ID
from blobprep.legacy.wire.messages import HTTPResponse
from blobprep.legacy.wire.reading import LISTED, flag, place

__all__ = ["blob_names", "blobs", "containers", "read_block_list", "read_page_ranges", "write_block_list"]

_CONTAINER: Final = "etag lease_status lease_state lease_duration public_access has_immutability_policy has_legal_hold"
"""Attributes of a listed container; their elements have the same names in capitals and without underscores."""


@unless_missing
def containers(response: HTTPResponse) -> models.AttributedList:
    """Read a page of containers. Their leases are flat attributes here, and all but their date is text."""
    page, entries = _page(response, "Containers")
    for entry in entries.findall("Container"):
        found = models.Container()
        found.name = entry.findtext("Name")
        found.metadata = _metadata(entry)
        element = _required(entry, "Properties")
        found.properties.last_modified = date(element.findtext("Last-Modified"))
        for attribute in _CONTAINER.split():
            setattr(found.properties, attribute, element.findtext(attribute.title().replace("_", "")))
        page.append(found)
    return page


@unless_missing
def blobs(response: HTTPResponse) -> models.AttributedList:
    """Read a page of blobs, after the prefixes that several share."""
    page, entries = _page(response, "Blobs")
    for entry in entries.findall("BlobPrefix"):
        prefix = models.BlobPrefix()
        prefix.name = entry.findtext("Name")
        page.append(prefix)
    page.extend(_blob(entry) for entry in entries.findall("Blob"))
    return page


@unless_missing
def blob_names(response: HTTPResponse) -> models.AttributedList:
    """Read a page of blobs as their names, after the prefixes that several share."""
    page, entries = _page(response, "Blobs")
    page.extend(entry.findtext("Name") for kind in ("BlobPrefix", "Blob") for entry in entries.findall(kind))
    return page


def _blob(entry: Element) -> models.Blob:
    found = models.Blob()
    found.name = entry.findtext("Name")
    found.snapshot = entry.findtext("Snapshot")
    if deleted := entry.findtext("Deleted"):
        found.deleted = flag(deleted)
    for element in entry.iterfind("Properties/*"):
        attribute, read = LISTED.get(element.tag, (element.tag, text))
        place(found.properties, attribute, read(element.text))
    found.metadata = _metadata(entry)
    return found


def _page(response: HTTPResponse, name: str) -> tuple[models.AttributedList, Element]:
    root, page = root_of(response), models.AttributedList()
    page.next_marker = root.findtext("NextMarker")
    return page, _required(root, name)


def _metadata(entry: Element) -> dict[str, Any] | None:
    held = entry.find("Metadata")
    return None if held is None else {element.tag: element.text for element in held}


def _required(entry: Element, name: str) -> Element:
    found = entry.find(name)
    if found is None:
        raise ValueError(f"the service's listing has no {name}")
    return found


_CLEARED: Final = {"PageRange": False, "ClearRange": True}


def write_block_list(blocks: Iterable[Any]) -> bytes:
    """Write the blocks that a blob is to consist of, in their order.

    Raises:
        ValueError: one has no id.
    """
    listed = Element("BlockList")
    for block in blocks:
        if block.id is None:
            raise ValueError(INVALID_BLOCK_ID)
        SubElement(listed, text(block.state) or "").text = to_base64(block.id)
    return document(listed)


@unless_missing
def read_block_list(response: HTTPResponse) -> models.BlobBlockList:
    """Read the blocks of a blob: those it consists of, and those not yet part of it."""
    listed = root_of(response)
    blocks = models.BlobBlockList()
    blocks.committed_blocks = list(_blocks(listed, "CommittedBlocks", models.BlobBlockState.Committed))
    blocks.uncommitted_blocks = list(_blocks(listed, "UncommittedBlocks", models.BlobBlockState.Uncommitted))
    return blocks


def _blocks(listed: Element, name: str, state: str) -> Iterator[models.BlobBlock]:
    for element in listed.iterfind(f"{name}/Block"):
        block = models.BlobBlock(base64_text(element.findtext("Name", "")), state)
        block._set_size(int(element.findtext("Size", "0")))
        yield block


@unless_missing
def read_page_ranges(response: HTTPResponse) -> list[models.PageRange]:
    """Read the pages of a blob, or of a difference; kinds that came later are left out."""
    return [
        models.PageRange(int(element.findtext("Start", "")), int(element.findtext("End", "")), _CLEARED[element.tag])
        for element in root_of(response)
        if element.tag in _CLEARED
    ]
