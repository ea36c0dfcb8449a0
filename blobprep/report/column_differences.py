"""How the columns of two tables differ: labels, types, values and distributions, those that differ first. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from blobprep.protocol.comparisons import ColumnComparison, TableComparison
from blobprep.protocol.profiles import ColumnProfile, TableProfile
from blobprep.report.budget import fitting
from blobprep.report.changes import arrow, overlay
from blobprep.report.charts import bar
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import DASH, count, duration, number, plural, share
from blobprep.report.panes import value_of

__all__ = ["columns_table", "differs"]

_HEADS = (
    ("Column", ""),
    ("Type", ""),
    ("Changed cells", "n"),
    ("Missing", "n"),
    ("Mean", "n"),
    ("Largest difference", "n"),
    ("Distribution", ""),
)


def differs(column: ColumnComparison) -> bool:
    """Return whether a column is not the same in both tables, as far as that is known."""
    return bool(column.changed) or column.first is None or column.second is None or is_retyped(column)


def is_retyped(column: ColumnComparison) -> bool:
    """Return whether a column of both tables has another type in the second."""
    return column.first is not None and column.second is not None and column.first_type != column.second_type


def columns_table(
    compared: TableComparison, first: TableProfile | None, second: TableProfile | None, limit: int
) -> tuple[Markup, int]:
    """Return the table of all columns, and how many of them fit.

    Args:
        compared: the comparison.
        first: what is known of the first table; None where that is nothing.
        second: likewise, of the second.
        limit: bytes.
    """
    ordered = sorted(compared.columns, key=lambda column: not differs(column))
    drawn = fitting(_rows(ordered, first, second), limit)
    head = element("tr", *(element("th", name, scope="col", class_=class_ or None) for name, class_ in _HEADS))
    caption = element("caption", "Columns of both tables, those that differ first", class_="unseen")
    table = element(
        "table",
        caption,
        element("thead", head),
        element("tbody", joined(drawn)),
        class_="plain compared sortable",
    )
    return table, len(drawn)


def _rows(columns: list[ColumnComparison], first: TableProfile | None, second: TableProfile | None) -> Iterator[Markup]:
    for column in columns:
        yield _row(column, _profiled(first, column.first), _profiled(second, column.second))


def _profiled(profile: TableProfile | None, place: int | None) -> ColumnProfile | None:
    if profile is None or place is None or place >= len(profile.columns):
        return None
    return profile.columns[place]


def _row(column: ColumnComparison, one: ColumnProfile | None, other: ColumnProfile | None) -> Markup:
    title = column.name if column.name[80:] else None
    name = joined((isolated(cut(column.name, 80) or "no name", dir="auto", title=title), " ", _badge(column)))
    return element(
        "tr",
        element("th", name, scope="row"),
        element("td", _types(column)),
        element("td", _changed(column), class_="n cells", title=str(column.changed)),
        element("td", _both(one, other, "missing"), class_="n"),
        element("td", _both(one, other, "mean"), class_="n"),
        element("td", _steps(column, one), class_="n", title=None if column.largest is None else str(column.largest)),
        element("td", _distribution(one, other)),
        class_=_kind(column),
    )


def _kind(column: ColumnComparison) -> str:
    if column.first is None:
        return "column is-added"
    if column.second is None:
        return "column is-removed"
    return "column is-changed" if differs(column) else "column"


def _badge(column: ColumnComparison) -> Markup:
    if column.is_key:
        return element("span", "key", class_="badge key-of-rows")
    if column.first is None:
        return element("span", "added", class_="badge added")
    if column.second is None:
        return element("span", "removed", class_="badge removed")
    return nothing


def _types(column: ColumnComparison) -> Markup:
    if column.first is None or column.second is None:
        return element("span", column.first_type or column.second_type)
    return arrow(column.first_type, column.second_type)


def _changed(column: ColumnComparison) -> Markup:
    if column.first is None or column.second is None or column.is_key:
        return element("span", DASH, class_="none")
    if column.compared is None:
        return element("small", cut(column.note or "not compared", 200), class_="warn")
    if not column.changed:
        return element("span", "none", class_="same")
    kinds = []
    if column.filled:
        kinds.append(f"{column.filled:,} got a value")
    if column.emptied:
        kinds.append(f"{column.emptied:,} lost theirs")
    told = element("span", f"{column.changed:,} ({share(column.changed, column.compared)})")
    return joined((told, bar(column.changed, column.compared, "bar part-changed"), element("small", ", ".join(kinds))))


def _both(one: ColumnProfile | None, other: ColumnProfile | None, name: str) -> Markup:
    values = [
        None if column is None else count(column.missing) if name == "missing" else value_of(column.mean, column.kind)
        for column in (one, other)
    ]
    if values[0] is None or values[1] is None:
        return element("span", values[0] or values[1] or DASH)
    return arrow(values[0], values[1])


def _steps(column: ColumnComparison, one: ColumnProfile | None) -> Markup:
    if not column.largest:  # with a value on one side only, there is no difference to tell
        return element("span", DASH, class_="none")
    is_time = one is not None and one.kind in ("time", "duration")
    told = duration if is_time else number
    mean = nothing
    if column.mean is not None:
        sign = "+" if column.mean > 0 else ""
        mean = element("small", f"mean {sign}{told(column.mean)}")
    return joined((element("span", told(column.largest)), mean))


def _distribution(one: ColumnProfile | None, other: ColumnProfile | None) -> Markup:
    if one is None or other is None:
        return element("span", DASH, class_="none")
    return overlay(one, other)


def told_columns(compared: TableComparison) -> Iterator[str]:
    """Yield what became of the columns, in words."""
    shared = [column for column in compared.columns if column.first is not None and column.second is not None]
    counted = (
        (sum(column.first is None for column in compared.columns), "column added", "columns added"),
        (sum(column.second is None for column in compared.columns), "column removed", "columns removed"),
        (sum(map(is_retyped, shared)), "column of another type", "columns of another type"),
        (compared.moved_columns, "column moved", "columns moved"),
    )
    for amount, one, many in counted:
        if amount:
            yield plural(amount, one, many)
