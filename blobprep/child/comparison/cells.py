"""What changed in a column, over rows that belong together."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.comparison.pairing import Pairs
from blobprep.child.comparison.values import comparable, differences
from blobprep.child.profile.clock import Clock

__all__ = ["ChangedCells", "compare_column"]

_STRETCH: Final = 1 << 17


@dataclass(slots=True)
class ChangedCells:
    """What changed in a column.

    Attributes:
        changed, filled, emptied: as in `ColumnComparison`.
        largest, mean: likewise.
        places: of the first changed pairs, as many as were asked for.
    """

    changed: int = 0
    filled: int = 0
    emptied: int = 0
    largest: float | None = None
    mean: float | None = None
    places: list[int] = field(default_factory=list)


def compare_column(
    both: tuple[Any, Any], pairs: Pairs, changed: npt.NDArray[np.bool_], most: int, clock: Clock
) -> ChangedCells:
    """Compare the cells of a column, pair by pair.

    Args:
        both: the column in the first and in the second table.
        pairs: rows that belong together.
        changed: by pair, whether any cell changed; what changes here is added.
        most: places of changed pairs to return.
        clock: the time there is.

    Raises:
        TimeIsUp: it took too long; `changed` has a part of the column's changes.
    """
    found, total, count = ChangedCells(), 0.0, 0
    first, second = comparable(*both, clock)
    if not pairs.aligned:  # single rows of many chunks are slow to reach
        first, second = first.combine_chunks(), second.combine_chunks()
    for begin in range(0, len(pairs.first), _STRETCH):
        clock.check()
        a, b = (
            _stretch(column, numbers, begin, pairs.aligned)
            for column, numbers in ((first, pairs.first), (second, pairs.second))
        )
        there, still = _bits(a.is_valid()), _bits(b.is_valid())
        differ = _bits(pc.fill_null(pc.not_equal(a, b), False)) if not pa.types.is_null(a.type) else there
        differ = differ | (there != still)
        changed[begin : begin + _STRETCH] |= differ
        found.changed += int(np.count_nonzero(differ))
        found.filled += int(np.count_nonzero(~there & still))
        found.emptied += int(np.count_nonzero(there & ~still))
        if len(found.places) < most:
            found.places += (np.flatnonzero(differ)[: most - len(found.places)] + begin).tolist()
        if (steps := differences(a, b)) is not None:
            largest, stretch_total, stretch_count = _measure(steps)
            found.largest = max(found.largest or 0.0, largest)
            total, count = total + stretch_total, count + stretch_count
    if count and math.isfinite(total):
        found.mean = total / count
    if not count or not math.isfinite(found.largest or 0.0):
        found.largest = None
    return found


def _stretch(column: Any, numbers: npt.NDArray[np.int64], begin: int, aligned: bool) -> Any:
    if aligned:
        return _whole(column.slice(int(numbers[begin]), min(_STRETCH, len(numbers) - begin)))
    return _whole(column.take(pa.array(numbers[begin : begin + _STRETCH])))


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _bits(flags: Any) -> npt.NDArray[np.bool_]:
    bits: npt.NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False)
    return bits


def _measure(steps: Any) -> tuple[float, float, int]:
    """Return the largest difference without its sign, the sum and the number of those that are numbers."""
    values = steps.drop_null().to_numpy(zero_copy_only=False)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 0.0, 0
    with np.errstate(over="ignore"):
        return float(np.max(np.abs(values))), float(np.sum(values)), len(values)
