"""The XML of what blobs are made of: lists of blocks and of pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.etree import ElementTree

from blobprep.legacy.models import BlobBlock, BlobBlockList, BlobBlockState, PageRange
from blobprep.legacy.wire.conversions import base64_text, text, to_base64
from blobprep.legacy.wire.documents import document, root_of
from blobprep.legacy.wire.failures import INVALID_BLOCK_ID
from blobprep.legacy.wire.messages import HTTPResponse

__all__ = ["read_block_list", "read_page_ranges", "write_block_list"]

_CLEARED: Final = {"PageRange": False, "ClearRange": True}


def write_block_list(blocks: Iterable[Any]) -> bytes:
    """Write the blocks that a blob is to be made of, in their order.

    Raises:
        ValueError: one has no id.
    """
    listed = ElementTree.Element("BlockList")
    for block in blocks:
        if block.id is None:
            raise ValueError(INVALID_BLOCK_ID)
        ElementTree.SubElement(listed, text(block.state) or "").text = to_base64(block.id)
    return document(listed)


def read_block_list(response: HTTPResponse) -> BlobBlockList:
    """Read the blocks of a blob: those it is made of, and those that wait to be."""
    listed = root_of(response)
    blocks = BlobBlockList()
    blocks.committed_blocks = list(_blocks(listed, "CommittedBlocks", BlobBlockState.Committed))
    blocks.uncommitted_blocks = list(_blocks(listed, "UncommittedBlocks", BlobBlockState.Uncommitted))
    return blocks


def _blocks(listed: ElementTree.Element, name: str, state: str) -> Iterator[BlobBlock]:
    for element in listed.iterfind(f"{name}/Block"):
        block = BlobBlock(base64_text(element.findtext("Name", "")), state)
        block._set_size(int(element.findtext("Size", "0")))
        yield block


def read_page_ranges(response: HTTPResponse) -> list[PageRange]:
    """Read the pages of a blob, or of a difference; kinds that came later are left out."""
    return [
        PageRange(int(element.findtext("Start", "")), int(element.findtext("End", "")), _CLEARED[element.tag])
        for element in root_of(response)
        if element.tag in _CLEARED
    ]
