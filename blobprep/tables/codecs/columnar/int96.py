"""Times that Parquet stores as INT96: a Julian day and the nanoseconds of that day, which can exceed any 64-bit time.

| bytes | number, little endian |
| --- | --- |
| 0 to 7 | nanoseconds since midnight; Arrow before version 23 wrote negative ones |
| 8 to 11 | days; 2440588 is 1970-01-01 |

A column becomes nanoseconds if all its values fit, otherwise the finest unit in which they do.

Source:
    apache/parquet-format, LogicalTypes.md, "INT96 timestamps"; apache/arrow#48246 for the negative ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.cell_text import first_text
from blobprep.tables.codecs.errors import dataset_error, option
from blobprep.tables.codecs.types.casts import NANOSECONDS
from blobprep.tables.nesting import iter_plain, rebuild

__all__ = ["coarsest", "find_units", "has_int96", "restore_times"]

_EPOCH: Final = 2440588
_DAY: Final = 86400
_SECOND: Final = 10**9
_RAW: Final = np.dtype([("nanoseconds", "<i8"), ("day", "<i4")])
_UNITS: Final = ("ns", "us", "ms", "s")
_REMEDY: Final = "write the column as INT64 with microseconds"

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Moments:
    """The times of an array: seconds since 1970, and the remaining nanoseconds; both 0 where missing."""

    seconds: Integers
    rest: Integers

    def fit(self, unit: str) -> bool:
        """Tell whether all times fit 64 bits in a unit, without the least count, which is missing in pandas."""
        per = _SECOND // NANOSECONDS[unit]
        parts = self.rest // NANOSECONDS[unit]
        (first, least), (last, most) = divmod(-(2**63) + 1, per), divmod(2**63 - 1, per)
        above = (self.seconds > first) | ((self.seconds == first) & (parts >= least))
        below = (self.seconds < last) | ((self.seconds == last) & (parts <= most))
        return bool((above & below).all())

    def counts(self, unit: str) -> Integers:
        """Return the times as counts of a unit that holds them, with finer digits cut off."""
        return self.seconds * (_SECOND // NANOSECONDS[unit]) + self.rest // NANOSECONDS[unit]

    def count_cut(self, unit: str) -> tuple[int, str]:
        """Count the times with finer digits than a unit, and return the first of them as an example."""
        places = np.flatnonzero(self.rest % NANOSECONDS[unit])
        if not len(places):
            return 0, ""
        first = places[0]
        seconds = first_text(pa.array([int(self.seconds[first])], pa.timestamp("s")))
        return len(places), f"{seconds}.{self.rest[first]:09}"


def has_int96(file: Any) -> bool:
    """Tell whether a Parquet file has an INT96 column, also within lists or structs."""
    return any(file.schema.column(place).physical_type == "INT96" for place in range(len(file.schema.names)))


def find_units(table: pa.Table, schema: pa.Schema) -> dict[str, str]:
    """Return for each INT96 column of a table the finest unit that holds all its times; see `restore_times`."""
    return {
        field.name: _finest_unit(_moments_of(table.column(place), field.type))
        for place, field in enumerate(schema)
        if table.column(place).type != field.type
    }


def coarsest(units: Iterable[str]) -> str:
    """Return the unit that holds whatever any of several holds.

    >>> coarsest(["ns", "ms", "us"])
    'ms'
    """
    return max(units, key=_UNITS.index)


def restore_times(table: pa.Table, schema: pa.Schema, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
    """Convert INT96 columns that were read as twelve bytes each to times.

    Args:
        table: read with the metadata of `blobprep.tables.codecs.columnar.footer`.
        schema: pyarrow's own schema of the file, in which these columns are timestamps.
        asked: the dataset, whose options may give the unit.

    Returns:
        The table, and a lossy entry for each column that has both nanoseconds and times out of their range.

    Raises:
        DatasetError: the unit that is given does not hold all times.
    """
    ledger = []
    given = asked.options.get("int96", "auto")
    for place, field in enumerate(schema):
        column = table.column(place)
        if column.type == field.type:
            continue
        kinds, moments = _leaf_types(field.type), _moments_of(column, field.type)
        unit = _finest_unit(moments) if given == "auto" else given
        if not all(times.fit(unit) for times in moments):
            raise dataset_error(
                asked, f"has times in column {field.name!r} that do not fit {unit}", option(asked, "int96=auto")
            )
        chunks = [_rebuild(kinds, chunk, unit) for chunk in column.chunks or [pa.array([], column.type)]]
        kind = chunks[0].type
        table = table.set_column(place, field.with_type(kind), pa.chunked_array(chunks, kind))
        cut = [found for found in (times.count_cut(unit) for times in moments) if found[0]]
        if cut:
            detail = f"Some times have nanoseconds and others are out of their range; all became {kind}."
            count, example = sum(count for count, _ in cut), cut[0][1]
            ledger.append(Translation(asked.port, field.name, "cast", detail, True, _REMEDY, count, example))
    return table, ledger


def _moments_of(column: Any, kind: Any) -> list[_Moments]:
    """Return the times in a column, which schema says are of this type, also those within lists or structs."""
    kinds = _leaf_types(kind)
    return [
        _parse_moments(array)
        for chunk in column.chunks
        for leaf, array in zip(kinds, iter_plain(chunk), strict=True)
        if leaf != array.type and pa.types.is_timestamp(leaf)
    ]


def _finest_unit(moments: list[_Moments]) -> str:
    return next((unit for unit in _UNITS if all(times.fit(unit) for times in moments)), _UNITS[-1])


def _parse_moments(array: Any) -> _Moments:
    data, zeros = array.buffers()[1], np.zeros(len(array), np.int64)
    if data is None or not len(array):
        return _Moments(zeros, zeros)
    raw = np.frombuffer(data, _RAW, len(array), array.offset * _RAW.itemsize)
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    whole, rest = np.divmod(raw["nanoseconds"], _SECOND)
    seconds = (raw["day"].astype(np.int64) - _EPOCH) * _DAY + whole
    return _Moments(np.where(valid, seconds, 0), np.where(valid, rest, 0))


def _leaf_types(kind: Any) -> list[Any]:
    """Return all leaf types within a type, in order."""
    is_ = pa.types
    if is_.is_map(kind):
        return [*_leaf_types(kind.key_type), *_leaf_types(kind.item_type)]
    if not is_.is_nested(kind):
        return [kind]
    return [inner for place in range(kind.num_fields) for inner in _leaf_types(kind.field(place).type)]


def _rebuild(kinds: list[Any], array: Any, unit: str) -> Any:
    """Return an array with times in place of twelve bytes."""
    following = iter(kinds)

    def make(values: Any) -> Any:
        kind = next(following)
        if kind == values.type or not pa.types.is_timestamp(kind):
            return values
        missing = ~values.is_valid().to_numpy(zero_copy_only=False)
        return pa.array(_parse_moments(values).counts(unit), mask=missing).cast(pa.timestamp(unit, kind.tz))

    return rebuild(array, make)
