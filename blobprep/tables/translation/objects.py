"""Columns of Python objects: what they are, told from all of their values."""

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
from blobprep.tables.redaction import as_example, tally
from blobprep.tables.translation.changes import Change, TranslatedColumn, utc

__all__ = ["as_text", "carried", "counted", "from_objects"]


# The first row that a type belongs to is its kind: a bool is an int, and a datetime a date, to Python; and numpy's
# timedelta64 is one of its integers.
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
_ONE_KIND: Final = "make the column's values one kind in the script"
_PLAIN: Final = "make plain numbers, texts or times of them in the script"


def from_objects(series: pd.Series[Any]) -> TranslatedColumn:
    """Translate a column of objects: as what they are where all are of one kind, else as text.

    A column of nothing but missing values is one of text.
    """
    objects = series.to_numpy(dtype=object)
    missing = pd.isna(objects)
    values: list[Any] = [None if gone else value for value, gone in zip(objects, missing, strict=True)]
    kinds = sorted({_kind(each) for each in set(map(type, values)) - {type(None)}})
    if not kinds:
        return TranslatedColumn(pa.nulls(len(values), pa.string()))
    if kinds == ["double", "integer"]:
        return _numbers(values)
    if len(kinds) > 1:
        return _told(values, f"Values of different kinds ({', '.join(kinds)}) became text.", _ONE_KIND)
    try:
        return _CONVERSIONS[kinds[0]](values)
    except KeyError:
        return _told(values, f"Objects ({kinds[0]}) became text.", _PLAIN)
    except _FAILURES:
        return _told(values, f"Values ({kinds[0]}) that no type of results can hold became text.", _PLAIN)


def as_text(series: pd.Series[Any]) -> Any:
    """Return the `str()` of every value, null where missing."""
    missing = series.isna()
    return _texts([None if gone else value for value, gone in zip(series, missing, strict=True)])


def carried(kind: Any) -> bool:
    """Tell whether every format can carry a type, and pandas takes it back."""
    is_ = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return False
    if is_.is_list(kind) or is_.is_large_list(kind) or is_.is_fixed_size_list(kind):
        return carried(kind.value_type)
    if is_.is_map(kind):
        return carried(kind.key_type) and carried(kind.item_type)
    if is_.is_struct(kind):
        return kind.num_fields > 0 and all(carried(field.type) for field in kind)
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


def _kind(each: type) -> str:
    for name, types in _KINDS:
        if issubclass(each, types):
            return name
    return each.__name__


def _texts(values: Sequence[Any]) -> Any:
    return pa.array(
        [None if value is None else replace_lone_surrogates(str(value)) for value in values], pa.large_string()
    )


def counted(values: Iterable[Any]) -> tuple[int, str]:
    """Count the values that are present, and give the first as an example."""
    present = [value for value in values if value is not None]
    return len(present), as_example(present[0]) if present else ""


def _told(values: Sequence[Any], detail: str, remedy: str = "") -> TranslatedColumn:
    """Make text of values; a loss where there is a remedy."""
    texts = _texts(values)
    shown = counted(values)[1] if any(isinstance(value, bytes) for value in values) else tally(texts)[1]
    return TranslatedColumn(texts, (Change("cast", detail, bool(remedy), remedy, tally(texts)[0], shown),))


def _plain(kind: Any) -> Callable[[list[Any]], TranslatedColumn]:
    return lambda values: TranslatedColumn(pa.array(values, kind))


def _integers(values: list[Any]) -> TranslatedColumn:
    try:
        return TranslatedColumn(pa.array(values, pa.int64()))
    except _FAILURES:
        return _told(values, "Integers beyond 64 bits became text.")


def _numbers(values: list[Any]) -> TranslatedColumn:
    numbers = [value for value in values if isinstance(value, (int, np.integer))]
    try:
        doubles = [None if value is None else float(value) for value in values]
    except OverflowError:
        return _told(values, "Integers too large for a double, among doubles, became text.", _ONE_KIND)
    lost = [number for number in numbers if int(float(number)) != int(number)]
    loss = "; integers beyond 2**53 lost digits" if lost else ""
    remedy = _ONE_KIND if lost else ""
    change = Change(
        "cast", f"Integers among doubles became double{loss}.", bool(lost), remedy, *counted(lost or numbers)
    )
    return TranslatedColumn(pa.array(doubles, pa.float64()), (change,))


def _doubles(values: list[Any]) -> TranslatedColumn:
    wide = [value for value in values if isinstance(value, np.longdouble) and float(value) != value]
    doubles = TranslatedColumn(pa.array([None if value is None else float(value) for value in values], pa.float64()))
    if not wide:
        return doubles
    remedy = "round them with float()"
    return doubles.after(Change("cast", "Numbers of more digits became double.", True, remedy, *counted(wide)))


def _text(values: list[Any]) -> TranslatedColumn:
    try:
        return TranslatedColumn(pa.array(values, pa.large_string()))
    except UnicodeEncodeError:
        texts = _texts(values)
        halves = [text for value, text in zip(values, texts.to_pylist(), strict=True) if value != text]
        detail, remedy = "Half characters (lone surrogates) were replaced.", "correct the texts in the script"
        return TranslatedColumn(texts, (Change("text", detail, True, remedy, *counted(halves)),))


def _bytes(values: list[Any]) -> TranslatedColumn:
    return TranslatedColumn(pa.array([None if value is None else bytes(value) for value in values], pa.large_binary()))


def _datetimes(values: list[Any]) -> TranslatedColumn:
    stamps = [None if value is None else _stamp(value) for value in values]
    zones = {str(stamp.tzinfo) for stamp in stamps if stamp is not None}
    if "None" in zones and len(zones) > 1:
        return _told(values, "Times with and without a zone became text.", _ONE_KIND)
    zone = None if "None" in zones else "UTC"
    fine = any(getattr(stamp, "nanosecond", 0) for stamp in stamps)
    array = pa.array(stamps, pa.timestamp("ns" if fine else "us", tz=zone))
    if zone is None or zones <= {"UTC", "datetime.timezone.utc"}:
        return TranslatedColumn(array)
    return TranslatedColumn(array, (utc(", ".join(sorted(zones)[:3]), *counted(stamps)),))


def _stamp(value: Any) -> Any:
    stamp = pd.Timestamp(value) if isinstance(value, np.datetime64) else value
    if not datetime.MINYEAR <= stamp.year <= datetime.MAXYEAR:
        raise OverflowError("a year that Python has nothing for")  # pyarrow would take another one for it
    if isinstance(value, np.datetime64) and stamp.asm8 != value:
        raise OverflowError("digits beyond nanoseconds")
    return stamp


def _times(values: list[Any]) -> TranslatedColumn:
    if any(value is not None and value.tzinfo is not None for value in values):
        return _told(values, "Times of day with a zone became text.")
    return TranslatedColumn(pa.array(values, pa.time64("us")))


def _durations(values: list[Any]) -> TranslatedColumn:
    spans = [None if value is None else _nanoseconds(value) for value in values]
    for unit in ("us", "ns", "ms", "s"):
        step = NANOSECONDS[unit]
        if all(span is None or (span % step == 0 and abs(span // step) < -LEAST) for span in spans):
            counts = pa.array([None if span is None else span // step for span in spans], pa.int64())
            return TranslatedColumn(counts.cast(pa.duration(unit)))
    raise OverflowError("durations that no unit counts in 64 bits")


def _nanoseconds(value: Any) -> int:
    if isinstance(value, datetime.timedelta) and not isinstance(value, pd.Timedelta):
        return value // datetime.timedelta(microseconds=1) * NANOSECONDS["us"]
    span = pd.Timedelta(value) if isinstance(value, np.timedelta64) else value
    if isinstance(value, np.timedelta64) and span.asm8 != value:
        raise OverflowError("digits beyond nanoseconds")
    return int(span.asm8.astype(np.int64)) * NANOSECONDS[span.unit]


def _nested(values: list[Any]) -> TranslatedColumn:
    plain = [_unwrapped(value) for value in values]
    array = pa.array(plain)
    if not carried(array.type):
        return _told(values, f"Values that would be {str(array.type)[:60]} became text.", _PLAIN)
    # pyarrow gives all values one shape; NaN is not equal to itself but has one look.
    pairs = zip(plain, array.to_pylist(), strict=True)
    others = [old for old, new in pairs if not (old == new or repr(old) == repr(new))]
    if not others:
        return TranslatedColumn(array, _listed(values))
    detail = "Values took one common shape; keys that some lacked are missing now."
    return TranslatedColumn(array, (Change("cast", detail, True, "give all of them the same keys", *counted(others)),))


def _listed(values: Sequence[Any]) -> tuple[Change, ...]:
    others = [value for value in values if isinstance(value, (tuple, np.ndarray))]
    return (Change("cast", "Tuples and arrays became lists.", False, "", *counted(others)),) if others else ()


def _unwrapped(value: Any) -> Any:
    """Return nested values as Python's own lists, dicts and numbers."""
    if isinstance(value, np.ndarray):
        return [_unwrapped(each) for each in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [_unwrapped(each) for each in value]
    if isinstance(value, dict):
        return {key: _unwrapped(each) for key, each in value.items()}
    if value is pd.NA or value is pd.NaT:
        return None
    return value.item() if isinstance(value, (np.bool_, np.integer, np.floating)) else value


_CONVERSIONS: Final[Mapping[str, Callable[[list[Any]], TranslatedColumn]]] = {
    "boolean": _plain(pa.bool_()),
    "integer": _integers,
    "double": _doubles,
    "text": _text,
    "bytes": _bytes,
    "decimal": _plain(None),
    "datetime": _datetimes,
    "date": _plain(pa.date32()),
    "time": _times,
    "duration": _durations,
    "list": _nested,
    "dict": _nested,
    "UUID": lambda values: _told(values, "UUIDs became text."),
    "complex": lambda values: _told(values, "Complex numbers became text."),
}
