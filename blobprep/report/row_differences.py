"""How the rows of two tables differ: counts, changed cells before and after, and rows of one table only. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from blobprep.protocol.comparisons import ChangedCell, ChangedRow, SingleRow, TableComparison
from blobprep.report.budget import fitting, weight
from blobprep.report.charts import parts_bar
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import plural

__all__ = ["changed_table", "rows_bar", "single_table"]

_COLUMNS: Final = 30  # of changed cells that have a column of their own
_TEXT: Final = 160  # characters of a cell
_MARKED: Final = 12  # characters of two texts, from which on only what differs is marked

_PARTS: Final = (
    ("same", "the same"),
    ("changed", "changed"),
    ("removed", "only in the first"),
    ("added", "only in the second"),
)


def rows_bar(compared: TableComparison) -> Markup:
    """Draw how many rows are the same, changed, and in one table only; nothing where that is not known."""
    counts = [(name, words, getattr(compared, name)) for name, words in _PARTS]
    total = sum(amount or 0 for *_, amount in counts)
    if not total or any(amount is None for *_, amount in counts):
        return nothing
    return parts_bar(((name, words, amount or 0) for name, words, amount in counts), "Rows")


def changed_table(compared: TableComparison, limit: int) -> tuple[Markup, int]:
    """Return changed rows with their cells before and after, and how many of them fit.

    Args:
        compared: the comparison.
        limit: bytes.
    """
    places = sorted({cell.column for row in compared.changed_rows for cell in row.cells})
    shown, further = places[:_COLUMNS], len(places) > _COLUMNS
    heads = [element("th", "Row", scope="col", class_="no")]
    heads += [element("th", isolated(cut(name, 60), dir="auto"), scope="col") for name in compared.key]
    heads += [
        element("th", isolated(cut(compared.columns[place].name, 60) or "no name", dir="auto"), scope="col")
        for place in shown
    ]
    if further:
        heads.append(element("th", "More", scope="col"))
    room = limit - sum(map(weight, heads))
    drawn = fitting((_changed_row(row, shown, further) for row in compared.changed_rows), room)
    return _table("Changed rows", heads, drawn, "rows changes"), len(drawn)


def _changed_row(row: ChangedRow, shown: Sequence[int], further: bool) -> Markup:
    cells = {cell.column: cell for cell in row.cells}
    number = f"{row.first + 1:,}" if row.first == row.second else f"{row.first + 1:,} → {row.second + 1:,}"
    parts = [element("th", number, scope="row", class_="no")]
    parts += [element("td", _text(text), class_="of-key") for text in row.key]
    parts += [_changed_cell(cells[place]) if place in cells else element("td", "·", class_="same") for place in shown]
    if further:
        rest = row.count - sum(place in cells for place in shown)
        parts.append(element("td", plural(rest, "more cell") if rest else ""))
    return element("tr", joined(parts))


def _changed_cell(cell: ChangedCell) -> Markup:
    before, after = _difference(cell.before, cell.after)
    return element("td", element("del", before), element("ins", after), class_="diff")


def _difference(before: str | None, after: str | None) -> tuple[Markup, Markup]:
    """Return both texts of a cell; of longer ones, only what differs is marked."""
    if before is None or after is None or min(len(before), len(after)) < _MARKED:
        return _text(before), _text(after)
    most = min(len(before), len(after))
    head = next((at for at in range(most) if before[at] != after[at]), most)
    tail = next((at for at in range(most - head) if before[-1 - at] != after[-1 - at]), most - head)
    if head + tail < most // 2:
        return _text(before), _text(after)
    return _marked(before, head, tail), _marked(after, head, tail)


def _marked(text: str, head: int, tail: int) -> Markup:
    end = len(text) - tail
    start = max(head - _TEXT // 4, 0)
    parts = (
        "…" if start else "",
        text[start:head],
        element("mark", cut(text[head:end], _TEXT)) if end > head else nothing,
        cut(text[end:], _TEXT // 2),
    )
    return element("bdi", *parts, dir="auto")


def _text(text: str | None) -> Markup:
    if text is None:
        return element("i", "missing", class_="none")
    return isolated(cut(text, _TEXT), dir="auto") if text else element("i", "empty", class_="none")


def single_table(rows: Sequence[SingleRow], names: Sequence[str], title: str, limit: int) -> tuple[Markup, int]:
    """Return rows that only one table has, and how many of them fit.

    Args:
        rows: to show.
        names: of that table's first columns.
        title: of the table.
        limit: bytes.
    """
    width = min(len(names), max((len(row.cells) for row in rows), default=0))
    heads = [element("th", "Row", scope="col", class_="no")]
    heads += [element("th", isolated(cut(name, 60) or "no name", dir="auto"), scope="col") for name in names[:width]]
    drawn = fitting(_single_rows(rows, width), limit - sum(map(weight, heads)))
    return _table(title, heads, drawn, "rows singles"), len(drawn)


def _single_rows(rows: Sequence[SingleRow], width: int) -> Iterator[Markup]:
    for row in rows:
        cells = [
            element("td", element("i", "missing"), class_="na") if text is None else element("td", _text(text))
            for text in row.cells[:width]
        ]
        yield element("tr", element("th", f"{row.number + 1:,}", scope="row", class_="no"), joined(cells))


def _table(title: str, heads: Sequence[Markup], rows: Sequence[Markup], class_: str) -> Markup:
    table = element(
        "table", element("caption", title, class_="unseen"), element("thead", element("tr", joined(heads))),
        element("tbody", joined(rows)), class_=class_,
    )  # fmt: skip
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=title)
