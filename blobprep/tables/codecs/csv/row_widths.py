"""The error for rows with more or fewer cells than the header, with remedies that suit the text."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.csv.delimiters import describe_delimiter, likely_delimiter, spell_delimiter
from blobprep.tables.codecs.csv.layout import Layout
from blobprep.tables.codecs.errors import dataset_error, option

__all__ = ["ragged_row_error"]

_NUMBER: Final = re.compile(r"\s*[+-]?[\d.,]+\s*")


def ragged_row_error(asked: AskedDataset, layout: Layout, row: int, expected: int, actual: int) -> DatasetError:
    """Return the error for the first row that has too many or too few cells.

    Args:
        asked: the dataset.
        layout: the layout of the text.
        row: the number of the row, from 1 below the header.
        expected: the number of cells in the first row of the text.
        actual: the number of cells in that row.
    """
    above = "the header" if asked.options["header"] == "true" else "the first row"
    what = f"has {_count_cells(actual)} in row {row}, but {above} has {expected - layout.extra}"
    if layout.extra:
        what = f"has {_count_cells(actual)} in row {row}, but the rows above have {expected}"
    widths = [len(found.cells) for found in layout.rows]
    every = len(widths) > 1 and set(widths[1:]) == {actual} and row == 1 and above == "the header"
    if every:
        rows = "every row" if layout.complete else f"each of its first {len(widths) - 1} rows"
        cells = f"{abs(actual - expected)} {'more' if actual > expected else 'fewer'}"
        what = f"has {_count_cells(actual)} in {rows}, {cells} than the header, which has {expected}"
    ways = _suggest_delimiter(asked, layout) or [
        *_suggest_skip_lines(asked, layout),
        *_suggest_unlabeled(asked, layout, every),
    ]
    if not ways and not every and _mostly_fit(layout, expected):
        ways = [f"fix the row, or {option(asked, 'ragged=drop')} leaves out such rows and counts them"]
    return dataset_error(asked, what, "; or ".join(ways) or "fix the header or the rows")


def _count_cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _suggest_delimiter(asked: AskedDataset, layout: Layout) -> list[str]:
    """Suggest the character that seems to separate the cells, if it is not the one used."""
    other = likely_delimiter(layout.lines)
    if other in ("", layout.delimiter):
        return []
    remedy = option(asked, f"delimiter={spell_delimiter(other)}")
    return [f"the cells seem to be separated by {describe_delimiter(other)}: {remedy}"]


def _suggest_skip_lines(asked: AskedDataset, layout: Layout) -> list[str]:
    """Suggest skipping the lines above the first row of the usual width, if that row looks like a header."""
    widths = [len(row.cells) for row in layout.rows]
    width, many = Counter(widths[1:]).most_common(1)[0] if len(widths) > 1 else (0, 0)
    first = widths.index(width) if many else 0
    labels = layout.rows[first].cells if first else []
    distinct = len({*labels, ""}) == len(labels) + 1
    if not first or width < 2 or 2 * many < len(widths) or not distinct or any(map(_NUMBER.fullmatch, labels)):
        return []
    line = layout.rows[first].line
    lines = "the first line is" if line == 1 else f"the first {line} lines are"
    return [f"{option(asked, f'skip_lines={line}')} if {lines} not part of the table"]


def _suggest_unlabeled(asked: AskedDataset, layout: Layout, every: bool) -> list[str]:
    """Suggest how to read a column without a label, as R and pandas write the names of rows."""
    header, below = (len(row.cells) for row in layout.rows[:2]) if every else (0, 0)
    if header >= below or (header == 1 and below > 2):  # otherwise the first line is a title
        return []
    first, last = (option(asked, f"unlabeled={side}") for side in ("first", "last"))
    return [f"{first} if the first column lacks a label, as for R's row names, {last} if the last does"]


def _mostly_fit(layout: Layout, expected: int) -> bool:
    """Tell whether at least half of the first rows have this number of cells."""
    below = layout.rows[1:]
    return 2 * sum(len(row.cells) == expected for row in below) >= len(below)
