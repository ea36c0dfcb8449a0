"""Which format a blob is in, as far as its name and content type tell. Pure; its first bytes are the child's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from blobprep.formats.table import COMPRESSIONS, FORMATS, Format

__all__ = ["FormatEvidence", "NameHints", "format_by_content_type", "format_by_name"]

FormatEvidence = Literal["asked", "asked alone", "name", "content type", "name in the zip", "first bytes"]
"""What told a format, in the order that is asked; alone where name and content type do not tell it too."""


@dataclass(frozen=True, slots=True)
class NameHints:
    """Say what a blob's name shows.

    Attributes:
        format: None where it shows none.
        compression: a name of `COMPRESSIONS`, empty where it shows none.
    """

    format: Format | None
    compression: str = ""


def format_by_name(blob: str) -> NameHints:
    """Return what a blob's name shows by its extensions.

    >>> named = format_by_name("2024/weather.csv.gz")
    >>> named.format.name, named.compression
    ('csv', 'gzip')
    """
    lower = blob.lower()
    compression = next((name for name, (extension, _) in COMPRESSIONS.items() if lower.endswith(extension)), "")
    if compression:
        lower = lower.removesuffix(COMPRESSIONS[compression][0])
    return NameHints(next((row for row in FORMATS.values() if lower.endswith(row.extensions)), None), compression)


def format_by_content_type(content_type: str) -> Format | None:
    """Return the format that a content type means; None for those that say nothing, such as `text/plain`."""
    plain = content_type.partition(";")[0].strip().lower()
    return next((row for row in FORMATS.values() if plain in row.content_types), None)
