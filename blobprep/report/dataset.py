"""The section of a table: its rows, the panes of its columns, all columns in a list, and how they go together. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from blobprep.printable import escape as visible
from blobprep.protocol.profiles import ColumnProfile, DrawnColumn, TableProfile
from blobprep.report.axes import axis_kind
from blobprep.report.budget import Budget, fitting, weight
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.matrix import association_matrix
from blobprep.report.numerals import approximate, count, plural, size
from blobprep.report.panes import FEATURE_TYPES, column_id, pane, type_of, value_of
from blobprep.report.rows import rows_table, told_rows

__all__ = ["DatasetPart", "dataset_part", "json_block"]

_PANE: Final = 7_000  # bytes of a pane with all charts
_CATEGORIES: Final = 12  # of a column that another is compared with; more cannot be told apart


@dataclass(frozen=True, slots=True)
class DatasetPart:
    """The section of a table, ready for a template.

    Attributes:
        port: of the table, which ids in the page begin with.
        title: of the section.
        told: rows, columns and where the table is from.
        rows: the table of rows.
        told_rows: which rows these are.
        panes: of columns.
        overview: all columns, in a list.
        matrix: how they go together.
        notes: what is left out.
        data: what the script of the page draws comparisons of columns from.
    """

    port: str
    title: str
    told: Markup
    rows: Markup
    told_rows: str
    panes: Markup
    overview: Markup
    matrix: Markup
    notes: tuple[str, ...]
    data: Any


def dataset_part(
    profile: TableProfile, port: str, title: str, budget: Budget, *, part: float = 1.0, source: Markup = nothing
) -> DatasetPart:
    """Return the section of a table, within its part of the budget.

    Args:
        profile: of the table.
        port: of the table.
        title: of the section.
        budget: of the page; it is spent here.
        part: of the shares of a table that it may have.
        source: where the table is, and its format.
    """
    limit = budget.share("panes", part)
    small = len(profile.columns) * _PANE > limit
    drawn = (pane(column, port, place, profile.rows, small=small) for place, column in enumerate(profile.columns))
    panes = fitting(drawn, limit)
    budget.spend(*panes)
    table, width, lines = rows_table(profile, port, budget.share("rows", part), len(panes))
    budget.spend(table)
    matrix = association_matrix(profile.associations, profile.columns, port, budget.share("associations", part))
    budget.spend(matrix)
    listed = fitting(_listed(profile, port, len(panes)), budget.share("panes", part / 2))
    overview = _overview(listed, port) if profile.columns else nothing
    budget.spend(overview)
    data, notes = _drawn(profile, budget.share("drawn", part))
    notes += [*profile.notes, *_left_out(profile, len(panes), width, len(listed), lines)]
    sampled = "Figures marked ≈ or ± are estimated from a sample or a sketch." if _is_estimated(profile) else ""
    return DatasetPart(
        port,
        title,
        joined((_told(profile), source), " · ") if source else _told(profile),
        table,
        told_rows(profile.sample, profile.rows, lines),
        joined(panes),
        overview,
        matrix,
        tuple(filter(None, (*notes, sampled))),
        data,
    )


def _is_estimated(profile: TableProfile) -> bool:
    """Return whether a number is marked as estimated; charts and pairs say by themselves which rows they are from."""
    return any(column.unique_error or column.quantiles_error for column in profile.columns)


def _told(profile: TableProfile) -> Markup:
    words = f"{plural(profile.rows, 'row')} × {plural(profile.width, 'column')}"
    memory = f" · {size(profile.memory)} in memory" if profile.memory else ""
    return joined((element("b", words), memory))


def _left_out(profile: TableProfile, panes: int, width: int, listed: int, lines: int) -> Iterator[str]:
    known = len(profile.columns)
    if known < profile.width:
        yield f"{plural(profile.width - known, 'column')} of {profile.width:,} not profiled."
    if width < known and profile.sample.cells:
        yield f"The rows show the first {width:,} of {known:,} columns."
    if lines < len(profile.sample.cells):
        yield f"{plural(len(profile.sample.cells) - lines, 'row')} of the sample did not fit into the page."
    if panes < known:
        yield f"The first {plural(panes, 'column')} of {known:,} have a pane of their own."
    if listed == known and (panes < known or width < known):
        yield "All of them are in the list of columns."
    if listed < known:
        yield f"The list of columns has the first {listed:,} of {known:,}."


def _listed(profile: TableProfile, port: str, panes: int) -> Iterator[Markup]:
    for place, column in enumerate(profile.columns):
        name = isolated(cut(column.name, 80), dir="auto")
        yield element(
            "tr",
            element("td", f"{place + 1:,}", class_="n"),
            element(
                "th",
                element("a", name, href=f"#{column_id(port, place)}", data_column=place) if place < panes else name,
                scope="row",
            ),
            element("td", FEATURE_TYPES[column.kind].removesuffix(" Feature"), type_of(column)),
            element("td", count(column.missing), class_="n warn" if column.missing else "n"),
            element("td", _unique(column), class_="n"),
            *(
                element("td", value_of(value, column.kind), class_="n")
                for value in (column.mean, column.minimum, column.maximum)
            ),
        )


def _unique(column: ColumnProfile) -> str:
    return "—" if column.unique is None else approximate(column.unique, column.unique_error)


def _overview(rows: list[Markup], port: str) -> Markup:
    heads = ("#", "Column", "Type", "Missing", "Unique", "Mean", "Min", "Max")
    numeric = ("#", "Missing", "Unique", "Mean", "Min", "Max")
    head = element("tr", *(element("th", name, scope="col", class_="n" if name in numeric else None) for name in heads))
    table = element("table", element("thead", head), element("tbody", joined(rows)), class_="plain columns")
    box = element("div", table, class_="scroll", tabindex=0, role="region", aria_label=f"All columns of {port}")
    return element("details", element("summary", "All columns"), box, class_="fold overview", id=f"{port}-columns")


def _drawn(profile: TableProfile, limit: int) -> tuple[Any, list[str]]:
    """Return the columns that are compared in the page, and what was left out."""
    names = [[visible(cut(column.name, 120)), axis_kind(column)] for column in profile.columns]
    kept: list[dict[str, Any]] = []
    known = len(profile.columns)
    for column in profile.drawn:
        if column.column >= known:
            continue
        row = _drawn_column(column, profile.columns[column.column].kind == "time")
        limit -= weight(json.dumps(row, separators=(",", ":"))) + weight(json.dumps(names[column.column]))
        if limit < 0:
            words = f"{plural(len(kept), 'column')} of {len(profile.drawn):,} can be compared with others in this page."
            return _compared(profile, names, kept), [words]
        kept.append(row)
    return _compared(profile, names, kept), []


def _compared(profile: TableProfile, names: list[list[str]], kept: list[dict[str, Any]]) -> dict[str, Any]:
    return {"rows": profile.rows, "columns": {row["column"]: names[row["column"]] for row in kept}, "drawn": kept}


def _drawn_column(column: DrawnColumn, is_time: bool) -> dict[str, Any]:
    categories = [visible(cut(text, 60)) for text in column.categories[:_CATEGORIES]]
    values: list[float | None] = []
    for value in column.values:
        if value is None or (column.categories and not 0 <= value < len(categories)):
            values.append(None)
        else:
            short = float(f"{value:.10g}" if is_time else f"{value:.5g}")
            values.append(int(short) if short.is_integer() and abs(short) < 2**53 else short)
    return {"column": column.column, "values": values, "categories": categories}


def json_block(data: Any) -> str:
    """Return data as JSON that cannot end the element it stands in."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
