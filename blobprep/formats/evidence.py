"""The format of a blob, as far as its name and content type show it. Pure; the child looks at its first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from blobprep.formats.table import COMPRESSIONS, FORMATS, Format

__all__ = ["FormatEvidence", "NameHints", "format_by_content_type", "format_by_name", "stem_of"]

FormatEvidence = Literal["asked", "asked alone", "name", "content type", "name in the zip", "first bytes"]
"""What a format was recognized by, in order of precedence; `asked alone` if name and content type do not confirm it."""


@dataclass(frozen=True, slots=True)
class NameHints:
    """The format and compression that a blob's name shows.

    Attributes:
        format: None if it shows no format.
        compression: a name of `COMPRESSIONS`; empty if it shows no compression.
    """

    format: Format | None
    compression: str = ""


def format_by_name(blob: str) -> NameHints:
    """Return the format and compression that the extensions of a blob's name show.

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
    """Return the format that a content type stands for; None for a general one, such as `text/plain`."""
    plain = content_type.partition(";")[0].strip().lower()
    return next((row for row in FORMATS.values() if plain in row.content_types), None)


def stem_of(name: str) -> str:
    """Return a name without the extensions of its format and compression; all of it if nothing else is in it.

    >>> stem_of("iris.csv.gz"), stem_of("v1.2.parquet"), stem_of("notes.v2"), stem_of(".csv")
    ('iris', 'v1.2', 'notes.v2', '.csv')
    """
    hints = format_by_name(name)
    stem = name[: len(name) - len(COMPRESSIONS[hints.compression][0])] if hints.compression else name
    if hints.format is not None:
        lower = stem.lower()
        stem = stem[: -max(len(found) for found in hints.format.extensions if lower.endswith(found))]
    return stem or name
