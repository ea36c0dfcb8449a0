"""Histograms as a row of characters. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

__all__ = ["sparkline", "spread"]

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_ASCII: Final = " _.:-=+*#"


def sparkline(counts: Sequence[float], cells: int, *, in_ascii: bool = False, most: float | None = None) -> str:
    """Draw counts of adjoining intervals; where there is something, at least the lowest mark stands.

    Args:
        counts: of equally wide intervals.
        cells: characters, at most; several intervals share one where there are more of them.
        in_ascii: draw without block characters.
        most: what the highest mark stands for; None for the largest of the counts as drawn.

    >>> sparkline([1, 0, 4, 8], 4)
    '▁ ▄█'
    >>> sparkline([1, 1, 4, 0], 2, in_ascii=True)
    '-#'
    """
    shared = spread(counts, cells)
    marks = _ASCII if in_ascii else _BLOCKS
    highest = max(shared, default=0.0) if most is None else most
    if highest <= 0:
        return " " * len(shared)
    top = len(marks) - 1
    return "".join(marks[min(top, max(1, round(count / highest * top)))] if count > 0 else " " for count in shared)


def spread(counts: Sequence[float], cells: int) -> list[float]:
    """Return counts of as many intervals as fit, each a sum of parts of the given ones."""
    if len(counts) <= cells:
        return list(map(float, counts))
    shared = [0.0] * cells
    step = cells / len(counts)
    for place, count in enumerate(counts):
        start, end = place * step, (place + 1) * step
        first, last = int(start), min(cells - 1, int(end))
        if first >= last:
            shared[min(first, cells - 1)] += count
        else:  # it reaches over an edge
            share = (last - start) / step
            shared[first] += count * share
            shared[last] += count * (1 - share)
    return shared
