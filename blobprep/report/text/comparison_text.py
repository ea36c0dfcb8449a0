"""What differs between two tables, or two runs, as a text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from blobprep.manifest import Manifest
from blobprep.protocol.comparisons import ChangedRow, ColumnComparison, SingleRow, TableComparison
from blobprep.protocol.profiles import TableProfile
from blobprep.report import numerals
from blobprep.report.run_differences import facts_of
from blobprep.report.text.cells import safe
from blobprep.report.text.changes_text import differs, distribution_lines
from blobprep.report.text.lines import Line, Paper, Span, Style, grid, heading, wrap
from blobprep.report.text.statistics import type_text, value_text
from blobprep.report.views import ComparedSide, ComparisonView

__all__ = ["ROWS", "comparison_text"]

_INDENT: Final = 10
_COLUMNS: Final = 30
ROWS: Final = 10
"""Rows of each kind that are shown unless a number is given."""
_CELLS: Final = 6
"""Cells of a row that are shown."""
_PAIRED: Final = {
    "position": "rows are compared by their position",
    "content": "rows are compared by their content, whatever their order",
}


def comparison_text(view: ComparisonView, paper: Paper, *, rows: int = ROWS) -> list[Line]:
    """Return what differs: columns, rows, cells, distributions, and of runs what they were asked and what they read.

    Args:
        view: what is known of the two.
        paper: how wide a line may be.
        rows: of each kind that are shown, at most.
    """
    found = view.comparison
    lines = [_side(view.first, "old", paper), _side(view.second, "new", paper)]
    if found is not None:
        lines += [(), *_verdict(found, paper)]
        lines += _columns(found, paper)
        lines += _changed_rows(found, paper, rows)
        lines += _single_rows(found, paper, rows)
        lines += _distributions(view, paper)
    lines += _runs(view, paper)
    notes = [*view.notes, *(found.notes if found else ())]
    if notes:
        lines.append(())
    for note in notes:
        lines += wrap(note, paper, style="warn")
    return lines


def _side(side: ComparedSide, style: Style, paper: Paper) -> Line:
    profile = side.profile
    size = "" if profile is None else f"  {profile.rows:,} × {profile.width:,}"
    status = f"  {side.manifest.status}" if side.manifest else ""
    sign = "-" if style == "old" else "+"
    return (
        Span(f"{sign} ", style),
        Span(safe(side.source or side.name), "title"),
        Span(paper.sign(size)),
        Span(status, "dim"),
    )


def _verdict(found: TableComparison, paper: Paper) -> list[Line]:
    if found.equal:
        return [(Span("equal: the same columns, types and values, in the same order", "good"),)]
    lines: list[Line] = []
    for name, text in (("columns", _column_facts(found)), ("rows", _row_facts(found))):
        lines += wrap(text, paper, indent=_INDENT, first=(Span(name, "dim"),))
    paired = f"rows are paired by {', '.join(found.key)}" if found.paired_by == "key" else _PAIRED[found.paired_by]
    return [*lines, *wrap(paired, paper, indent=_INDENT, style="dim")]


def _column_facts(found: TableComparison) -> str:
    added = [column for column in found.columns if column.first is None]
    removed = [column for column in found.columns if column.second is None]
    typed = [column for column in _both(found) if column.first_type != column.second_type]
    facts = [
        _counted(added, "added"),
        _counted(removed, "removed"),
        _counted(typed, "of another type"),
        f"{found.moved_columns:,} at another place" if found.moved_columns else "",
    ]
    return "; ".join(filter(None, facts)) or "the same"


def _counted(columns: Sequence[ColumnComparison], what: str) -> str:
    if not columns:
        return ""
    names = ", ".join(column.name for column in columns[:_CELLS])
    more = f" and {len(columns) - _CELLS:,} more" if len(columns) > _CELLS else ""
    return f"{len(columns):,} {what} ({names}{more})"


def _row_facts(found: TableComparison) -> str:
    counts = ((found.same, "the same"), (found.changed, "changed"), (found.removed, "removed"), (found.added, "added"))
    facts = [f"{count:,} {word}" for count, word in counts if count]
    if found.moved:
        facts.append("in another order")
    for repeats, word in ((found.first_repeats, "first"), (found.second_repeats, "second")):
        if repeats:
            facts.append(f"{repeats:,} of the {word} table repeat a key")
    if any(count is None for count, _ in counts):
        facts.append("not all were compared")
    return ", ".join(facts) or "none"


def _both(found: TableComparison) -> Iterator[ColumnComparison]:
    return (column for column in found.columns if column.first is not None and column.second is not None)


def _columns(found: TableComparison, paper: Paper) -> list[Line]:
    arrow = paper.choose("→", "->")
    changed = [column for column in _both(found) if column.changed or column.first_type != column.second_type]
    if not changed:
        return []
    rows = [[Span(name, "heading") for name in _TITLES]]
    for column in changed[:_COLUMNS]:
        first, second = type_text(column.first_type), type_text(column.second_type)
        kind = safe(first if first == second else f"{first} {arrow} {second}")
        largest, mean = value_text(column.largest), value_text(column.mean)
        numbers = (
            f"{column.changed:,}",
            _some(column.filled),
            _some(column.emptied),
            paper.sign(largest),
            paper.sign(mean),
        )
        rows.append([Span(paper.cut(safe(column.name), 32)), Span(paper.cut(kind, 32), "dim"), *map(Span, numbers)])
    lines = [*heading("Changed columns", numerals.plural(len(changed), "column"))]
    lines += grid(rows, paper, right={2, 3, 4, 5, 6})
    return [*lines, *_more(len(changed) - _COLUMNS, "column")]


_TITLES: Final = ("column", "type", "changed", "filled", "emptied", "largest", "mean difference")


def _some(count: int) -> str:
    return f"{count:,}" if count else ""


def _changed_rows(found: TableComparison, paper: Paper, most: int) -> list[Line]:
    if not found.changed_rows or not most:
        return []
    lines = heading("Changed rows", f"{found.changed or len(found.changed_rows):,}")
    for row in found.changed_rows[:most]:
        lines += wrap(_changes(row, found, paper), paper, indent=_INDENT, first=(Span(_row_name(row), "dim"),))
    return [*lines, *_more((found.changed or 0) - most, "row")]


def _row_name(row: ChangedRow) -> str:
    return f"{row.first:,}" if row.first == row.second else f"{row.first:,}, {row.second:,}"


def _changes(row: ChangedRow, found: TableComparison, paper: Paper) -> str:
    arrow = paper.choose("→", "->")
    key = ", ".join(f"{name} {_shown(value, paper)}" for name, value in zip(found.key, row.key, strict=False))
    cells = [
        f"{_label(found, cell.column, paper)}: {_shown(cell.before, paper)} {arrow} {_shown(cell.after, paper)}"
        for cell in row.cells[:_CELLS]
        if cell.column < len(found.columns)
    ]
    more = f"; {row.count - len(cells):,} more" if row.count > len(cells) else ""
    return f"{f'{key}: ' if key else ''}{'; '.join(cells)}{more}"


def _label(found: TableComparison, place: int, paper: Paper) -> str:
    return paper.cut(found.columns[place].name, 32)


def _shown(text: str | None, paper: Paper) -> str:
    return paper.choose("∅", "-") if text is None else paper.cut(text, 40) or '""'


def _single_rows(found: TableComparison, paper: Paper, most: int) -> list[Line]:
    lines: list[Line] = []
    parts: Sequence[tuple[str, Sequence[SingleRow], int | None, Style]] = (
        ("Removed rows", found.removed_rows, found.removed, "old"),
        ("Added rows", found.added_rows, found.added, "new"),
    )
    for title, rows, count, style in parts:
        if not rows or not most:
            continue
        lines += heading(title, f"{count or len(rows):,}")
        names = _names(found, first=style == "old")
        table = [[Span(""), *(Span(paper.cut(safe(name), 32), "dim") for name in names)]]
        table += [
            [Span(f"{row.number:,}", "dim"), *(_cell(row.cells, place, style, paper) for place in range(_CELLS))]
            for row in rows[:most]
        ]
        lines += grid(table, paper, right={0}, most=32)
        lines += _more((count or 0) - most, "row")
    return lines


def _names(found: TableComparison, *, first: bool) -> list[str]:
    """Return the labels of a table's first columns."""
    places = ((column.first if first else column.second, column.name) for column in found.columns)
    known = {place: name for place, name in places if place is not None}
    return [known.get(place, "") for place in range(_CELLS)]


def _cell(cells: Sequence[str | None], place: int, style: Style, paper: Paper) -> Span:
    return Span(safe(_shown(cells[place], paper)) if place < len(cells) else "", style)


def _distributions(view: ComparisonView, paper: Paper) -> list[Line]:
    first, second = view.first.profile, view.second.profile
    if first is None or second is None:
        return []
    pairs = _changed_pairs(first, second, view.comparison)
    drawn = distribution_lines(pairs, paper, ("-", "+"))
    return [*heading("Distributions"), *drawn[1:]] if drawn else []


def _changed_pairs(first: TableProfile, second: TableProfile, found: TableComparison | None) -> list[Any]:
    """Return the columns of both tables whose statistics differ."""
    both = [] if found is None else [(column.first, column.second) for column in _both(found)]
    known = (
        (first.columns[one], second.columns[other])
        for one, other in both
        if one is not None and other is not None and one < len(first.columns) and other < len(second.columns)
    )
    return [(one, other) for one, other in known if differs(one, other)]


def _runs(view: ComparisonView, paper: Paper) -> list[Line]:
    if view.first.manifest is None or view.second.manifest is None:
        return []
    changes = _manifest_changes(view.first.manifest, view.second.manifest)
    if not changes:
        return [*heading("Runs"), (Span("asked for the same, of the same data"),)]
    rows = [
        [Span(safe(name), "dim"), Span(paper.cut(safe(before), 40), "old"), Span(paper.cut(safe(after), 40), "new")]
        for name, before, after in changes[:_COLUMNS]
    ]
    lines = [*heading("Runs", numerals.plural(len(changes), "difference")), *grid(rows, paper, most=60)]
    return [*lines, *_more(len(changes) - _COLUMNS, "difference")]


def _manifest_changes(first: Manifest, second: Manifest) -> list[tuple[str, str, str]]:
    """Return what differs between two runs: name, before, after; empty where there is none of it."""
    before, after = facts_of(first), facts_of(second)
    # A library that only one of them has imported is not in another version.
    names = (key for key in dict.fromkeys((*before, *after)) if key[0] != "Environment" or key in before.keys() & after)
    pairs = ((key, before.get(key, ""), after.get(key, "")) for key in names if key not in _OWN)
    return [(_fact(*key), one, other) for key, one, other in pairs if one != other]


_OWN: Final = frozenset({("Options", "script"), ("Options", "output"), ("Options", "parameters")})
"""What is told otherwise, or differs between any two runs."""


def _fact(group: str, name: str) -> str:
    return f"{group}, {name}" if group else name


def _more(count: int, one: str) -> list[Line]:
    return [(Span(f"{numerals.plural(count, one)} more", "dim"),)] if count > 0 else []
