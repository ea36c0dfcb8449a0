"""The rows of a table as a real table: names, types and thumbnails above, missing values told apart. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from blobprep.protocol.profiles import SampleRows, TableProfile
from blobprep.report.budget import weight
from blobprep.report.charts import thumbnail
from blobprep.report.markup import Markup, cut, element, isolated, joined, lines, nothing
from blobprep.report.numerals import aligned, instant, number, plural
from blobprep.report.panes import column_id, type_of

__all__ = ["rows_table", "told_rows"]

_LONG: Final = 80  # characters of a cell before it is folded
_CELLS: Final = 12_000  # of a table in a page; a browser is slow with more


def rows_table(profile: TableProfile, port: str, limit: int, panes: int) -> tuple[Markup, int, int]:
    """Return the table, and how many columns and rows of the sample it has.

    Args:
        profile: of the table.
        port: of the table.
        limit: bytes.
        panes: so many of the first columns have a pane, which their name leads to.

    Returns:
        The markup, the number of columns, the number of rows.
    """
    sample = profile.sample
    width = min(len(profile.columns), sample.columns) if sample.cells else len(profile.columns)
    columns = list(_columns(profile, port, panes, min(width, max(_CELLS // max(len(sample.cells), 1), 20)), limit // 2))
    spent = sum(weight(name) + weight(thumb) for name, thumb in columns)
    rows = list(_rows(profile, len(columns), limit - spent))
    head = element(
        "thead",
        element("tr", element("th", "Row", scope="col", class_="no"), joined(name for name, _ in columns)),
        element("tr", element("td", class_="no"), joined(thumb for _, thumb in columns), class_="thumbs"),
    )
    caption = element("caption", f"Rows of {port}", class_="unseen")
    table = element("table", caption, head, element("tbody", joined(rows)), class_="rows", data_port=port)
    return table, len(columns), sum(1 for row in rows if 'class="gap"' not in row[:20])


def told_rows(sample: SampleRows, rows: int, shown_rows: int) -> str:
    """Return which rows of a table are shown, in words."""
    if not shown_rows:
        return "No rows are shown." if rows else "The table has no rows."
    numbers = sample.numbers[:shown_rows]
    if len(numbers) == rows:
        return "All rows are shown."
    first = next((place for place, line in enumerate(numbers) if line != place), len(numbers))
    rest = len(numbers) - first
    more = f" and {rest:,} from the middle and the end" if rest else ""
    return f"The first {plural(first, 'row')}{more} of {rows:,} are shown."


def _columns(profile: TableProfile, port: str, panes: int, width: int, limit: int) -> Iterator[tuple[Markup, Markup]]:
    for place, column in enumerate(profile.columns[:width]):
        label = isolated(cut(column.name, 60) or "no name", dir="auto", title=column.name if column.name[60:] else None)
        link = element("a", label, href=f"#{column_id(port, place)}") if place < panes else label
        kinds = "n" if column.kind == "numeric" else None
        missing = element("small", f"{column.missing:,} missing", class_="warn") if column.missing else nothing
        name = element("th", link, type_of(column), missing, scope="col", class_=kinds, data_column=place)
        thumb = element("td", thumbnail(column), class_=kinds)
        limit -= weight(name) + weight(thumb)
        if limit < 0:
            return
        yield name, thumb


def _rows(profile: TableProfile, width: int, limit: int) -> Iterator[Markup]:
    sample, before = profile.sample, -1
    lengths: dict[int, dict[int, int]] = {}
    for row, column, length in sample.lengths:
        lengths.setdefault(row, {})[column] = length
    drawn = list(_numbers(profile, width))
    for place, (line, cells) in enumerate(zip(sample.numbers, sample.cells, strict=True)):
        if line > before + 1 and width:
            words = f"{plural(line - before - 1, 'row')} not shown"
            yield element("tr", element("td", words, colspan=width + 1), class_="gap")
        before = line
        made = _row(
            line, cells[:width], [None if column is None else column[place] for column in drawn], lengths.get(place, {})
        )
        limit -= weight(made)
        if limit < 0:
            return
        yield made


def _numbers(profile: TableProfile, width: int) -> Iterator[list[str] | None]:
    """Yield the numbers or times of a column as they are shown; None for a column of other values."""
    for place, column in enumerate(profile.columns[:width]):
        cells = (row[place] for row in profile.sample.cells)
        if column.kind == "time":
            yield ["" if cell is None else instant(cell) for cell in cells]
        elif column.kind == "numeric":
            yield aligned([number(cell) for cell in cells])
        else:
            yield None


def _row(line: int, cells: tuple[str | None, ...], numbers: list[str | None], lengths: Mapping[int, int]) -> Markup:
    drawn = [
        _MISSING if cell is None else _text_cell(cell, lengths.get(place, 0)) if shown is None
        else element("td", shown, class_="n", title=None if shown.rstrip() == cell else cell)
        for place, (cell, shown) in enumerate(zip(cells, numbers, strict=True))
    ]  # fmt: skip
    return element("tr", element("th", f"{line + 1:,}", scope="row", class_="no"), joined(drawn))


_MISSING: Final = element("td", element("i", "missing"), class_="na")
_EMPTY: Final = element("td", element("i", "empty"), class_="na blank")


def _text_cell(cell: str, length: int) -> Markup:
    if not cell:
        return _EMPTY
    if len(cell) <= _LONG and not length:
        return element("td", cell, dir="auto")
    told = element("small", f"{length:,} characters") if length > len(cell) else nothing
    summary = element("summary", isolated(cut(cell, _LONG), dir="auto"), told)
    rest = element("small", f" … the first {len(cell):,} of {length:,} characters") if told else nothing
    return element("td", element("details", summary, element("div", lines(cell), rest, dir="auto")), class_="long")
