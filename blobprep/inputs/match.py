"""Which blobs a dataset is, and in which format, as far as names and content types tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from blobprep.errors import BlobNotFound, ContainerNotFound, DatasetError
from blobprep.formats import Format, FormatEvidence, format_by_content_type, format_by_name
from blobprep.inputs.sources import BlobPattern
from blobprep.stores import BlobProperties
from blobprep.stores.folder_markers import is_folder_marker
from blobprep.stores.globbing import expand
from blobprep.stores.location import PinnedBlob

__all__ = ["MAX_BLOBS", "check_asked_format", "detect_format", "find_blobs"]

MAX_BLOBS: Final = 10_000
"""Blobs of one dataset: the manifest holds a row for each."""


def find_blobs(port: str, pattern: BlobPattern) -> list[PinnedBlob]:
    """Find the blobs that match a pattern, in the order of their names; what marks a folder is none.

    Raises:
        BlobNotFound, ContainerNotFound: there is none.
        LimitError: there are too many.
    """
    try:
        return expand(pattern.location, pattern.reference, most=MAX_BLOBS, is_folder=_is_folder)
    except (BlobNotFound, ContainerNotFound) as error:
        error.message = f"{port}: {error.message}"
        raise


def _is_folder(found: BlobProperties) -> bool:
    """Tell whether a blob only marks a folder; without bytes a name that ends with `/` is enough, it has no rows."""
    return is_folder_marker(found) or (not found.size and found.blob.endswith("/"))


def detect_format(port: str, blobs: Sequence[PinnedBlob]) -> tuple[Format | None, FormatEvidence]:
    """Return the format that blobs show and what tells it: the name, else the content type, else their first bytes.

    Raises:
        DatasetError: they do not all show the same; names the first that differs.
    """
    first, *others = blobs
    row, how = _detect(first)
    for each in others:
        other, by = _detect(each)
        if other is not row:
            raise DatasetError(
                f"{port} would mix formats: {first.location.printed} {_describe_evidence(row, how)}, "
                f"and {each.location.printed} {_describe_evidence(other, by)}",
                remedy=f"name blobs of one format with a narrower pattern, or say --read{port[-1]} format=…",
            )
    return row, how


def check_asked_format(row: Format, blobs: Sequence[PinnedBlob]) -> FormatEvidence:
    """Return whether a format that was asked for is told by something else too."""
    return "asked" if all(_detect(blob)[0] is row for blob in blobs) else "asked alone"


def _detect(each: PinnedBlob) -> tuple[Format | None, FormatEvidence]:
    if row := format_by_name(each.location.blob).format:
        return row, "name"
    if row := format_by_content_type(each.properties.content_type):
        return row, "content type"
    return None, "first bytes"


def _describe_evidence(row: Format | None, how: FormatEvidence) -> str:
    return f"is {row.name} by its {how}" if row else "shows none by name or content type"
