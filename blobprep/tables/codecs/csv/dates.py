"""Columns of text that options declare to be ISO 8601 dates or times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.formats import split_labels
from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.errors import dataset_error, option

__all__ = ["DATE_KINDS", "columns_in_option", "date_columns", "parse_dates"]

Where = Callable[[int], tuple[AskedDataset, int]]

DATE_KINDS: Final = tuple(pa.timestamp(unit, tz=zone) for unit in ("us", "ns") for zone in (None, "UTC"))
_UTC: Final = r"(?i)(Z|[+-]00(:?00)?)$"


def date_columns(labels: list[str], asked: AskedDataset) -> frozenset[str]:
    """Return the labels of the columns that the option `parse_dates` names.

    Raises:
        DatasetError: it names a column that does not exist.
    """
    return columns_in_option(labels, asked, "dates")


def columns_in_option(labels: list[str], asked: AskedDataset, name: str) -> frozenset[str]:
    """Return the labels listed in the option with this name.

    Raises:
        DatasetError: it names a column that does not exist.
    """
    named = split_labels(asked.options[name])
    for label in named:
        if label not in labels:
            raise dataset_error(
                asked,
                f"has no column {label!r}, which the option {name} names",
                f"its columns are {', '.join(map(repr, labels[:20]))}",
            )
    return frozenset(named)


def parse_dates(
    cells: Any,
    label: str,
    asked: AskedDataset,
    where: Where | None = None,
    kinds: Sequence[Any] = DATE_KINDS,
) -> tuple[Any, Translation | None]:
    """Parse a column of text as dates or times; times with a zone become UTC.

    Args:
        cells: a chunked array of text, null where missing.
        label: the label of the column.
        asked: the dataset.
        where: returns for a row, from 1, the blob it is in and its row number there.
        kinds: the types it may have, the first that holds all values first.

    Returns:
        Times in microseconds, or in nanoseconds if a value needs them; and an entry if offsets were lost.

    Raises:
        DatasetError: a value is not an ISO 8601 date or time; names row and column.
    """
    texts = pc.ascii_trim_whitespace(cells)
    for kind in kinds:
        try:
            values = texts.cast(kind)
        except pa.ArrowInvalid:
            continue
        if kind.tz is None:
            return values, None
        moved = texts.filter(pc.invert(pc.match_substring_regex(texts, _UTC)))
        if len(moved) == 0:
            return values, None
        detail = "Times became UTC; their offsets from UTC are lost."
        return values, Translation(
            asked.port, label, "zone", detail, lossy=True, count=len(moved), example=moved[0].as_py()[:EXAMPLE_LIMIT]
        )
    row, value = _find_other(texts, kinds)
    if not row:
        what = f"has times in column {label!r} that no unit holds: some have nanoseconds, others are too far from 1970"
        raise dataset_error(asked, what, f"leave the column out of {option(asked, 'dates=')}")
    blob, row = where(row) if where else (asked, row)
    raise dataset_error(
        blob,
        f"has {value!r} in row {row} of column {label!r}, which is not an ISO 8601 date or time like the others",
        f"leave the column out of {option(asked, 'dates=')}",
    )


def _find_other(texts: Any, possible: Sequence[Any]) -> tuple[int, str]:
    """Find the first value unlike the first one; return row 0 if all are alike, but no unit holds them all."""
    zoned = None
    for row, value in enumerate(texts.to_pylist(), 1):
        if value is None:
            continue
        kinds = [kind for kind in possible if _holds(value, kind)]
        if zoned is None and kinds:
            zoned = kinds[0].tz
            first = True
        else:
            first = False
        if not kinds or (not first and all(kind.tz != zoned for kind in kinds)):
            return row, value[:EXAMPLE_LIMIT]
    return 0, ""


def _holds(value: str, kind: Any) -> bool:
    try:
        pa.scalar(value).cast(kind)
    except pa.ArrowInvalid:
        return False
    return True
