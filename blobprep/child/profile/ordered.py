"""Statistics of columns with an order: numbers, times and durations."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.profile.axes import Axis
from blobprep.child.profile.chosen import Chosen
from blobprep.child.profile.clock import Clock
from blobprep.child.profile.histograms import bins, box_plot, log_bins
from blobprep.child.profile.moments import Moments
from blobprep.child.profile.rows import blocks
from blobprep.child.profile.sketches import DistinctSketch, hash_numbers
from blobprep.protocol.profiles import FrequentValue
from blobprep.tables.cell_text import row_texts
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT

__all__ = ["PROBABILITIES", "OrderedStatistics"]

Numbers = npt.NDArray[Any]

PROBABILITIES: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Of the quantiles in a profile; the median is one of them."""

_FREQUENT: Final = 10
_HELD: Final = 4096
"""Numbers of a column that are held from the scan on; more of them are read again."""

_INFINITE: Final = "Infinite values are left out of the mean, the deviation and the charts."


class OrderedStatistics:
    """What is known of a column of numbers, times or durations.

    Args:
        data: the column.
        axis: how its numbers are positions and values.
        chosen: the rows that distributions are taken from.
        values: whether single values may be copied.

    Attributes:
        facts: fields of its profile.
    """

    def __init__(self, data: Any, axis: Axis, chosen: Chosen, *, values: bool) -> None:
        self.facts: dict[str, Any] = {"note": axis.note}
        self._data, self._axis, self._chosen, self._values = data, axis, chosen, values
        self._moments, self._sketch = Moments(), DistinctSketch()
        self._missing = self._zeros = self._negative = self._infinite = 0
        self._low: Any = None  # of all numbers
        self._high: Any = None
        self._least: Any = None  # of the finite ones
        self._most: Any = None
        self._held: Numbers | None = None

    def scan(self, clock: Clock) -> None:
        """Compute what takes one pass over all rows: missing values, range, moments, distinct values of many.

        Raises:
            TimeIsUp: before the end; no facts are added then.
        """
        for block in blocks(self._data, clock):
            numbers, missing = self._read(block)
            self._missing += missing
            if len(self._data) <= _HELD:
                self._held = numbers if self._held is None else np.concatenate((self._held, numbers))
            if len(numbers):
                self._add(numbers)
        count = len(self._data) - self._missing
        self.facts |= {"count": count, "missing": self._missing}
        if self._axis.shown != "text":
            self.facts |= {"zeros": self._zeros, "negative": self._negative, "infinite": self._infinite}
        if not self._chosen.has_all(count):
            self.facts["unique"], self.facts["unique_error"] = self._sketch.estimate(count)
        if self._infinite:
            self.facts["note"] = f"{self.facts['note']} {_INFINITE}".strip()
        self._set_moments(clock)

    def describe(self, clock: Clock) -> None:
        """Compute what takes sorted values: quantiles, histograms, frequent values.

        Raises:
            TimeIsUp: before the end.
        """
        numbers, rows, error = self._numbers(clock)
        if not len(numbers):
            self.facts["unique"] = 0
            return
        numbers.sort()
        self._set_quantiles(numbers, error)
        self._set_frequent(numbers, rows)
        finite = numbers if not self._infinite else numbers[np.isfinite(numbers)]
        if not len(finite):
            return
        positions = self._axis.positions(finite)
        low, high = self._axis.positions(np.array([self._least, self._most])).tolist()
        self.facts["bins"] = bins(positions, low, high, self._step(), rows)
        if self._axis.shown != "text":
            self.facts["log_bins"] = log_bins(positions, rows)
        self.facts["box"] = box_plot(positions, values=self._values)

    def _read(self, array: Any) -> tuple[Numbers, int]:
        """Return the numbers of an array that are not missing, and how many are; NaN is missing."""
        missing = array.null_count
        numbers = self._axis.numbers(array.drop_null() if missing else array)
        if numbers.dtype.kind == "f":
            absent = np.isnan(numbers)
            if absent.any():
                numbers = numbers[~absent]
        return numbers, len(array) - len(numbers)

    def _add(self, numbers: Numbers) -> None:
        low, high = numbers.min().item(), numbers.max().item()
        self._low = low if self._low is None else min(self._low, low)
        self._high = high if self._high is None else max(self._high, high)
        if self._axis.shown != "text":
            self._zeros += int(np.count_nonzero(numbers == 0))
            self._negative += int(np.count_nonzero(numbers < 0)) if low < 0 else 0
        if not self._chosen.has_all(len(self._data)):
            self._sketch.add(hash_numbers(numbers))
        if math.isinf(low) or math.isinf(high):
            whole = len(numbers)
            numbers = numbers[np.isfinite(numbers)]
            self._infinite += whole - len(numbers)
            if not len(numbers):
                return
            low, high = numbers.min().item(), numbers.max().item()
        self._least = low if self._least is None else min(self._least, low)
        self._most = high if self._most is None else max(self._most, high)
        self._moments.add(*_measured(numbers, low, high))

    def _set_moments(self, clock: Clock) -> None:
        moments, scale = self._moments, 1.0
        if self._low is None:
            return
        if self._least is None:
            self.facts |= dict(zip(("minimum", "maximum"), self._shown([self._low, self._high]), strict=True))
            return
        if not moments.holds(constant=self._least == self._most):
            scale = float(max(abs(self._least), abs(self._most)))
            moments = self._scaled_moments(scale, clock)
        low, high, *others = self._shown([self._low, self._high, *self._middle(moments)])
        mean = others[0] if others else self._axis.mean(moments.offset, moments.mean * scale)
        deviation = 0.0 if self._least == self._most and moments.count > 1 else moments.deviation
        self.facts |= {
            "minimum": low,
            "maximum": high,
            "mean": mean,
            "deviation": None if deviation is None else self._axis.spread(deviation * scale),
        }
        if self._axis.note:  # the doubles are only near the decimals
            wide = self._data.cast(pa.decimal128(38, self._data.type.scale)) if self._is_narrow() else self._data
            least, most = pc.min_max(wide).values()
            texts = row_texts(pa.table({"": pa.array([least.as_py(), most.as_py()], wide.type)}))
            self.facts |= dict(zip(("minimum", "maximum"), (text for (text,) in texts), strict=True))
        if self._least != self._most:
            self.facts |= {"skewness": moments.skewness, "kurtosis": moments.kurtosis}

    def _is_narrow(self) -> bool:
        """Return whether these are decimals of a width that Arrow does not compare."""
        return bool(pa.types.is_decimal(self._data.type) and self._data.type.bit_width < 128)

    def _middle(self, moments: Moments) -> list[int]:
        """Return the mean of times, which is shown as one of them."""
        return [moments.offset + round(moments.mean)] if self._axis.shown == "text" else []

    def _scaled_moments(self, scale: float, clock: Clock) -> Moments:
        """Compute the moments of numbers whose powers a double does not hold."""
        moments = Moments()
        for block in blocks(self._data, clock):
            numbers, _ = self._read(block)
            moments.add(numbers[np.isfinite(numbers)] / scale)
        return moments

    def _shown(self, numbers: list[Any]) -> list[Any]:
        return self._axis.values(numbers)

    def _numbers(self, clock: Clock) -> tuple[Numbers, int, float]:
        """Return numbers to sort, of how many chosen rows they are (0 for all), and the error of a quantile's rank."""
        if self._held is not None:
            return self._held.copy(), 0, 0.0
        count = self.facts["count"]
        is_all = self._chosen.has_all(count)
        data = self._data if is_all else self._chosen.of(self._data)
        read = [self._read(block)[0] for block in blocks(data, clock)]
        numbers = np.concatenate(read) if read else np.empty(0)
        if is_all or not len(numbers):
            return numbers, 0 if is_all else len(data), 0.0
        return numbers, len(data), 0.5 / math.sqrt(len(numbers)) * math.sqrt(1 - len(numbers) / count)

    def _set_quantiles(self, numbers: Numbers, error: float) -> None:
        found = []
        for probability in PROBABILITIES:
            place = (len(numbers) - 1) * probability
            below, above = numbers[int(place)].item(), numbers[math.ceil(place)].item()
            found.append(self._axis.between(below, above, place - int(place)))
        values = dict(zip(PROBABILITIES, self._shown(found), strict=True))
        self.facts["quantiles"] = tuple((share, value) for share, value in values.items() if value is not None)
        self.facts |= {"quantiles_error": error, "median": values[0.5]}

    def _set_frequent(self, numbers: Numbers, rows: int) -> None:
        """Set the numbers that occur most often, and how many there are where these are all."""
        starts = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))
        if not rows:
            self.facts |= {"unique": len(starts), "unique_error": 0.0}
        if not self._values:
            return
        counts = np.diff(np.concatenate((starts, [len(numbers)])))
        most = np.argsort(-counts, kind="stable")[:_FREQUENT]
        most = most[counts[most] > 1]
        texts = [str(value) for value in self._shown(numbers[starts[most]].tolist())]
        self.facts["frequent"] = tuple(
            FrequentValue(text, count, len(text)) for text, count in zip(texts, counts[most].tolist(), strict=True)
        )
        self.facts["frequent_rows"] = rows

    def _step(self) -> float:
        """Return what lies between neighbors among whole numbers, 0 where positions are not these."""
        whole = isinstance(self._least, int) and self._axis.shown == "numbers"
        return 1.0 if whole and max(abs(self._least), abs(self._most)) <= EXACT_LIMIT // 4 else 0.0


def _measured(numbers: Numbers, low: Any, high: Any) -> tuple[npt.NDArray[np.float64], int]:
    """Return numbers as doubles above an offset, which large whole numbers need to keep their digits."""
    if numbers.dtype.kind == "f" or max(abs(low), abs(high)) <= EXACT_LIMIT:
        return numbers.astype(np.float64, copy=False), 0
    above = numbers.view(np.uint64) - np.uint64(low % 2**64)  # the difference fits, whatever the sign
    return above.astype(np.float64), low
