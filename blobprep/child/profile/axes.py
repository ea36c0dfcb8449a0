"""What the numbers of a column are: positions on an axis, and values as they are shown.

Every column with an order becomes integers or doubles of 64 bits, with which NumPy sorts and counts:

| type | numbers | positions | values |
| --- | --- | --- | --- |
| integers | the same | the same | numbers; text beyond 2⁵³ |
| floating point | the same | the same | numbers; `inf` and `-inf` are text |
| decimals of up to 18 digits | the digits | with their scale | text |
| other decimals | the nearest doubles | the same | numbers |
| timestamps, dates, times | counts since 1970, or midnight | seconds | the text of a cell |
| durations | counts | seconds | the text of a cell |
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from blobprep.protocol.profiles import Value
from blobprep.tables.cell_text import row_texts
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT
from blobprep.tables.codecs.types.casts import to_doubles

__all__ = ["Axis", "axis_of"]

Numbers = npt.NDArray[Any]

_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY: Final = 86400
_DIGITS: Final = 18
_UNITS: Final = {1: "s", 10**3: "ms", 10**6: "us", 10**9: "ns"}


@dataclass(frozen=True, slots=True)
class Axis:
    """How the numbers of a column are positions and values.

    Attributes:
        type: of the column.
        per: so many of its numbers are 1 on the axis.
        shown: how values are shown: as `numbers`, `digits` of a decimal, or as a cell's `text`.
        note: what the numbers are not, if they are only near the values.
    """

    type: Any
    per: float = 1.0
    shown: str = "numbers"
    note: str = ""

    def numbers(self, array: Any) -> Numbers:
        """Return the numbers of an array without missing values."""
        type_, is_ = self.type, pa.types
        if is_.is_floating(type_):
            array = array.cast(pa.float32()) if is_.is_float16(type_) else array
            return np.asarray(array.to_numpy(zero_copy_only=False), np.float64)
        if is_.is_decimal(type_):
            if self.shown == "numbers":
                return np.asarray(to_doubles(array)[0].to_numpy(zero_copy_only=False))
            wide = array.cast(pa.decimal128(type_.precision, type_.scale))
            array = wide.view(pa.decimal128(type_.precision, 0)).cast(pa.int64())
        elif is_.is_temporal(type_):
            array = array.cast(pa.int32() if type_.bit_width == 32 else pa.int64())
        found = array.to_numpy(zero_copy_only=False)
        return np.asarray(found, np.uint64 if found.dtype == np.uint64 else np.int64)

    def positions(self, numbers: Numbers) -> npt.NDArray[np.float64]:
        """Return where numbers are on the axis."""
        positions = numbers.astype(np.float64, copy=False)
        return positions if self.per == 1.0 else positions / self.per

    def values(self, numbers: Iterable[Any]) -> list[Value | None]:
        """Return Python's numbers as values, in order; None for a number that is none."""
        numbers = list(numbers)
        if not numbers:
            return []
        if self.shown == "text":
            return self._texts(numbers)
        if self.shown == "digits":
            scale = self.type.scale
            return [format(Decimal(number).scaleb(-scale), "f") for number in numbers]
        return [_as_value(number) for number in numbers]

    def between(self, low: Any, high: Any, share: float) -> Any:
        """Return the number that lies at a share of the way between two of the column, of which it may be one."""
        if share == 0 or low == high:
            return low
        if isinstance(low, float):
            return _between_doubles(low, high, share)
        if self.shown == "text":
            return low + round((high - low) * share)
        if self.shown == "digits" or max(abs(low), abs(high)) > EXACT_LIMIT:
            return (Decimal(low) + Decimal(high - low) * Decimal(share)).normalize()
        return low + (high - low) * share

    def mean(self, offset: int, mean: float) -> Value | None:
        """Return the number that lies above an offset as a value; of columns that are not shown as text."""
        whole = Decimal(offset) + Decimal(mean)
        if self.shown == "digits":
            return _as_value(float(whole / Decimal(self.per)))
        if pa.types.is_integer(self.type) and abs(whole) > EXACT_LIMIT:
            return _as_value(whole)
        return _as_value(float(whole))

    def spread(self, distance: float) -> Value | None:
        """Return a distance between numbers as a value: for times a duration."""
        if self.shown != "text":
            return _as_value(distance / self.per)
        unit = _UNITS.get(int(self.per), "s")
        count = distance if self.per >= 1 else distance / self.per
        if count >= 2**63:  # between the first and the last time of a unit there are more than a duration has
            unit, count = "s", distance / self.per
        if count >= 2**63:
            return None
        length = pa.array([round(count)], pa.int64()).cast(pa.duration(unit))
        return next(row_texts(pa.table({"": length})))[0]

    def _texts(self, numbers: Sequence[int]) -> list[Value | None]:
        """Return the texts that cells with these counts have."""
        wide = pa.array(numbers, pa.int32() if self.type.bit_width == 32 else pa.int64())
        return [text for (text,) in row_texts(pa.table({"": wide.cast(self.type)}))]


def axis_of(type_: Any) -> Axis | None:
    """Return the axis of a column by its type; None for one without an order."""
    is_ = pa.types
    if is_.is_integer(type_) or is_.is_floating(type_):
        return Axis(type_)
    if is_.is_decimal(type_):
        if 0 <= type_.scale <= _DIGITS and type_.precision <= _DIGITS:
            return Axis(type_, 10.0**type_.scale, "digits")
        return Axis(type_, note="Statistics are those of the nearest doubles.")
    if is_.is_date(type_):
        return Axis(type_, 1 / _DAY if is_.is_date32(type_) else 1000.0, "text")
    if is_.is_timestamp(type_) or is_.is_time(type_) or is_.is_duration(type_):
        return Axis(type_, float(_PER_SECOND[type_.unit]), "text")
    return None


def _as_value(number: Any) -> Value | None:
    if isinstance(number, Decimal):
        return format(number, "f")
    if isinstance(number, int):
        return number if abs(number) <= EXACT_LIMIT else str(number)
    return number if math.isfinite(number) else None if math.isnan(number) else str(number)


def _between_doubles(low: float, high: float, share: float) -> float:
    if math.isinf(low) or math.isinf(high):
        return low if share < 0.5 else high
    apart = high - low
    if math.isinf(apart):
        return low * (1 - share) + high * share
    return low + apart * share if share < 0.5 else high - apart * (1 - share)
