"""Columns of every type that Arrow has, at its limits, and what their values are by arithmetic of their own.

`exact` reads a column's memory and casts nothing: a time is its count of nanoseconds as a Python integer, a number a
fraction. So it can be the judge of any cast.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

__all__ = ["columns", "exact", "families", "kinds", "reads_as"]

STEPS: Final = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
DAY: Final = 86400 * 10**9
YEAR_1, YEAR_9999 = -62135596800, 253402300799
_ZONES: Final = (None, "UTC", "Europe/Berlin", "+05:30")


def _near(*limits: int) -> Any:
    """Return integers at limits, next to them, small ones, and any between the least and the largest limit."""
    least, most = min(limits), max(limits)
    edges = {edge + step for edge in (*limits, 0) for step in (-1, 0, 1)}
    return st.sampled_from(sorted(edge for edge in edges if least <= edge <= most)) | st.integers(least, most)


def _moments(step: int) -> Any:
    """Return counts of times: those of the calendar, of what nanoseconds reach, of midnights, and all of 64 bits."""
    per = 10**9 // step
    calendar = _near(YEAR_1 * per, (YEAR_9999 + 1) * per - 1)
    return st.one_of(
        calendar,
        calendar.map(lambda count: count // (86400 * per) * 86400 * per),
        _near(-(2**63) // step, (2**63 - 1) // step) if step > 1 else calendar.filter(lambda count: abs(count) < 2**63),
        _near(-(2**63), 2**63 - 1),
    ).filter(lambda count: -(2**63) <= count < 2**63)


def _leaf(kind: Any) -> Any:
    """Return the values of a plain type, as what its array can be made of."""
    is_ = pa.types
    if is_.is_boolean(kind):
        return st.booleans()
    if is_.is_integer(kind):
        least = -(2 ** (kind.bit_width - 1)) if is_.is_signed_integer(kind) else 0
        most = 2 ** (kind.bit_width - bool(least)) - 1
        return _near(least, most) | _near(max(least, -(2**53)), min(most, 2**53)) | st.integers(0, min(most, 99))
    if is_.is_floating(kind):
        return st.floats(width=kind.bit_width) | st.sampled_from([0.5, 1.0, -2.0])
    if is_.is_decimal(kind):
        return _decimals(kind)
    if is_.is_timestamp(kind):
        return _moments(STEPS[kind.unit])
    if is_.is_duration(kind):
        return _moments(STEPS[kind.unit]) | st.integers(-99, 99)
    if is_.is_date32(kind):
        return _near(-(2**31), 2**31 - 1) | _near(-719162, 2932896)
    if is_.is_date64(kind):
        days = _near(-(2**63) // 86_400_000 + 1, (2**63 - 1) // 86_400_000) | _near(-719162, 2932896)
        return days.map(lambda day: day * 86_400_000)
    if is_.is_time(kind):
        return _near(0, 86400 * 10**9 // STEPS[kind.unit] - 1)
    if is_.is_fixed_size_binary(kind):
        return st.binary(min_size=kind.byte_width, max_size=kind.byte_width)
    if is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind):
        return st.text(st.characters(codec="utf-8"), max_size=4) | st.sampled_from(["1", "-0", "1e400", "true", "NaN"])
    if is_.is_null(kind):
        return st.none()
    return st.binary(max_size=4)


def _decimals(kind: Any) -> Any:
    most = 10**kind.precision - 1
    unscaled = _near(-most, most) | st.integers(-min(most, 999), min(most, 999))
    return unscaled.map(lambda each: Decimal((int(each < 0), tuple(map(int, str(abs(each)))), -kind.scale)))


PLAIN: Final[tuple[Any, ...]] = (
    pa.bool_(),
    *(getattr(pa, f"{sign}int{width}")() for width in (8, 16, 32, 64) for sign in ("", "u")),
    *(pa.float16(), pa.float32(), pa.float64()),
    *(pa.decimal32(9, 2), pa.decimal32(4, 0), pa.decimal64(18, 9), pa.decimal64(5, 5)),
    *(pa.decimal128(38, 0), pa.decimal128(38, 18), pa.decimal128(38, 38), pa.decimal128(20, 2), pa.decimal128(4, -2)),
    *(pa.decimal256(76, 0), pa.decimal256(76, 76), pa.decimal256(40, 1)),
    *(pa.timestamp(unit, zone) for unit in STEPS for zone in _ZONES),
    *(pa.duration(unit) for unit in STEPS),
    *(pa.date32(), pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")),
    *(pa.string(), pa.large_string(), pa.binary(), pa.large_binary(), pa.binary(3), pa.binary(12), pa.null()),
)
"""Every plain type, with the parameters at their limits."""


def _nested(inner: Any) -> Any:
    keys = st.sampled_from([kind for kind in PLAIN if not pa.types.is_null(kind)])
    fields = st.lists(st.tuples(st.sampled_from("abc"), inner), min_size=1, max_size=2, unique_by=lambda each: each[0])
    return st.one_of(
        inner.map(pa.list_),
        inner.map(pa.large_list),
        inner.map(lambda kind: pa.list_(kind, 2)),
        fields.map(pa.struct),
        st.tuples(keys, inner).map(lambda pair: pa.map_(*pair)),
    )


def _dictionaries() -> Any:
    values = st.sampled_from([kind for kind in PLAIN if not pa.types.is_null(kind)])
    indices = st.sampled_from([pa.int8(), pa.int32(), pa.int64(), pa.uint8()])
    return st.tuples(indices, values, st.booleans()).map(lambda each: pa.dictionary(*each))


kinds: Final = st.sampled_from(PLAIN) | _dictionaries() | st.recursive(st.sampled_from(PLAIN), _nested, max_leaves=3)
"""Types that a dataset's column may have."""


def families() -> Any:
    """Return pairs of types, most of which have something to do with each other, nested alike."""
    is_ = pa.types
    groups = [
        [kind for kind in PLAIN if is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind)],
        [kind for kind in PLAIN if is_.is_integer(kind)],
        [kind for kind in PLAIN if is_.is_timestamp(kind) and kind.tz is None],
        [kind for kind in PLAIN if is_.is_timestamp(kind) or is_.is_date(kind)],
        [kind for kind in PLAIN if is_.is_duration(kind)],
        [kind for kind in PLAIN if is_.is_time(kind) or is_.is_date(kind)],
        [kind for kind in PLAIN if _family(kind) in ("s", "b")],
    ]
    pairs = st.one_of(*(st.tuples(st.sampled_from(group), st.sampled_from(group)) for group in groups))
    wraps: list[Callable[[Any], Any]] = [
        *(pa.list_, pa.large_list, lambda kind: pa.list_(kind, 2), lambda kind: pa.dictionary(pa.int8(), kind)),
        *(lambda kind: pa.struct([("a", kind)]), lambda kind: pa.map_(pa.string(), kind)),
        *(
            lambda kind: pa.list_(pa.struct([("a", pa.list_(kind))])),
            lambda kind: pa.struct([("b", pa.int8()), ("a", kind)]),
        ),
    ]
    wrapped = st.tuples(pairs, st.sampled_from(wraps), st.sampled_from(wraps)).map(
        lambda each: (each[1](each[0][0]), (each[1] if len(str(each[0])) % 3 else each[2])(each[0][1]))
    )
    return pairs | wrapped | st.tuples(kinds, kinds)


def columns(kind: Any, rows: int) -> Any:
    """Return arrays of a type, some of their values missing."""
    if pa.types.is_dictionary(kind):
        return st.integers(1, 3).flatmap(lambda size: _dictionary(kind, size, rows))
    return st.lists(_cell(kind), min_size=rows, max_size=rows).map(lambda cells: pa.array(cells, kind))


def _dictionary(kind: Any, size: int, rows: int) -> Any:
    labels = st.lists(_leaf(kind.value_type), min_size=size, max_size=size).map(
        lambda cells: pa.array(cells, kind.value_type)
    )
    codes = st.lists(st.none() | st.integers(0, size - 1), min_size=rows, max_size=rows)
    return st.tuples(codes, labels).map(
        lambda each: pa.DictionaryArray.from_arrays(pa.array(each[0], kind.index_type), each[1], ordered=kind.ordered)
    )


def _cell(kind: Any) -> Any:
    is_ = pa.types
    if is_.is_struct(kind):
        present = st.fixed_dictionaries({field.name: _cell(field.type) for field in kind})
    elif is_.is_map(kind):
        entries = st.tuples(_leaf(kind.key_type), _cell(kind.item_type))
        present = st.lists(entries, max_size=2)
    elif is_.is_fixed_size_list(kind):
        present = st.lists(_cell(kind.value_type), min_size=kind.list_size, max_size=kind.list_size)
    elif is_.is_nested(kind):
        present = st.lists(_cell(kind.value_type), max_size=2)
    else:
        present = _leaf(kind)
    return present if is_.is_null(kind) else st.none() | present


def exact(array: Any) -> list[Any]:
    """Return the values of an array or a chunked one by their memory, each with the family it is of; None if missing.

    A field without a value is one that is not there, and a map is a list of its entries.
    """
    if isinstance(array, pa.ChunkedArray):
        return [value for chunk in array.chunks for value in exact(chunk)]
    kind, is_ = array.type, pa.types
    if is_.is_null(kind):
        return [None] * len(array)
    valid = array.is_valid().to_pylist()
    if is_.is_dictionary(kind):
        labels = exact(array.dictionary)
        codes = array.indices.to_pylist()
        return [labels[code] if there else None for code, there in zip(codes, valid, strict=True)]
    values = _nested_values(array) if is_.is_nested(kind) else _plain_values(array)
    return [value if there else None for value, there in zip(values, valid, strict=True)]


def _nested_values(array: Any) -> list[Any]:
    kind, is_ = array.type, pa.types
    if is_.is_struct(kind):
        fields = [exact(array.field(place)) for place in range(kind.num_fields)]
        names = [field.name for field in kind]
        rows = [dict(zip(names, cells, strict=True)) for cells in zip(*fields, strict=True)]
        return [("r", {name: cell for name, cell in row.items() if cell is not None}) for row in rows]
    if is_.is_fixed_size_list(kind):
        inner = exact(array.values)
        starts = [(array.offset + row) * kind.list_size for row in range(len(array))]
        return [("l", inner[start : start + kind.list_size]) for start in starts]
    offsets = array.offsets.to_pylist()
    if is_.is_map(kind):
        entry = zip(exact(array.keys), exact(array.items), strict=True)
        pairs = {"key": None, "value": None}
        inner = [
            ("r", {name: cell for name, cell in zip(pairs, each, strict=True) if cell is not None}) for each in entry
        ]
    else:
        inner = exact(array.values)
    return [("l", inner[start:stop]) for start, stop in pairwise(offsets)]


def _plain_values(array: Any) -> list[Any]:
    kind, family = array.type, _family(array.type)
    if family in ("s", "b"):
        return [None if value is None else (family, value) for value in array.to_pylist()]
    if pa.types.is_boolean(kind):
        return [("?", value) for value in array.to_pylist()]
    data = array.buffers()[1]
    width = kind.bit_width // 8
    raw = data.to_pybytes()[array.offset * width : (array.offset + len(array)) * width] if data is not None else b""
    raw = raw.ljust(len(array) * width, b"\0")
    if pa.types.is_floating(kind):
        return [_float(float(value)) for value in np.frombuffer(raw, f"<f{width}")]
    signed = not pa.types.is_unsigned_integer(kind)
    numbers = [
        int.from_bytes(raw[start : start + width], "little", signed=signed) for start in range(0, len(raw), width)
    ]
    if pa.types.is_decimal(kind):
        return [("n", Fraction(number) / Fraction(10) ** kind.scale) for number in numbers]
    if pa.types.is_integer(kind):
        return [("n", Fraction(number)) for number in numbers]
    step = DAY if pa.types.is_date32(kind) else STEPS["ms"] if pa.types.is_date64(kind) else STEPS[kind.unit]
    return [(family, number * step) for number in numbers]


def _float(value: float) -> Any:
    if math.isnan(value):
        return None  # frames cannot tell it from a missing one, so datasets need not
    if math.isinf(value) or (value == 0 and math.copysign(1, value) < 0):
        return ("n", value)
    return ("n", Fraction(value))


def _family(kind: Any) -> str:
    """Name what a type's values are: text, bytes, numbers, times (with a zone or not), times of day, durations."""
    is_ = pa.types
    if is_.is_string(kind) or is_.is_large_string(kind):
        return "s"
    if is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind):
        return "b"
    if is_.is_timestamp(kind):
        return "t" if kind.tz is None else "z"
    if is_.is_date(kind):
        return "t"
    if is_.is_time(kind):
        return "o"
    return "d" if is_.is_duration(kind) else "n"


def reads_as(before: Any, after: Any, kind: Any) -> bool:
    """Tell whether a value that `exact` gave is what a text format brought back of it, perhaps as its words.

    Args:
        before: as it was.
        after: as it came back.
        kind: the type of the first; of nested ones that of what is within does not matter.
    """
    if before is None or after is None or before == after:
        return bool(before == after)
    (family, value), (seen, words) = before, after
    if seen == "s":
        return _says(words, family, value, kind)
    if family == "n" and seen == "n" and _is_number(value) and _is_number(words):
        return _nearest(value, float(words), kind)
    if family == "?" and seen == "n":
        return int(value) == words
    if family == "l" and seen == "l":
        return len(value) == len(words) and all(map(reads_as, value, words, [None] * len(value)))
    if family == "r" and seen == "r":
        return value.keys() == words.keys() and all(reads_as(value[name], words[name], None) for name in value)
    if family == "r" and seen == "l" and len(words) == 2:  # an entry of a map
        return all(map(reads_as, (value.get("key"), value.get("value")), words, (None, None)))
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, (Fraction, float))


def _nearest(value: Any, read: float, kind: Any) -> bool:
    """Tell whether a double is the number, or next to a decimal or to the shortest words of a narrower float."""
    if kind is None or pa.types.is_decimal(kind) or kind == pa.float64():
        return float(value) == read
    if pa.types.is_float16(kind):
        return float(np.float16(read)) == float(value)
    return pa.types.is_float32(kind) and float(np.float32(read)) == float(value)


def _says(words: str, family: str, value: Any, kind: Any) -> bool:
    if family == "?":
        return words.lower() == str(value).lower()
    if family == "n":
        if words.lstrip("-").lower() in ("inf", "infinity"):
            return float(words) == value
        read = Fraction(Decimal(words))
        if value == read or (value == 0 and words in ("-0.0", "-0")):
            return True
        return not (kind is not None and pa.types.is_decimal(kind)) and _nearest(value, float(words), kind)
    if family in ("t", "z"):
        return _moment(words) == value
    if family == "o":
        return _clock(words) == value
    if family == "d":
        return _span(words) == value
    if family == "b":
        return base64.b64decode(words, validate=True) == value
    return family in "lr" and reads_as((family, value), _of_json(json.loads(words)), kind)


def _of_json(value: Any) -> Any:
    if isinstance(value, list):
        return "l", [_of_json(each) for each in value]
    if isinstance(value, dict):
        return "r", {name: _of_json(each) for name, each in value.items() if each is not None}
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return "?", value
    return ("s", value) if isinstance(value, str) else ("n", Fraction(value) if math.isfinite(value) else value)


def _clock(words: str) -> int:
    match = re.fullmatch(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?", words)
    assert match, words
    hours, minutes, seconds = (int(each or 0) for each in match.groups()[:3])
    return (hours * 3600 + minutes * 60 + seconds) * 10**9 + int((match[4] or "").ljust(9, "0"))


def _moment(words: str) -> int:
    match = re.fullmatch(r"([+-]\d{4,}|\d{4})-(\d\d)-(\d\d)(?:T([0-9:.]+))?Z?", words)
    assert match, words
    year, month, day = (int(each) for each in match.groups()[:3])
    before = year - 1
    days = 365 * before + before // 4 - before // 100 + before // 400 - 719162
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    assert day <= lengths[month - 1], words
    return (days + sum(lengths[: month - 1]) + day - 1) * DAY + (_clock(match[4]) if match[4] else 0)


def _span(words: str) -> int:
    match = re.fullmatch(r"(-?)P(\d+)DT(\d+)H(\d+)M(\d+)(?:\.(\d+))?S", words)
    assert match, words
    days, hours, minutes, seconds = map(int, match.groups()[1:5])
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return (-1 if match[1] else 1) * (whole * 10**9 + int((match[6] or "").ljust(9, "0")))
