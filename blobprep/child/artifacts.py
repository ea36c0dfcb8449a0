"""Artifacts out through a frame: the cell of a results column, as it is, beside the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa

from blobprep.protocol import Cell

__all__ = ["write_cells"]


def write_cells(table: pa.Table, names: Sequence[str], sink: BinaryIO, say: Callable[[str], None]) -> Iterator[Cell]:
    """Write the first cell that is not missing of each column that is asked for, end to end.

    Bytes are written as they are, text as UTF-8; nothing is unpickled. A name that is no column's may be a file's,
    which is the parent's to find.

    Args:
        table: the results, labels unique.
        names: asked for.
        sink: takes the bytes.
        say: takes a sentence for the log.

    Yields:
        Where each is.
    """
    offset = 0
    for name in (each for each in names if each in table.column_names):
        column = table.column(name)
        cell = _first(column)
        content = _content(cell)
        if cell is None:
            say(f"artifact {name}: the column of that name has no cell that is not missing")
        elif content is None:
            say(f"artifact {name}: the column of that name is {column.type}, and an artifact is bytes or text")
        else:
            sink.write(content)
            yield Cell(name, offset, len(content))
            offset += len(content)
            if (others := len(column) - column.null_count - 1) > 0:
                say(f"artifact {name} is the column's first cell that is not missing; {others} more are in the results")


def _first(column: pa.ChunkedArray) -> Any:
    index = column.is_valid().index(pa.scalar(True)).as_py()
    return None if index < 0 else column[index]


def _content(cell: Any) -> memoryview | None:
    if isinstance(cell, pa.DictionaryScalar):
        cell = cell.value
    buffer = cell.as_buffer() if isinstance(cell, pa.BinaryScalar) else None
    return None if buffer is None else memoryview(buffer)
