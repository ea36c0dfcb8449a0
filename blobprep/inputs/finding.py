"""Which blobs a dataset is, and in which format, as far as names and content types tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from blobprep.errors import BlobNotFound, ContainerNotFound, DatasetError
from blobprep.formats import Format, format_by_content_type, format_by_name
from blobprep.formats import Found as How
from blobprep.inputs.sources import BlobPattern
from blobprep.stores.expansion import Found, expand
from blobprep.stores.pausing import crew

__all__ = ["MAX_BLOBS", "find_blobs", "shown_format"]

MAX_BLOBS: Final = 10_000
"""Blobs of one dataset: the manifest holds a row for each."""

_LOOKS: Final = 8


def find_blobs(port: str, pattern: BlobPattern) -> list[Found]:
    """Find the blobs that match a pattern, in the order of their names; what stands for a folder is none.

    Raises:
        BlobNotFound, ContainerNotFound: there is none.
        LimitError: there are too many.
    """
    try:
        found = expand(pattern.located, pattern.reference, most=MAX_BLOBS)
    except (BlobNotFound, ContainerNotFound) as error:
        error.message = f"{port}: {error.message}"
        raise
    with crew(_LOOKS, "blobprep-look") as pool:
        folders = list(pool.map(_is_folder, found))
    blobs = [each for each, folder in zip(found, folders, strict=True) if not folder]
    if not blobs:
        raise BlobNotFound(
            f"{port}: only folders match {pattern.printed}", remedy="name the blobs in them: the pattern ends with /*"
        )
    return blobs


def _is_folder(each: Found) -> bool:
    """Tell whether a blob only stands for a folder: a listing does not show the metadata that says so."""
    if each.properties.size or each.located.blob.endswith("/"):
        return each.properties.size == 0
    try:
        metadata = each.located.properties().metadata
    except BlobNotFound:  # deleted since; of an empty blob nothing is missed
        return False
    return any(name.lower() == "hdi_isfolder" and value.lower() == "true" for name, value in metadata.items())


def shown_format(port: str, blobs: Sequence[Found]) -> tuple[Format | None, How]:
    """Return the format that blobs show and what tells it: the name, else the content type, else their first bytes.

    Raises:
        DatasetError: they do not all show the same; names the first that differs.
    """
    first, *others = blobs
    row, how = _shown(first)
    for each in others:
        other, by = _shown(each)
        if other is not row:
            raise DatasetError(
                f"{port} would mix formats: {first.located.printed} {_words(row, how)}, "
                f"and {each.located.printed} {_words(other, by)}",
                remedy=f"name blobs of one format with a narrower pattern, or say --read{port[-1]} format=…",
            )
    return row, how


def _shown(each: Found) -> tuple[Format | None, How]:
    if row := format_by_name(each.located.blob).format:
        return row, "name"
    if row := format_by_content_type(each.properties.content_type):
        return row, "content type"
    return None, "first bytes"


def _words(row: Format | None, how: How) -> str:
    return f"is {row.name} by its {how}" if row else "shows none by name or content type"
