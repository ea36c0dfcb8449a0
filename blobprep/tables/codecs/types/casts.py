"""Casts of columns that count changed values: each result is compared with the original, without another cast.

pyarrow's own checks have gaps: an unsafe cast wraps around; a safe one refuses integers that a double does hold; and
neither reports which digits a decimal loses as a double, which is not even rounded to the nearest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from blobprep.tables.codecs.text.numerals import EXACT_LIMIT
from blobprep.tables.nesting import decode_dictionary, flatten
from blobprep.tables.redaction import tally

__all__ = ["LEAST", "NANOSECONDS", "Cast", "cast", "find_changes", "to_doubles", "to_integers"]

Mask = npt.NDArray[np.bool_]

NANOSECONDS: Final = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""The nanoseconds in one step of each unit."""

LEAST: Final = -(2**63)
"""The count that is a time in Arrow, but a missing value in pandas."""

_DAY: Final = 86400 * 10**9
_POWERS: Final = 22
"""The largest power of ten that a double holds exactly."""
_FIVES: Final = 27
_SCALES: Final = (0, 2, 4, 6, 9)


@dataclass(frozen=True, slots=True)
class Cast:
    """A column cast to another type, and how many of its values changed.

    Attributes:
        values: a chunked array.
        count: the number of changed values; values within lists and structs count one by one.
        example: the first value that changed, in its original form.
    """

    values: Any
    count: int = 0
    example: str = ""


def cast(column: Any, kind: Any) -> Cast:
    """Cast a chunked array, and count the values that changed.

    Raises:
        ArrowException: Arrow does not have this cast, or a decimal does not fit.
    """
    if column.type == kind:
        return Cast(column)
    chunks: list[Any] = []
    if column.null_count == len(column):  # Arrow does not have all casts, and this one needs none
        return Cast(pa.chunked_array([pa.nulls(len(column), kind)]))
    count, example = 0, ""
    for chunk in column.chunks:
        for before, mask in _cast_chunk(chunk, kind, chunks):
            found, first = tally(before, pa.array(mask))
            count, example = count + found, example or first
    return Cast(pa.chunked_array(chunks, kind), count, example)


def find_changes(before: Any, after: Any) -> Mask:
    """Return a mask of the values of an array that its cast changed; missing values count as unchanged."""
    old, new, is_ = before.type, after.type, pa.types
    if is_.is_dictionary(old) or is_.is_dictionary(new):
        return find_changes(decode_dictionary(before), decode_dictionary(after))
    if old == new or is_.is_null(old) or _is_bytes(old):
        mask = np.zeros(len(before), np.bool_)
    elif is_.is_temporal(old):
        mask = _find_moved(before, new)
    elif is_.is_integer(old) and is_.is_integer(new):
        mask = _find_outside(to_integers(before), *_integer_limits(new))
    elif is_.is_integer(old) and is_.is_floating(new):
        mask = _find_rounded(to_integers(before), _to_float64(after))
    elif is_.is_floating(old) and is_.is_floating(new):
        mask = ~((_to_float64(before) == _to_float64(after)) | np.isnan(_to_float64(before)))
    elif is_.is_decimal(old) and is_.is_floating(new):
        values, inexact = to_doubles(before)
        mask = inexact | (_to_float64(values) != _to_float64(after))
    elif is_.is_decimal(new) or is_.is_boolean(old):  # Arrow refuses values that do not fit a decimal
        mask = np.zeros(len(before), np.bool_)
    else:
        raise pa.ArrowNotImplementedError(f"a cast from {old} to {new} cannot be checked")
    return mask & _valid_mask(before)


def to_integers(array: Any) -> npt.NDArray[Any]:
    """Return the integers of an array, or the counts of its times, dates or durations; 0 where missing."""
    kind = array.type
    if pa.types.is_temporal(kind):
        array = array.cast(pa.int32() if kind.bit_width == 32 else pa.int64())
    numbers: npt.NDArray[Any] = array.fill_null(0).to_numpy(zero_copy_only=False)
    return numbers


def to_doubles(array: Any) -> tuple[Any, Mask]:
    """Return the doubles nearest to an array's decimals, and a mask of those that do not equal their decimal.

    Values of more than 64 bits count as inexact unless their last digits are zeros.
    """
    scale = array.type.scale
    unscaled, held = _unscaled_integers(array)
    small = held & (unscaled <= EXACT_LIMIT) & (unscaled >= -EXACT_LIMIT) & (0 <= scale <= _POWERS)
    # Both operands are exact, so the quotient is the nearest double; the others follow below.
    values = unscaled / 10.0 ** min(max(scale, 0), _POWERS)
    valid = _valid_mask(array)
    rest = ~small & valid
    if rest.any():
        texts = array.filter(pa.array(rest)).cast(pa.string())
        values[rest] = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    nearest = pa.array(values, mask=~valid)
    return nearest, ~_find_exact(array, unscaled, held, values)


def _cast_chunk(array: Any, kind: Any, chunks: list[Any]) -> Iterator[tuple[Any, Mask]]:
    """Cast an array and append it to the chunks; yield each leaf array within it with a mask of changed values."""
    is_ = pa.types
    if is_.is_decimal(array.type) and kind == pa.float64():
        values, inexact = to_doubles(array)
        chunks.append(values)
        yield array, inexact
        return
    # An unsafe cast of decimals keeps digits for which the type has no room.
    chunks.append(array.cast(kind, safe=is_.is_decimal(array.type) or is_.is_decimal(kind)))
    for before, after in _pair_leaves(array, chunks[-1]):
        yield before, find_changes(before, after)


def _pair_leaves(before: Any, after: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the leaf arrays within two arrays in pairs, matching the fields of structs by name."""
    if not pa.types.is_nested(before.type):
        yield before, after
        return
    pairs = list(zip(flatten(before), flatten(after), strict=False))
    if pa.types.is_struct(before.type):
        others = dict(zip((field.name for field in after.type), flatten(after), strict=True))
        pairs = [(own, others[field.name]) for field, own in zip(before.type, flatten(before), strict=True)]
    for own, other in pairs:
        yield from _pair_leaves(own, other)


def _valid_mask(array: Any) -> Mask:
    mask: Mask = array.is_valid().to_numpy(zero_copy_only=False)
    return mask


def _is_bytes(kind: Any) -> bool:
    is_ = pa.types
    tests: tuple[Callable[[Any], bool], ...] = (is_.is_string, is_.is_large_string, is_.is_binary, is_.is_large_binary)
    return any(holds(kind) for holds in tests) or bool(is_.is_fixed_size_binary(kind))


def _find_moved(before: Any, kind: Any) -> Mask:
    """Return a mask of times, dates or durations that a type cannot hold: out of range, or between two steps."""
    numbers, old, new = to_integers(before).astype(np.int64), _step_length(before.type), _step_length(kind)
    least, most = -(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1
    if old >= new:
        factor = old // new
        return _find_outside(numbers, -(-least // factor), most // factor)
    factor = new // old
    between: Mask = numbers % factor != 0
    return between | _find_outside(numbers // factor, least, most)


def _step_length(kind: Any) -> int:
    if pa.types.is_date(kind):
        return _DAY if pa.types.is_date32(kind) else NANOSECONDS["ms"]
    return NANOSECONDS[kind.unit]


def _integer_limits(kind: Any) -> tuple[int, int]:
    if pa.types.is_signed_integer(kind):
        return -(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1
    return 0, 2**kind.bit_width - 1


def _find_outside(numbers: npt.NDArray[Any], least: int, most: int) -> Mask:
    info = np.iinfo(numbers.dtype)
    mask: Mask = (numbers < max(least, int(info.min))) | (numbers > min(most, int(info.max)))
    return mask


def _to_float64(array: Any) -> npt.NDArray[np.float64]:
    wide = array if array.type == pa.float64() else array.cast(pa.float64())
    numbers: npt.NDArray[np.float64] = wide.fill_null(0.0).to_numpy(zero_copy_only=False)
    return numbers


def _find_rounded(integers: npt.NDArray[Any], numbers: npt.NDArray[np.float64]) -> Mask:
    """Return a mask of the integers that differ from the double at the same position."""
    bits = 64 if integers.dtype.kind == "u" else 63
    # A double beyond the range of the integers cannot be compared as an integer.
    within = (numbers < 2.0**bits) & (numbers >= (0 if bits == 64 else -(2.0**63)))
    back = np.where(within, numbers, 0).astype(integers.dtype)
    mask: Mask = ~within | (back != integers)
    return mask


def _unscaled_integers(array: Any) -> tuple[npt.NDArray[np.int64], Mask]:
    """Return the unscaled integers of decimals, and a mask of those that fit 64 bits; 0 for the others."""
    width, data = array.type.bit_width, array.buffers()[1]
    if not len(array):
        return np.zeros(0, np.int64), np.zeros(0, np.bool_)
    if width <= 64:
        kind = np.int32 if width == 32 else np.int64
        words = np.frombuffer(data, kind)[array.offset : array.offset + len(array)].astype(np.int64)[:, np.newaxis]
    else:
        words = np.frombuffer(data, np.int64).reshape(-1, width // 64)[array.offset : array.offset + len(array)]
    valid = _valid_mask(array)
    low = words[:, 0]
    held = valid & np.all(words[:, 1:] == (low >> 63)[:, np.newaxis], axis=1)
    return np.where(held, low, 0), held


def _find_exact(array: Any, unscaled: npt.NDArray[np.int64], held: Mask, values: npt.NDArray[np.float64]) -> Mask:
    """Return a mask of decimals that equal their double: without the fives of the scale, 53 bits are enough."""
    scale = array.type.scale
    missing = ~_valid_mask(array)
    if not 0 <= scale <= _FIVES or not bool((held | missing).all()):
        for fewer in (known for known in _SCALES if known < scale or (known == 0 and scale < 0)):
            try:
                shorter = array.cast(_widest_decimal(array.type, fewer))
            except pa.ArrowInvalid:
                continue
            unscaled, held = _unscaled_integers(shorter)
            scale = fewer
            break
    if not 0 <= scale <= _FIVES:
        return missing
    fives, left = np.divmod(unscaled, np.int64(5**scale))
    numbers = fives.astype(np.float64)
    whole = held & (left == 0) & ~_find_rounded(fives, numbers)
    same: Mask = whole & (np.ldexp(numbers, -scale) == values)
    return missing | same


def _widest_decimal(kind: Any, scale: int) -> Any:
    make = pa.decimal256 if kind.bit_width == 256 else pa.decimal128
    return make(76 if kind.bit_width == 256 else 38, scale)
