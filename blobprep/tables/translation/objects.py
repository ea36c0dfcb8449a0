"""Columns of Python objects: their type is inferred from all of their values."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from blobprep.tables.codecs.text.characters import replace_lone_surrogates
from blobprep.tables.codecs.types.casts import LEAST, NANOSECONDS
from blobprep.tables.redaction import format_example, tally
from blobprep.tables.translation.changes import Change, TranslatedColumn, zone_change

__all__ = ["as_text", "count_present", "from_objects", "is_supported"]


# The first row that a type belongs to gives its kind. The order matters: to Python a bool is an int and a datetime is a
# date, and NumPy's timedelta64 is one of its integers.
_KINDS: Final[tuple[tuple[str, tuple[type, ...]], ...]] = (
    ("boolean", (bool, np.bool_)),
    ("duration", (datetime.timedelta, np.timedelta64)),
    ("integer", (int, np.integer)),
    ("double", (float, np.floating)),
    ("text", (str,)),
    ("bytes", (bytes, bytearray, memoryview)),
    ("decimal", (Decimal,)),
    ("datetime", (datetime.datetime, np.datetime64)),
    ("date", (datetime.date,)),
    ("time", (datetime.time,)),
    ("list", (list, tuple, np.ndarray)),
    ("dict", (dict,)),
    ("UUID", (uuid.UUID,)),
    ("complex", (complex, np.complexfloating)),
)

_FAILURES: Final = (pa.ArrowException, TypeError, ValueError, OverflowError)
_ONE_KIND: Final = "give the column's values one type in the script"
_PLAIN: Final = "convert them to plain numbers, texts or times in the script"


def from_objects(series: pd.Series[Any]) -> TranslatedColumn:
    """Translate a column of objects: by their type if all have the same one, otherwise as text.

    A column with only missing values becomes text.
    """
    objects = series.to_numpy(dtype=object)
    missing = pd.isna(objects)
    values: list[Any] = [None if gone else value for value, gone in zip(objects, missing, strict=True)]
    kinds = sorted({_kind(cls) for cls in set(map(type, values)) - {type(None)}})
    if not kinds:
        return TranslatedColumn(pa.nulls(len(values), pa.string()))
    if kinds == ["double", "integer"]:
        return _convert_numbers(values)
    if len(kinds) > 1:
        return _to_text(values, f"Values of different kinds ({', '.join(kinds)}) became text.", _ONE_KIND)
    try:
        return _CONVERSIONS[kinds[0]](values)
    except KeyError:
        return _to_text(values, f"Objects ({kinds[0]}) became text.", _PLAIN)
    except _FAILURES:
        return _to_text(values, f"Values ({kinds[0]}) that results cannot hold became text.", _PLAIN)


def as_text(series: pd.Series[Any]) -> Any:
    """Return the `str()` of every value; null where missing."""
    missing = series.isna()
    return _format_texts([None if gone else value for value, gone in zip(series, missing, strict=True)])


def is_supported(kind: Any) -> bool:
    """Tell whether every format can store a type and pandas can read it back."""
    is_ = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return False
    if is_.is_list(kind) or is_.is_large_list(kind) or is_.is_fixed_size_list(kind):
        return is_supported(kind.value_type)
    if is_.is_map(kind):
        return is_supported(kind.key_type) and is_supported(kind.item_type)
    if is_.is_struct(kind):
        return kind.num_fields > 0 and all(is_supported(field.type) for field in kind)
    return bool(
        is_.is_boolean(kind)
        or is_.is_integer(kind)
        or is_.is_floating(kind)
        or is_.is_decimal(kind)
        or is_.is_string(kind)
        or is_.is_large_string(kind)
        or is_.is_binary(kind)
        or is_.is_large_binary(kind)
        or is_.is_fixed_size_binary(kind)
        or (is_.is_temporal(kind) and not is_.is_interval(kind))
        or is_.is_null(kind)
    )


def _kind(cls: type) -> str:
    for name, types in _KINDS:
        if issubclass(cls, types):
            return name
    return cls.__name__


def _format_texts(values: Sequence[Any]) -> Any:
    return pa.array(
        [None if value is None else replace_lone_surrogates(str(value)) for value in values], pa.large_string()
    )


def count_present(values: Iterable[Any]) -> tuple[int, str]:
    """Count the values that are not missing, and return the first as an example."""
    present = [value for value in values if value is not None]
    return len(present), format_example(present[0]) if present else ""


def _to_text(values: Sequence[Any], detail: str, remedy: str = "") -> TranslatedColumn:
    """Convert values to text; the change is a loss if there is a remedy."""
    texts = _format_texts(values)
    shown = count_present(values)[1] if any(isinstance(value, bytes) for value in values) else tally(texts)[1]
    return TranslatedColumn(texts, (Change("cast", detail, bool(remedy), remedy, tally(texts)[0], shown),))


def _convert_as(kind: Any) -> Callable[[list[Any]], TranslatedColumn]:
    return lambda values: TranslatedColumn(pa.array(values, kind))


def _convert_integers(values: list[Any]) -> TranslatedColumn:
    try:
        return TranslatedColumn(pa.array(values, pa.int64()))
    except _FAILURES:
        return _to_text(values, "Integers beyond 64 bits became text.")


def _convert_numbers(values: list[Any]) -> TranslatedColumn:
    numbers = [value for value in values if isinstance(value, (int, np.integer))]
    try:
        doubles = [None if value is None else float(value) for value in values]
    except OverflowError:
        return _to_text(values, "Integers too large for a double, mixed with doubles, became text.", _ONE_KIND)
    lost = [number for number in numbers if int(float(number)) != int(number)]
    loss = "; integers beyond 2**53 lost digits" if lost else ""
    remedy = _ONE_KIND if lost else ""
    change = Change(
        "cast",
        f"Integers mixed with doubles became doubles{loss}.",
        bool(lost),
        remedy,
        *count_present(lost or numbers),
    )
    return TranslatedColumn(pa.array(doubles, pa.float64()), (change,))


def _convert_doubles(values: list[Any]) -> TranslatedColumn:
    wide = [value for value in values if isinstance(value, np.longdouble) and float(value) != value]
    doubles = TranslatedColumn(pa.array([None if value is None else float(value) for value in values], pa.float64()))
    if not wide:
        return doubles
    remedy = "round them with float()"
    return doubles.after(
        Change(
            "cast", "Numbers with more digits than a double holds became doubles.", True, remedy, *count_present(wide)
        )
    )


def _convert_text(values: list[Any]) -> TranslatedColumn:
    try:
        return TranslatedColumn(pa.array(values, pa.large_string()))
    except UnicodeEncodeError:
        texts = _format_texts(values)
        halves = [text for value, text in zip(values, texts.to_pylist(), strict=True) if value != text]
        detail, remedy = "Half characters (lone surrogates) were replaced.", "correct the texts in the script"
        return TranslatedColumn(texts, (Change("text", detail, True, remedy, *count_present(halves)),))


def _convert_bytes(values: list[Any]) -> TranslatedColumn:
    return TranslatedColumn(pa.array([None if value is None else bytes(value) for value in values], pa.large_binary()))


def _convert_datetimes(values: list[Any]) -> TranslatedColumn:
    stamps = [None if value is None else _to_stamp(value) for value in values]
    zones = {str(stamp.tzinfo) for stamp in stamps if stamp is not None}
    if "None" in zones and len(zones) > 1:
        return _to_text(values, "Times with and without a zone became text.", _ONE_KIND)
    zone = None if "None" in zones else "UTC"
    fine = any(getattr(stamp, "nanosecond", 0) for stamp in stamps)
    array = pa.array(stamps, pa.timestamp("ns" if fine else "us", tz=zone))
    if zone is None or zones <= {"UTC", "datetime.timezone.utc"}:
        return TranslatedColumn(array)
    return TranslatedColumn(array, (zone_change(", ".join(sorted(zones)[:3]), *count_present(stamps)),))


def _to_stamp(value: Any) -> Any:
    stamp = pd.Timestamp(value) if isinstance(value, np.datetime64) else value
    if not datetime.MINYEAR <= stamp.year <= datetime.MAXYEAR:
        raise OverflowError("a year outside Python's range")  # pyarrow would silently read another year
    if isinstance(value, np.datetime64) and stamp.asm8 != value:
        raise OverflowError("digits beyond nanoseconds")
    return stamp


def _convert_times(values: list[Any]) -> TranslatedColumn:
    if any(value is not None and value.tzinfo is not None for value in values):
        return _to_text(values, "Times of day with a zone became text.")
    return TranslatedColumn(pa.array(values, pa.time64("us")))


def _convert_durations(values: list[Any]) -> TranslatedColumn:
    spans = [None if value is None else _to_nanoseconds(value) for value in values]
    for unit in ("us", "ns", "ms", "s"):
        step = NANOSECONDS[unit]
        if all(span is None or (span % step == 0 and abs(span // step) < -LEAST) for span in spans):
            counts = pa.array([None if span is None else span // step for span in spans], pa.int64())
            return TranslatedColumn(counts.cast(pa.duration(unit)))
    raise OverflowError("durations that do not fit 64 bits in any unit")


def _to_nanoseconds(value: Any) -> int:
    if isinstance(value, datetime.timedelta) and not isinstance(value, pd.Timedelta):
        return value // datetime.timedelta(microseconds=1) * NANOSECONDS["us"]
    span = pd.Timedelta(value) if isinstance(value, np.timedelta64) else value
    if isinstance(value, np.timedelta64) and span.asm8 != value:
        raise OverflowError("digits beyond nanoseconds")
    return int(span.asm8.astype(np.int64)) * NANOSECONDS[span.unit]


def _convert_nested(values: list[Any]) -> TranslatedColumn:
    plain = [_unwrap(value) for value in values]
    array = pa.array(plain)
    if not is_supported(array.type):
        return _to_text(
            values, f"Values of type {str(array.type)[:60]}, which results cannot hold, became text.", _PLAIN
        )
    # pyarrow gives all values one shape. NaN is not equal to itself, so its `repr` is compared too.
    pairs = zip(plain, array.to_pylist(), strict=True)
    others = [old for old, new in pairs if not (old == new or repr(old) == repr(new))]
    if not others:
        return TranslatedColumn(array, _report_lists(values))
    detail = "Values were given one common shape; keys that some did not have are now missing values."
    return TranslatedColumn(
        array, (Change("cast", detail, True, "give all of them the same keys", *count_present(others)),)
    )


def _report_lists(values: Sequence[Any]) -> tuple[Change, ...]:
    others = [value for value in values if isinstance(value, (tuple, np.ndarray))]
    return (Change("cast", "Tuples and arrays became lists.", False, "", *count_present(others)),) if others else ()


def _unwrap(value: Any) -> Any:
    """Convert nested values to Python's own lists, dicts and numbers."""
    if isinstance(value, np.ndarray):
        return [_unwrap(item) for item in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [_unwrap(item) for item in value]
    if isinstance(value, dict):
        return {key: _unwrap(item) for key, item in value.items()}
    if value is pd.NA or value is pd.NaT:
        return None
    return value.item() if isinstance(value, (np.bool_, np.integer, np.floating)) else value


_CONVERSIONS: Final[Mapping[str, Callable[[list[Any]], TranslatedColumn]]] = {
    "boolean": _convert_as(pa.bool_()),
    "integer": _convert_integers,
    "double": _convert_doubles,
    "text": _convert_text,
    "bytes": _convert_bytes,
    "decimal": _convert_as(None),
    "datetime": _convert_datetimes,
    "date": _convert_as(pa.date32()),
    "time": _convert_times,
    "duration": _convert_durations,
    "list": _convert_nested,
    "dict": _convert_nested,
    "UUID": lambda values: _to_text(values, "UUIDs became text."),
    "complex": lambda values: _to_text(values, "Complex numbers became text."),
}
