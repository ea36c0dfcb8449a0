"""One row for every type a dataset's column may have: values with extremes, and what a journey through a format does.

The matrix test and the table of types in the documents both run `journey` over `KINDS`, so that neither can go stale.
"""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from blobprep.errors import DatasetError
from blobprep.formats import FORMATS, read_options, write_options
from blobprep.protocol import AskedDataset, AskedResults, Translation
from blobprep.tables import codecs
from blobprep.tables.streaming_input import InputFile
from blobprep.tables.translation import to_frame, to_table

__all__ = ["KINDS", "Journey", "Kind", "journey", "returned", "seen"]

_NOON: Final = datetime.datetime(2024, 5, 30, 12, 0, 1)
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_YEAR_9999: Final = 253402300799
_YEAR_1: Final = -62135596800


@dataclass(frozen=True, slots=True)
class Kind:
    """Hold a column of one type.

    Attributes:
        name: of the row in the documents; kinds that share it are shown together.
        array: values with extremes and, where the type can, a missing one.
    """

    name: str
    array: Any


@dataclass(frozen=True, slots=True)
class Journey:
    """Say what came of a column that was written and read again.

    Attributes:
        back: the column as it was read; None where the format refused it.
        entries: of the ledger that name the column, or the table.
        error: of the format that refused it.
    """

    kind: Kind
    back: Any = None
    entries: tuple[Translation, ...] = ()
    error: DatasetError | None = None

    @property
    def mark(self) -> str:
        """Return ✓ for the same values of the same kind, `t` for text, `v` for other plain values, – for nothing."""
        if self.back is None:
            return "–"
        before, after = _family(self.kind.array.type), _family(self.back.type)
        if (before in (after, "null") or pa.types.is_null(self.back.type)) and _same(self.kind.array, self.back):
            return "✓"
        return "t" if after == "text" else "v"


def journey(kind: Kind, name: str, compression: str = "none") -> Journey:
    """Write a column in a format, beside another one where the format has several, and read it again."""
    table = pa.table({"x": kind.array})
    if name != "plaintext":
        table = table.append_column("beside", pa.array(range(len(kind.array)), pa.int64()))
    if name == "jsonl" and not len(table):  # nothing at all is written, and that is no dataset
        with pytest.raises(DatasetError, match="is empty"):
            _there_and_back(table, name, compression)
        name = "json"
    try:
        back, entries = _there_and_back(table, name, compression)
    except DatasetError as error:
        return Journey(kind, error=error)
    told = tuple(entry for entry in entries if entry.column in ("x", ""))
    if not back.num_columns:
        return Journey(kind, entries=told)
    return Journey(kind, back.column("x") if "x" in back.column_names else back.column(0), told)


def seen(kind: Kind) -> str:
    """Return the dtype that the script sees, and of objects the class of the first one."""
    frame, _ = to_frame(pa.table({"x": kind.array}), "dataset1", {})
    series = frame["x"]
    if isinstance(series.dtype, pd.CategoricalDtype):
        return f"category of {series.cat.categories.dtype}" + (", ordered" if series.cat.ordered else "")
    if series.dtype != object:
        return str(series.dtype)
    first = next((value for value in series if value is not None), None)
    return f"object: {type(first).__name__}"


def returned(kind: Kind) -> str:
    """Return the type of results when the script returns what it saw."""
    frame, _ = to_frame(pa.table({"x": kind.array}), "dataset1", {})
    came = to_table(frame, "results")[0]["x"].type
    if pa.types.is_dictionary(came):
        return f"dictionary of {came.value_type}" + (", ordered" if came.ordered else "")
    return str(came)


def _there_and_back(table: pa.Table, name: str, compression: str) -> tuple[pa.Table, list[Translation]]:
    row = FORMATS[name]
    with tempfile.TemporaryFile() as file:
        written = AskedResults(name, write_options(row, {"compression": compression}))
        entries = codecs.encode(table, file, written, "results")  # type: ignore[arg-type]
        file.flush()
        size = file.tell()
        source = InputFile(os.dup(file.fileno()), size)
        try:
            asked = AskedDataset("dataset1", "az://raw/table", size, name, read_options(row, {}))
            back, others, _ = codecs.decode(source, asked)
        finally:
            os.close(source.descriptor)
    return back, [*entries, *others]


_FAMILIES: Final = (
    ("boolean", pa.types.is_boolean),
    ("integer", pa.types.is_integer),
    ("double", pa.types.is_floating),
    ("decimal", pa.types.is_decimal),
    ("text", pa.types.is_string),
    ("text", pa.types.is_large_string),
    ("bytes", pa.types.is_binary),
    ("bytes", pa.types.is_large_binary),
    ("bytes", pa.types.is_fixed_size_binary),
    ("date", pa.types.is_date),
    ("time", pa.types.is_time),
    ("timestamp", pa.types.is_timestamp),
    ("duration", pa.types.is_duration),
    ("null", pa.types.is_null),
    ("map", pa.types.is_map),
    ("list", pa.types.is_list),
    ("list", pa.types.is_large_list),
    ("list", pa.types.is_fixed_size_list),
    ("struct", pa.types.is_struct),
)


def _family(kind: Any) -> str:
    """Name what holds the same values whatever its width; a zone and the order of categories belong to it."""
    if pa.types.is_dictionary(kind):
        return f"categories of {_family(kind.value_type)}, ordered {kind.ordered}"
    name = next(name for name, holds in _FAMILIES if holds(kind))
    return f"{name} of {kind.tz}" if name == "timestamp" and kind.tz else name


def _same(before: Any, after: Any) -> bool:
    """Tell whether two columns hold the same values, of the type that the first one has."""
    before = before if isinstance(before, pa.ChunkedArray) else pa.chunked_array([before])
    if pa.types.is_null(before.type) or pa.types.is_null(after.type):
        return bool(before.null_count == after.null_count == len(before))
    if pa.types.is_dictionary(before.type):
        levels = [_levels(column) for column in (before, after)]
        if levels[0] != levels[1]:
            return False
        before, after = (column.cast(column.type.value_type) for column in (before, after))
    if pa.types.is_floating(before.type):
        # Frames cannot tell NaN from missing, so datasets need not.
        before, after = (pc.if_else(pc.is_nan(column), None, column) for column in (before, after))
    try:
        return bool(after.cast(before.type).equals(before))
    except pa.ArrowException:
        return False


def _levels(column: Any) -> list[Any]:
    unified = column.unify_dictionaries()
    return unified.chunk(0).dictionary.to_pylist() if unified.num_chunks else []


def _integers() -> dict[str, Kind]:
    kinds = {}
    for width in (8, 16, 32, 64):
        for sign, least, most in (
            ("", -(2 ** (width - 1)), 2 ** (width - 1) - 1),
            ("u", 0, 2**width - 1),
        ):
            kind = getattr(pa, f"{sign}int{width}")()
            name = "integers" if most < 2**63 else "integers beyond `int64`"
            kinds[str(kind)] = Kind(name, pa.array([least, 0, most], kind))
            kinds[f"{kind} with missing"] = Kind(f"{name}, with missing", pa.array([least, None, most], kind))
    return kinds


def _doubles() -> dict[str, Kind]:
    kinds = {}
    for kind, least in ((pa.float16(), 2.0**-24), (pa.float32(), 2.0**-149), (pa.float64(), 5e-324)):
        array = pa.array([1.5, -0.0, least, float("inf"), None], kind)
        kinds[str(kind)] = Kind("floats of 16, 32, 64 bits, with missing", array)
    kinds["NaN"] = Kind("NaN beside missing", pa.array([1.5, float("nan"), None]))
    return kinds


def _decimals() -> dict[str, Kind]:
    kinds = {}
    for width, digits in ((32, 9), (64, 18), (128, 38), (256, 76)):
        kind = getattr(pa, f"decimal{width}")(digits, 2)
        most = "9" * (digits - 2) + ".99"  # as text, since Python's own minus rounds to 28 digits
        kinds[f"decimal{width}"] = Kind(
            "decimals", pa.array([Decimal("1.10"), Decimal(f"-{most}"), Decimal(most), None], kind)
        )
    kinds["decimal of hundreds"] = Kind("decimals", pa.array([Decimal("1100"), None], pa.decimal128(4, -2)))
    return kinds


def _moments() -> dict[str, Kind]:
    kinds = {}
    for unit, per in _PER_SECOND.items():
        extremes = [_YEAR_1 * per, 1, _YEAR_9999 * per] if unit != "ns" else [-(2**63) + 1, 1, 2**63 - 1]
        for zone, name in (
            (None, "timestamps"),
            ("UTC", "timestamps of UTC"),
            ("Europe/Berlin", "timestamps of a zone"),
        ):
            kinds[f"{name}, {unit}"] = Kind(name, pa.array([*extremes, None], pa.timestamp(unit, zone)))
        kinds[f"duration, {unit}"] = Kind("durations", pa.array([-1, 0, 86400 * per, None], pa.duration(unit)))
    kinds["seconds beyond the year 9999"] = Kind(
        "timestamps beyond the year 9999", pa.array([2**60], pa.timestamp("s"))
    )
    for kind in (pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")):
        most = 86400 * _PER_SECOND[kind.unit] - 1
        kinds[str(kind)] = Kind("times of day", pa.array([0, most, None], kind))
    days = [datetime.date(1, 1, 1), _NOON.date(), datetime.date(9999, 12, 31), None]
    kinds["date32"] = Kind("dates", pa.array(days, pa.date32()))
    kinds["date64"] = Kind("dates", pa.array(days, pa.date64()))
    return kinds


def _categories() -> dict[str, Kind]:
    def of(labels: Any, index: Any = pa.int8(), ordered: bool = False) -> Any:  # noqa: B008
        return pa.DictionaryArray.from_arrays(pa.array([1, 0, 1, None], index), labels, ordered=ordered)

    text = pa.array(["b", "a"])
    return {
        "categories": Kind("categories of text", of(text)),
        "categories counted in 64 bits": Kind("categories of text", of(text, pa.int64())),
        "categories of large text": Kind("categories of text", of(text.cast(pa.large_string()))),
        "ordered categories": Kind("ordered categories", of(text, ordered=True)),
        "categories with an unused one": Kind("categories, one unused", of(pa.array(["b", "a", "unused"]))),
        "categories of numbers": Kind("categories of numbers", of(pa.array([7, 5]))),
        "categories of doubles": Kind("categories of numbers", of(pa.array([0.5, -1.0]))),
        "ordered categories of numbers": Kind("ordered categories of numbers", of(pa.array([7, 5]), ordered=True)),
        "categories of days": Kind("categories of dates", of(pa.array([_NOON.date(), datetime.date(1, 1, 1)]))),
    }


def _nested() -> dict[str, Kind]:
    return {
        "list": Kind("lists", pa.array([[1, None], [], None])),
        "large list": Kind("lists", pa.array([["a"], [], None], pa.large_list(pa.string()))),
        "fixed list": Kind("lists", pa.array([[1, 2], None], pa.list_(pa.int8(), 2))),
        "list of lists": Kind("lists", pa.array([[[1], []], None])),
        "list of seconds": Kind("lists", pa.array([[1], None], pa.list_(pa.timestamp("s")))),
        "struct": Kind("structs", pa.array([{"a": 1, "b": ["x"]}, {"a": None, "b": None}, None])),
        "struct of dates": Kind("structs", pa.array([{"a": _NOON.date()}], pa.struct([("a", pa.date64())]))),
        "map": Kind("maps", pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64()))),
    }


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        **_integers(),
        **_doubles(),
        **_decimals(),
        "booleans": Kind("booleans", pa.array([True, False])),
        "booleans with missing": Kind("booleans with missing", pa.array([True, None, False])),
        "text": Kind("text", pa.array(["a", "ä", "\U0001f600", "x,y\t;", 'say "no"', None])),
        "large text": Kind("text", pa.array(["a", None], pa.large_string())),
        "text of digits": Kind("text with leading zeros", pa.array(["007", "1", None])),
        "text of dates": Kind("text that looks like dates", pa.array(["2024-05-30", None])),
        "text of lines": Kind("text with line ends", pa.array(["a\nb", "c", None])),
        **_moments(),
        **_categories(),
        "bytes": Kind("bytes", pa.array([b"\x00\xff", b"a", None])),
        "large bytes": Kind("bytes", pa.array([b"\x00\xff", None], pa.large_binary())),
        "fixed bytes": Kind("bytes", pa.array([b"\x00\xff", None], pa.binary(2))),
        **_nested(),
        "nothing": Kind("nothing but missing", pa.nulls(2)),
    }
)
