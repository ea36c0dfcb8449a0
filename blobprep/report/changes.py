"""What changed from an input to the result: rows, columns, types, and distributions laid over each other. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from blobprep.protocol.profiles import Bins, ColumnProfile, TableProfile
from blobprep.report import charts
from blobprep.report.axes import axis_kind, share_axis
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import DASH, count, plural, position
from blobprep.report.panes import value_of
from blobprep.report.record import data_table

__all__ = ["arrow", "changes_section", "overlay"]

_NAMES: Final = 60  # of columns, in a sentence


def changes_section(before: TableProfile, after: TableProfile, limit: int) -> Markup:
    """Return the section; columns are told by their names.

    Args:
        before: of the first input.
        after: of the result.
        limit: bytes.
    """
    old = {column.name: column for column in before.columns}
    new = {column.name: column for column in after.columns}
    both = [(column, new[name]) for name, column in old.items() if name in new]
    added = [name for name in new if name not in old]
    removed = [name for name in old if name not in new]
    retyped = sum(one.type != other.type for one, other in both)
    table, fitted = data_table(
        ("Column", "Distribution", "Type", "Missing", "Mean", "Min", "Max"),
        (_row(one, other) for one, other in both),
        "Columns of both tables",
        limit,
    )
    rest = f"{plural(len(both) - fitted, 'column')} of both tables did not fit." if fitted < len(both) else ""
    facts = [
        element(
            "li", element("b", "Rows"), " ", arrow(count(before.rows), count(after.rows)), _difference(before, after)
        ),
        element("li", element("b", "Columns"), " ", arrow(count(before.width), count(after.width))),
        _listed("Added", added, "added"),
        _listed("Removed", removed, "removed"),
        element("li", element("b", "Other type"), f" {plural(retyped, 'column')}") if retyped else nothing,
    ]
    legend = element(
        "p", element("span", "input", class_="key before"), element("span", "result", class_="key after"), class_="keys"
    )
    return joined(
        (
            element("ul", joined(facts), class_="summary"),
            joined((legend, table)) if both else nothing,
            element("p", rest, class_="note") if rest else nothing,
        )
    )


def _difference(before: TableProfile, after: TableProfile) -> Markup:
    change = after.rows - before.rows
    words = "as many" if not change else f"{abs(change):,} {'more' if change > 0 else 'fewer'}"
    return element("small", f" ({words})")


def _listed(title: str, names: list[str], class_: str) -> Markup:
    if not names:
        return nothing
    shown = joined((isolated(cut(name, 60), dir="auto", class_=class_) for name in names[:_NAMES]), " ")
    more = f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""
    return element("li", element("b", title), " ", shown, more)


def _row(one: ColumnProfile, other: ColumnProfile) -> tuple[Markup, ...]:
    return (
        isolated(cut(one.name, 80), dir="auto"),
        overlay(one, other),
        arrow(one.type, other.type),
        arrow(count(one.missing), count(other.missing)),
        *(
            arrow(value_of(getattr(one, name), one.kind), value_of(getattr(other, name), other.kind))
            for name in ("mean", "minimum", "maximum")
        ),
    )


def arrow(one: str | Markup, other: str | Markup) -> Markup:
    """Return what a value was and what it became; once where that is the same."""
    if one == other:
        return element("span", one, class_="same")
    arrow = element("span", " → ", class_="arrow")
    return joined((element("span", one), arrow, element("span", other, class_="changed")))


def overlay(one: ColumnProfile, other: ColumnProfile) -> Markup:
    """Draw the distributions of two columns over each other; a dash where they cannot be compared."""
    if one.bins is not None and other.bins is not None and share_axis(one, other):
        return _outlines(one.bins, other.bins, axis_kind(one))
    if one.frequent and other.frequent:
        return _paired(one, other)
    return element("span", DASH, class_="none")


def _outlines(one: Bins, other: Bins, kind: str) -> Markup:
    low, high = min(one.edges[0], other.edges[0]), max(one.edges[-1], other.edges[-1])
    top = max(max(_densities(one), default=0.0), max(_densities(other), default=0.0)) or 1.0
    drawn = [
        element("path", class_=name, d=charts.outline(bins, low, high, top))
        for name, bins in (("before", one), ("after", other))
    ]
    words = f"Densities from {position(low, kind, high - low)} to {position(high, kind, high - low)}"
    return charts.picture(joined(drawn), words, charts.WIDTH, 116, "overlay")


def _densities(bins: Bins) -> Iterator[float]:
    total = sum(bins.counts) or 1
    for (left, right), amount in zip(pairwise(bins.edges), bins.counts, strict=True):
        yield amount / total / (right - left)


def _paired(one: ColumnProfile, other: ColumnProfile) -> Markup:
    """Draw the shares of the most frequent values of the one, and what these have become."""
    texts = [value.text for value in one.frequent[:8]]
    shares = [
        {value.text: value.count / (column.frequent_rows or column.count or 1) for value in column.frequent}
        for column in (one, other)
    ]
    top = max((shared.get(text, 0.0) for shared in shares for text in texts), default=0) or 1
    step, parts = charts.WIDTH / max(len(texts), 3), []
    for name, shared, offset in (("before", shares[0], 0.0), ("after", shares[1], 0.42)):
        for place, text in enumerate(texts):
            tall = 106 * min(shared.get(text, 0.0) / top, 1)
            x, width = f"{(place + 0.05 + offset) * step:.1f}", f"{0.38 * step:.1f}"
            words = element("title", f"{cut(text, 60)}: {100 * shared.get(text, 0.0):.1f} %")
            parts.append(
                element("rect", words, class_=name, x=x, y=f"{112 - tall:.1f}", width=width, height=f"{tall:.1f}")
            )
    return charts.picture(
        joined(parts), f"Shares of {plural(len(texts), 'frequent value')}", charts.WIDTH, 116, "overlay"
    )
