"""The pane of a chosen column: its statistics, in the order and words of Studio and beyond, and its charts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from blobprep.protocol.profiles import ColumnKind, ColumnProfile, FrequentValue, Value
from blobprep.report import charts
from blobprep.report.axes import axis_kind
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import approximate, count, instant, length, number, position, share

__all__ = ["FEATURE_TYPES", "column_id", "pane", "statistics", "type_of", "value_of"]

FEATURE_TYPES: Final[dict[ColumnKind, str]] = {
    "numeric": "Numeric Feature",
    "boolean": "Boolean Feature",
    "text": "String Feature",
    "categorical": "Categorical Feature",
    "time": "DateTime Feature",
    "duration": "TimeSpan Feature",
    "binary": "Binary Feature",
    "nested": "Nested Feature",
    "empty": "Empty Feature",
}
_FREQUENT: Final = 10
_FEW: Final = 5
_FREQUENT_SHARE: Final = 0.01
_TYPE: Final = 40  # characters of a type
_TEXT: Final = 60  # characters of a value
_SHAPE: Final = 9  # digits behind the point; what rounding leaves of a 0 is none
_READ: Final[dict[str, Callable[[str], str]]] = {"numeric": number, "time": instant, "duration": length}


def column_id(port: str, place: int) -> str:
    """Return the id of a column's pane in the page."""
    return f"{port}-c{place}"


def value_of(value: Value | None, kind: str) -> Markup:
    """Return a value as markup: rounded, with its full text as its title."""
    if value is None:
        return element("span", "—", class_="none", title="not computed, or there is none")
    text = value if isinstance(value, str) else position(value, kind) if kind == "duration" else number(value)
    text = cut(_READ.get(kind, str)(text), _TEXT)
    if not text:
        return element("span", "empty text", class_="none")
    return isolated(text, dir="auto", title=None if text == str(value) else cut(str(value), 10 * _TEXT))


def statistics(column: ColumnProfile) -> Iterator[tuple[str, Markup]]:
    """Yield the names and values of Studio's pane, in its order."""
    kind = column.kind
    yield "Mean", value_of(column.mean, kind)
    about = "≈ " if column.quantiles_error and column.median is not None else None
    yield "Median", joined(filter(None, (about, value_of(column.median, kind))))
    yield "Min", value_of(column.minimum, kind)
    yield "Max", value_of(column.maximum, kind)
    yield "Standard Deviation", value_of(column.deviation, "duration" if kind in ("time", "duration") else kind)
    unique = "—" if column.unique is None else approximate(column.unique, column.unique_error)
    yield "Unique Values", element("span", unique)
    total = column.count + column.missing
    missing = count(column.missing) + (f" ({share(column.missing, total)})" if column.missing else "")
    yield "Missing Values", element("span", missing, class_="warn" if column.missing else None)
    yield "Feature Type", element("span", FEATURE_TYPES[kind])


def pane(column: ColumnProfile, port: str, place: int, rows: int, *, small: bool = False) -> Markup:
    """Return the pane of a column, folded up under its name.

    Args:
        column: its profile.
        port: of its table.
        place: of the column in its table.
        rows: of the table.
        small: with fewer charts, and in fewer bytes: one of many.
    """
    key = column_id(port, place)
    summary = element("summary", isolated(column.name, dir="auto"), type_of(column))
    body = element(
        "div",
        element("h3", isolated(column.name, dir="auto"), type_of(column)),
        _pictures(column, key, small),
        _pairs(statistics(column), "facts"),
        _frequent(column, small) if column.bins is None else None,
        _beyond(column),
        _frequent(column, small) if column.bins is not None else None,
        _missing(column, rows),
        element("p", column.note, class_="note") if column.note else None,
        class_="body",
        id=key,
        data_column=place,
    )
    return element("details", summary, body, class_="pane", name=f"{port}-panes")


def type_of(column: ColumnProfile) -> Markup:
    """Return a column's type; one of many fields is cut, with the whole of it as its title."""
    short = cut(column.type, _TYPE)
    return element("small", short, title=None if short == column.type else cut(column.type, 10 * _TEXT))


def _pictures(column: ColumnProfile, key: str, small: bool) -> Markup:
    """Return the charts of a column, and the choice between them, which needs no script."""
    kind = axis_kind(column)
    drawn: list[tuple[str, str, Markup]] = []
    if column.bins is not None and any(column.bins.counts):
        drawn.append(("hist", "Histogram", charts.histogram(column.bins, kind, small=small)))
        if not small:
            drawn.append(("count", "Log counts", charts.histogram(column.bins, kind, log_y=True)))
    if column.log_bins is not None and any(column.log_bins.counts) and not small:
        drawn.append(("log", "Log axis", charts.histogram(column.log_bins, kind, log_x=True)))
    if column.box is not None:
        box = replace(column.box, outliers=()) if small else column.box
        drawn.append(("box", "Box plot", charts.box_plot(box, kind)))
    if not drawn:
        return nothing
    choices = [
        element(
            "label",
            element("input", type="radio", name=f"{key}-view", value=name, checked=not place),
            element("span", label),
        )
        for place, (name, label, _) in enumerate(drawn)
    ]
    pictures = [element("div", picture, class_=f"chart-{name}") for name, _, picture in drawn]
    source = column.bins or column.log_bins
    sampled = f"Drawn from {count(source.rows)} rows chosen at random." if source is not None and source.rows else ""
    return element(
        "div",
        element("fieldset", element("legend", "View as", class_="unseen"), *choices, class_="choice"),
        *pictures,
        element("p", sampled, class_="note") if sampled else None,
        class_="charts",
    )


def _frequent(column: ColumnProfile, small: bool) -> Markup:
    """Return the most frequent values; of numbers and times only where one is frequent at all."""
    total = column.frequent_rows or column.count
    top = max((value.count for value in column.frequent), default=0)
    if not top or (column.bins is not None and top < total * _FREQUENT_SHARE):
        return nothing
    shown = column.frequent[: _FEW if small or column.bins is not None else _FREQUENT]
    rows = [_frequent_row(value, column.kind, top, total) for value in shown]
    title = "Most frequent values" if len(column.frequent) > 1 else "Values"
    sampled = f"Counted in {count(column.frequent_rows)} rows chosen at random." if column.frequent_rows else ""
    head = element("tr", *(element("th", name, scope="col") for name in ("Value", "Rows", "Share", "Bar")))
    return joined(
        (
            element("h4", title),
            element(
                "table", element("thead", head, class_="unseen"), element("tbody", joined(rows)), class_="frequent"
            ),
            element("p", sampled, class_="note") if sampled else nothing,
        )
    )


def _frequent_row(value: FrequentValue, kind: str, top: int, total: int) -> Markup:
    text = number(value.text) if kind == "numeric" else value.text
    long = f"{value.length:,} characters: " if value.length > len(value.text) else ""
    return element(
        "tr",
        element("th", isolated(text or "empty text", dir="auto", class_=None if text else "none"), scope="row",
                title=long + value.text[:300]),
        element("td", count(value.count)),
        element("td", share(value.count, total)),
        element("td", charts.bar(value.count, top)),
    )  # fmt: skip


def _beyond(column: ColumnProfile) -> Markup:
    kind = column.kind
    rank = f" ± {column.quantiles_error * 100:.2g} %" if column.quantiles_error else ""
    pairs = [
        (_quantile_name(chance) + rank, value_of(value, kind)) for chance, value in column.quantiles if chance != 0.5
    ]
    title = "Quantiles" + (" (of about this rank)" if rank else "")
    quantiles = joined((element("h4", title), _pairs(pairs, "facts"))) if pairs else nothing
    more: list[tuple[str, Markup]] = [
        (name, element("span", number(round(value, _SHAPE))))
        for name, value in (("Skewness", column.skewness), ("Kurtosis", column.kurtosis))
        if value is not None
    ]
    counted = (
        ("Zeros", column.zeros), ("Negative", column.negative), ("Infinite", column.infinite),
        ("Shortest", column.shortest), ("Longest", column.longest),
    )  # fmt: skip
    more += [(name, element("span", count(value))) for name, value in counted if value is not None]
    if column.mean_length is not None:
        more.append(("Mean length", element("span", number(column.mean_length))))
    return joined((quantiles, element("h4", "Shape") if more else nothing, _pairs(more, "facts")))


def _quantile_name(chance: float) -> str:
    return {0.25: "1st Quartile", 0.5: "Median", 0.75: "3rd Quartile"}.get(chance, f"{chance * 100:g} %")


def _missing(column: ColumnProfile, rows: int) -> Markup:
    if not any(column.missing_shape):
        return nothing
    return joined(
        (
            element("h4", "Where values are missing"),
            charts.missing_strip(column.missing_shape, rows),
            element("p", element("span", "first row"), element("span", "last row"), class_="ends"),
        )
    )


def _pairs(pairs: object, class_: str) -> Markup:
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in pairs]  # type: ignore[attr-defined]
    return element("dl", joined(rows), class_=class_) if rows else nothing
