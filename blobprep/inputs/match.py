"""The blobs of a dataset, and their format as far as names and content types show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from blobprep.errors import BlobNotFound, ContainerNotFound, DatasetError
from blobprep.formats import Format, FormatEvidence, format_by_content_type, format_by_name
from blobprep.inputs.sources import BlobPattern
from blobprep.stores import BlobProperties
from blobprep.stores.folder_markers import is_folder_marker
from blobprep.stores.globbing import expand, expand_parts
from blobprep.stores.location import PinnedBlob

__all__ = ["MAX_BLOBS", "check_asked_format", "detect_format", "find_blobs", "is_folder"]

MAX_BLOBS: Final = 10_000
"""The most blobs of one dataset: the manifest has a row for each."""


def find_blobs(port: str, pattern: BlobPattern) -> list[PinnedBlob]:
    """Find the blobs that match a pattern, in the order of their names, leaving out those that mark a folder.

    Raises:
        BlobNotFound, ContainerNotFound: no blob matches.
        LimitError: too many match.
    """
    try:
        if pattern.parts is not None:
            return expand_parts(pattern.location, pattern.reference, pattern.parts, most=MAX_BLOBS, is_folder=is_folder)
        return expand(pattern.location, pattern.reference, most=MAX_BLOBS, is_folder=is_folder)
    except (BlobNotFound, ContainerNotFound) as error:
        error.message = f"{port}: {error.message}"
        raise


def is_folder(found: BlobProperties) -> bool:
    """Return whether a blob only marks a folder; so does an empty one whose name ends with `/`, as it has no rows."""
    return is_folder_marker(found) or (not found.size and found.blob.endswith("/"))


def detect_format(port: str, blobs: Sequence[PinnedBlob]) -> tuple[Format | None, FormatEvidence]:
    """Return the format of blobs and the evidence for it: their names, content types, or else first bytes.

    Raises:
        DatasetError: the blobs differ; the message names the first that does.
    """
    first, *others = blobs
    row, evidence = _detect(first)
    for blob in others:
        other, other_evidence = _detect(blob)
        if other is not row:
            raise DatasetError(
                f"{port} would mix formats: {first.location.printed} {_describe_evidence(row, evidence)}, "
                f"but {blob.location.printed} {_describe_evidence(other, other_evidence)}",
                remedy=f"use a narrower pattern that matches one format, or set --read{port[-1]} format=NAME",
            )
    return row, evidence


def check_asked_format(row: Format, blobs: Sequence[PinnedBlob]) -> FormatEvidence:
    """Return the evidence for a format that the user chose: whether names or content types show it too."""
    return "asked" if all(_detect(blob)[0] is row for blob in blobs) else "asked alone"


def _detect(blob: PinnedBlob) -> tuple[Format | None, FormatEvidence]:
    if row := format_by_name(blob.location.blob).format:
        return row, "name"
    if row := format_by_content_type(blob.properties.content_type):
        return row, "content type"
    return None, "first bytes"


def _describe_evidence(row: Format | None, evidence: FormatEvidence) -> str:
    return f"is {row.name} by its {evidence}" if row else "has a name and content type that show no format"
