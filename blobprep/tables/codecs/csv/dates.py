"""Columns of a text dataset that are dates because someone said so: ISO 8601 dates and times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.formats import split_labels
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.errors import option, refused

__all__ = ["dates", "named_columns", "named_dates"]

Where = Callable[[int], tuple[AskedDataset, int]]

_KINDS: Final = tuple(pa.timestamp(unit, tz=zone) for unit in ("us", "ns") for zone in (None, "UTC"))
_UTC: Final = r"(?i)(Z|[+-]00(:?00)?)$"


def named_dates(labels: list[str], asked: AskedDataset) -> frozenset[str]:
    """Return the labels of the columns that the option `dates` names.

    Raises:
        DatasetError: it names a column that is not there.
    """
    return named_columns(labels, asked, "dates")


def named_columns(labels: list[str], asked: AskedDataset, name: str) -> frozenset[str]:
    """Return the labels that an option of that name lists.

    Raises:
        DatasetError: it names a column that is not there.
    """
    named = split_labels(asked.options[name])
    for label in named:
        if label not in labels:
            raise refused(
                asked,
                f"has no column {label!r}, which the option {name} names",
                f"its columns are {', '.join(map(repr, labels[:20]))}",
            )
    return frozenset(named)


def dates(cells: Any, label: str, asked: AskedDataset, where: Where | None = None) -> tuple[Any, Translation | None]:
    """Read a column of text as dates or times; times with a zone become UTC.

    Args:
        cells: a chunked array of text, null where missing.
        label: of the column.
        asked: its dataset.
        where: tells of a row, from 1, which blob of the dataset it is in, and its row there.

    Returns:
        Microseconds, or nanoseconds where a value has them.

    Raises:
        DatasetError: a value is no ISO 8601 date or time; names row and column.
    """
    texts = pc.ascii_trim_whitespace(cells)
    for kind in _KINDS:
        try:
            values = texts.cast(kind)
        except pa.ArrowInvalid:
            continue
        if kind.tz is None:
            return values, None
        moved = texts.filter(pc.invert(pc.match_substring_regex(texts, _UTC)))
        if len(moved) == 0:
            return values, None
        detail = "Times became UTC; their own offset from it is gone."
        return values, Translation(
            asked.port, label, "zone", detail, lossy=True, count=len(moved), example=moved[0].as_py()[:40]
        )
    row, value = _first_other(texts)
    if not row:
        what = f"has times in column {label!r} that no unit holds: some have nanoseconds, which do not reach others"
        raise refused(asked, what, f"leave the column out of {option(asked, 'dates=')}")
    blob, row = where(row) if where else (asked, row)
    raise refused(
        blob,
        f"has {value!r} in row {row} of column {label!r}, which is no ISO 8601 date or time like the others",
        f"leave the column out of {option(asked, 'dates=')}",
    )


def _first_other(texts: Any) -> tuple[int, str]:
    """Find the first value that is not like the first of all; row 0 where each is, but no unit holds them together."""
    zoned = None
    for row, value in enumerate(texts.to_pylist(), 1):
        if value is None:
            continue
        kinds = [kind for kind in _KINDS if _holds(value, kind)]
        if zoned is None and kinds:
            zoned = kinds[0].tz
            first = True
        else:
            first = False
        if not kinds or (not first and all(kind.tz != zoned for kind in kinds)):
            return row, value[:40]
    return 0, ""


def _holds(value: str, kind: Any) -> bool:
    try:
        pa.scalar(value).cast(kind)
    except pa.ArrowInvalid:
        return False
    return True
