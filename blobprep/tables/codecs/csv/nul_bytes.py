"""The row and column of the first NUL byte in a delimited text, found by reading the text again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

__all__ = ["find_first_nul"]

_BLOCK: Final = 128 << 20


@dataclass(slots=True)
class _OddRows:
    """The numbers of rows that pyarrow leaves out because of their number of cells, and of those with a NUL byte."""

    left_out: list[int] = field(default_factory=list)
    torn: list[int] = field(default_factory=list)

    def __call__(self, row: Any) -> str:
        """Note a row that pyarrow asks about."""
        self.left_out.append(row.number)
        if "\0" in row.text:
            self.torn.append(row.number)
        return "skip"

    def number(self, kept: int) -> int:
        """Return the number of a row in the text, given its number among the rows kept."""
        for other in self.left_out:
            kept += other <= kept
        return kept


def find_first_nul(file: Any, parsing: Callable[[Any], Any], converting: Any, header: bool) -> str:
    """Return a description of the place of the first NUL byte in a text.

    Args:
        file: the text, positioned at its start.
        parsing: returns pyarrow's parse options, given the handler for rows with a wrong number of cells.
        converting: pyarrow's convert options, with all columns as text.
        header: whether the first row has the labels.
    """
    odd, kept, labels = _OddRows(), 0, []
    reading = pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=_BLOCK, use_threads=False)
    try:
        with pyarrow.csv.open_csv(file, reading, parsing(odd), converting) as reader:
            for batch in reader:
                if header and not kept and batch.num_rows:
                    labels = [str(column[0].as_py() or "").replace("\0", "") for column in batch.columns]
                row, position = _find_in_batch(batch)
                number = odd.number(kept + row + 1)
                if row >= 0 and not (odd.torn and odd.torn[0] < number):
                    return _describe_place(number - header, labels[position] if labels else f"Col{position + 1}")
                kept += batch.num_rows
                if odd.torn and odd.torn[0] < odd.number(kept + 1):
                    break
    except pa.ArrowInvalid:
        pass  # a row longer than a block
    return _describe_place(odd.torn[0] - header, "") if odd.torn else "a row"


def _find_in_batch(batch: pa.RecordBatch) -> tuple[int, int]:
    """Return row and column of the first cell with a NUL byte; the row is -1 if there is no such cell."""
    rows = [pc.index(pc.match_substring(column, "\0"), True).as_py() for column in batch.columns]
    return min(((row, position) for position, row in enumerate(rows) if row >= 0), default=(-1, 0))


def _describe_place(row: int, label: str) -> str:
    where = f"row {row}" if row else "the header"
    return f"{where}, column {label!r}" if label else where
