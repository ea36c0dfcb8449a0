"""What became of a table's columns between an input and the result. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from blobprep.protocol.profiles import Bins, ColumnProfile, TableProfile
from blobprep.report.axes import share_axis
from blobprep.report.text.cells import safe
from blobprep.report.text.lines import Line, Paper, Span, grid, wrap
from blobprep.report.text.sparkline import sparkline
from blobprep.report.text.statistics import frequent_text, type_text, value_text

__all__ = ["change_lines", "differs", "distribution_lines", "same_axis"]

_NAMES: Final = 10
_BARS: Final = 24
_COLUMNS: Final = 30


def change_lines(before: TableProfile, after: TableProfile, paper: Paper) -> list[Line]:
    """Return how a result differs from an input: rows, columns, types, and distributions above each other."""
    arrow = paper.choose("→", "->")
    first = {column.name: column for column in before.columns}
    second = {column.name: column for column in after.columns}
    complete = len(before.columns) == before.width and len(after.columns) == after.width
    lines: list[Line] = []
    rows = f"{before.rows:,} {arrow} {after.rows:,}" if before.rows != after.rows else f"{after.rows:,}, as before"
    facts = [("rows", rows)]
    if complete:
        facts.append(("added", _names([name for name in second if name not in first])))
        facts.append(("removed", _names([name for name in first if name not in second])))
    both = [(first[name], second[name]) for name in first if name in second]
    typed = [f"{a.name}: {type_text(a.type)} {arrow} {type_text(b.type)}" for a, b in both if a.type != b.type]
    facts.append(("types", _names(typed)))
    for name, text in facts:
        if text:
            lines += wrap(text, paper, indent=10, first=(Span(name, "dim"),))
    changed = [(a, b) for a, b in both if differs(a, b)]
    return [*lines, *distribution_lines(changed, paper, ("input", "result"))]


def differs(first: ColumnProfile, second: ColumnProfile) -> bool:
    """Return whether there is something to show of two columns that differs."""
    if not any((first.bins, second.bins, first.frequent, second.frequent)) and first.missing == second.missing:
        return False
    facts = ("type", "count", "missing", "unique", "minimum", "maximum", "mean")
    return any(getattr(first, name) != getattr(second, name) for name in facts)


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{', '.join(names[:_NAMES])}{more}"


def distribution_lines(
    pairs: Sequence[tuple[ColumnProfile, ColumnProfile]], paper: Paper, names: tuple[str, str]
) -> list[Line]:
    """Return a pair of lines for each pair of columns: their statistics, and their distributions on one axis."""
    rows = [[Span(name, "heading") for name in ("column", "", "missing", "mean", "median", "distribution")]]
    for pair in pairs[:_COLUMNS]:
        for place, (column, bars) in enumerate(zip(pair, _bars(pair, paper), strict=True)):
            label = safe(column.name) if place == 0 else ""
            missing, mean, median = f"{column.missing:,}", value_text(column.mean), value_text(column.median)
            cells = [
                Span(paper.cut(label, 32)),
                Span(names[place], "dim"),
                Span(missing),
                Span(paper.sign(mean)),
                Span(paper.sign(median)),
            ]
            rows.append([*cells, Span(bars, "new" if place else "old")])
    if len(rows) == 1:
        return []
    told = [place for place in range(len(rows[0])) if place < 2 or any(row[place].text.strip() for row in rows[1:])]
    right = {number for number, place in enumerate(told) if place in (2, 3, 4)}
    lines = [(), *grid([[row[place] for place in told] for row in rows], paper, right=right)]
    if (more := len(pairs) - _COLUMNS) > 0:
        lines.append((Span(f"{more} more columns differ", "dim"),))
    return lines


def _bars(pair: tuple[ColumnProfile, ColumnProfile], paper: Paper) -> tuple[str, str]:
    """Return what is drawn of two columns: histograms on one axis, or their most frequent values."""
    first, second = pair
    if first.bins is not None and second.bins is not None and share_axis(first, second):
        counts = same_axis(first.bins, second.bins, _BARS)
        drawn = tuple(sparkline(row, _BARS, in_ascii=paper.in_ascii) for row in counts)
        return drawn[0], drawn[1]
    return frequent_text(first, paper), frequent_text(second, paper)


def same_axis(first: Bins, second: Bins, cells: int) -> tuple[list[float], list[float]]:
    """Return the counts of two histograms in intervals of one axis that reaches over both.

    >>> same_axis(Bins((0.0, 1.0, 2.0), (4, 2)), Bins((2.0, 4.0), (8,)), 4)
    ([4.0, 2.0, 0.0, 0.0], [0.0, 0.0, 4.0, 4.0])
    """
    if not first.counts or not second.counts:
        return [0.0] * cells, [0.0] * cells
    low, high = min(first.edges[0], second.edges[0]), max(first.edges[-1], second.edges[-1])
    return _counted(first, low, high, cells), _counted(second, low, high, cells)


def _counted(bins: Bins, low: float, high: float, cells: int) -> list[float]:
    step = (high - low) / cells
    counts = [0.0] * cells
    if not 0 < step < float("inf"):
        return counts
    for start, end, count in zip(bins.edges, bins.edges[1:], bins.counts, strict=False):
        first = min(cells - 1, max(0, int((start - low) / step)))
        last = min(cells - 1, max(first, int((end - low) / step)))
        for place in range(first, last + 1):
            inside = min(end, low + (place + 1) * step) - max(start, low + place * step)
            counts[place] += count * max(0.0, inside) / (end - start)
    return counts
