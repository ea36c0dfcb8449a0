"""The statistics of a table's columns, one line for each column. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blobprep.protocol.profiles import ColumnProfile, TableProfile, Value
from blobprep.report import numerals
from blobprep.report.text.cells import safe, width
from blobprep.report.text.lines import GAP, Line, Paper, Span, grid, wrap
from blobprep.report.text.sparkline import sparkline

__all__ = ["FOLD", "fold", "folded", "frequent_text", "statistics_lines", "type_text", "value_text"]

FOLD: Final = (24, 12)
"""Columns at the start and at the end that a terminal shows of a table with more."""


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Cells that a label, a type, a histogram and frequent values may take; `brief` leaves shares and errors out."""

    label: int
    type: int
    bars: int
    frequent: int
    brief: bool = False


_SIZES: Final = (_Sizes(32, 24, 20, 60), _Sizes(24, 14, 20, 40), _Sizes(20, 12, 16, 24, brief=True))
_SMALL: Final = _Sizes(14, 10, 8, 12, brief=True)
_WHOLE: Final = _Sizes(80, 80, 20, 80)
"""Where a line may be of any length."""
_DROPPED: Final = ("median", "mean", "unique", "max", "min", "type", "missing")
"""What is left out where a line has too little room, in this order."""
_RIGHT: Final = frozenset({"missing", "unique", "min", "mean", "median", "max"})
_DICTIONARY: Final = re.compile(r"^dictionary<values=(.+), indices=\w+(?:, ordered=\d)?>$")


def fold(count: int, paper: Paper) -> tuple[range, range]:
    """Return the columns that are shown: all, or where a terminal would scroll away, the first and the last ones."""
    first, last = FOLD
    if paper.width is None or count <= first + last + 1:
        return range(count), range(0)
    return range(first), range(count - last, count)


def statistics_lines(profile: TableProfile, paper: Paper) -> list[Line]:
    """Return a table with a line for each column: type, missing, unique, range, mean, median, distribution.

    What does not fit is left out, numbers first; the page and the JSON have it.
    """
    if not profile.columns:
        return []
    shown, end = fold(len(profile.columns), paper)
    columns = [profile.columns[place] for place in (*shown, *end)]
    names, table = _fitting(columns, paper)
    rows = [[Span(name, "heading") for name in names]]
    rows += [[table[name][place] for name in names] for place in range(len(columns))]
    lines = grid(rows, paper, right={place for place, name in enumerate(names) if name in _RIGHT})
    if end:
        lines.insert(1 + len(shown), folded(end.start - shown.stop, paper))
    if (more := profile.width - len(profile.columns)) > 0:
        lines.append((Span(f"{numerals.plural(more, 'column')} more", "dim"),))
    return [*lines, *_notes(columns, paper)]


def _fitting(columns: Sequence[ColumnProfile], paper: Paper) -> tuple[list[str], dict[str, list[Span]]]:
    """Return the columns of the table of statistics that fit, and their cells, in the largest size that does."""
    if paper.width is None:
        return _table(columns, paper, _WHOLE)
    names, table = _table(columns, paper, _SIZES[0])
    for count in range(len(_DROPPED) + 1):
        for sizes in (*_SIZES, *((_SMALL,) if count == len(_DROPPED) else ())):
            names, table = _table(columns, paper, sizes, _DROPPED[:count])
            widths = [max(width(name), *(width(span.text) for span in table[name])) for name in names]
            if sum(widths) + GAP * (len(names) - 1) <= paper.width:
                return names, table
    return names, table


def _table(
    columns: Sequence[ColumnProfile], paper: Paper, sizes: _Sizes, dropped: Sequence[str] = ()
) -> tuple[list[str], dict[str, list[Span]]]:
    kept = [name for name in _CELLS if name not in dropped]
    table = {name: [_CELLS[name](column, paper, sizes) for column in columns] for name in kept}
    always = ("column", "missing")
    return [name for name in kept if name in always or any(span.text for span in table[name])], table


def folded(count: int, paper: Paper) -> Line:
    """Return the line that stands for columns that are left out."""
    sign = paper.choose("⋮", ":")
    told = f"{sign}  {numerals.plural(count, 'column')} between; a pipe, --json and --open have them"
    return (Span(paper.cut(told, paper.room(len(told))), "dim"),)


def value_text(value: Value | None, *, about: bool = False) -> str:
    """Return a value of a statistic, as a person reads it; empty where there is none.

    >>> value_text(-1234.5), value_text("2024-05-30T00:00:00Z"), value_text("P0DT0H0M1.5S"), value_text(3.0, about=True)
    ('-1234.5', '2024-05-30', '1.5 s', '≈ 3')
    """
    if value is None:
        return ""
    if _is_time(value):
        text = _time_text(str(value))
    elif isinstance(value, str) and (length := numerals.length(value)) != value:
        text = length
    else:
        text = numerals.number(value)
    text = text.replace("−", "-")
    return f"≈ {text}" if about else text


def _is_time(value: Value) -> bool:
    return isinstance(value, str) and len(value) > 10 and value[4:5] == "-" and value[10:11] == "T"


def _time_text(text: str) -> str:
    date, _, time = text.partition("T")
    return date if time.removesuffix("Z") in ("00:00:00", "00:00") else f"{date} {time}"


def type_text(name: str) -> str:
    """Return the name of a type, shortened to what tells it from others.

    >>> type_text("dictionary<values=string, indices=int32>"), type_text("double")
    ('dictionary<string>', 'double')
    """
    found = _DICTIONARY.match(name)
    return f"dictionary<{found[1]}>" if found else name


def _column(column: ColumnProfile, paper: Paper, sizes: _Sizes) -> Span:
    return Span(paper.cut(safe(column.name), sizes.label))


def _type(column: ColumnProfile, paper: Paper, sizes: _Sizes) -> Span:
    return Span(paper.cut(safe(type_text(column.type)), sizes.type), "dim")


def _missing(column: ColumnProfile, paper: Paper, sizes: _Sizes) -> Span:
    if not column.missing:
        return Span("0", "dim")
    share = numerals.share(column.missing, column.count + column.missing)
    return Span(share if sizes.brief else f"{column.missing:,} ({share})", "warn")


def _unique(column: ColumnProfile, paper: Paper, sizes: _Sizes) -> Span:
    if column.unique is None:
        return Span("")
    text = numerals.approximate(column.unique, column.unique_error)
    return Span(paper.sign(text.partition(" ±")[0] if sizes.brief else text))


def _statistic(name: str) -> _Cell:
    def cell(column: ColumnProfile, paper: Paper, sizes: _Sizes) -> Span:
        value = getattr(column, name)
        if value is None or column.kind not in ("numeric", "time", "duration"):
            return Span("")
        about = name == "median" and column.quantiles_error > 0
        if column.kind == "time" and str(column.minimum)[:10] != str(column.maximum)[:10]:
            value = str(value).partition("T")[0]  # the days tell enough
        return Span(paper.cut(paper.sign(safe(value_text(value, about=about))), 26))

    return cell


def _distribution(column: ColumnProfile, paper: Paper, sizes: _Sizes) -> Span:
    if column.bins is not None:
        return Span(sparkline(column.bins.counts, sizes.bars, in_ascii=paper.in_ascii), "bar")
    return Span(paper.cut(frequent_text(column, paper), sizes.frequent))


def frequent_text(column: ColumnProfile, paper: Paper, most: int = 3) -> str:
    """Return the most frequent values of a column, and how many of its values they are; empty where none are known."""
    rows = column.frequent_rows or column.count
    about = "≈ " if column.frequent_rows else ""
    parts = []
    for value in column.frequent[:most]:
        text = paper.cut(safe(value.text), 16) or '""'
        parts.append(f"{text} {paper.sign(about)}{numerals.share(value.count, rows)}")
    return ", ".join(parts)


_Cell = Callable[[ColumnProfile, Paper, _Sizes], Span]
_CELLS: Final[Mapping[str, _Cell]] = {
    "column": _column,
    "type": _type,
    "missing": _missing,
    "unique": _unique,
    "min": _statistic("minimum"),
    "mean": _statistic("mean"),
    "median": _statistic("median"),
    "max": _statistic("maximum"),
    "distribution": _distribution,
}


def _notes(columns: Sequence[ColumnProfile], paper: Paper) -> list[Line]:
    """Return the notes about columns; those that say the same are told once."""
    about: dict[str, list[str]] = {}
    for column in columns:
        if column.note:
            about.setdefault(column.note, []).append(paper.cut(column.name, 32))
    lines: list[Line] = []
    for note, names in about.items():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        lines += wrap(f"{', '.join(names[:3])}{more}: {note}", paper, style="dim")
    return lines
