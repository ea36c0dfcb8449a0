"""Artifacts from a frame: single cells of the results, written unchanged beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa

from blobprep.protocol import Cell

__all__ = ["write_cells"]


def write_cells(table: pa.Table, names: Sequence[str], sink: BinaryIO, say: Callable[[str], None]) -> Iterator[Cell]:
    """Write the first cell that is not missing of each requested column, one after the other.

    Bytes are written unchanged, text as UTF-8; nothing is unpickled. A name that is not a column may be a file, which
    the parent looks for.

    Args:
        table: the results; its labels are unique.
        names: the requested names.
        sink: receives the bytes.
        say: adds a sentence to the log.

    Yields:
        The position of each cell in the sink.
    """
    offset = 0
    for name in (name for name in names if name in table.column_names):
        column = table.column(name)
        cell = _first_present(column)
        content = _read_content(cell)
        if cell is None:
            say(f"artifact {name}: all cells of the column are missing")
        elif content is None:
            say(f"artifact {name}: the column has the type {column.type}, but an artifact must be bytes or text")
        else:
            sink.write(content)
            yield Cell(name, offset, len(content))
            offset += len(content)
            if (others := len(column) - column.null_count - 1) > 0:
                say(f"artifact {name}: the column's first cell was written; {others} more are in the results")


def _first_present(column: pa.ChunkedArray) -> Any:
    index = column.is_valid().index(pa.scalar(True)).as_py()
    return None if index < 0 else column[index]


def _read_content(cell: Any) -> memoryview | None:
    if isinstance(cell, pa.DictionaryScalar):
        cell = cell.value
    buffer = cell.as_buffer() if isinstance(cell, pa.BinaryScalar) else None
    return None if buffer is None else memoryview(buffer)
