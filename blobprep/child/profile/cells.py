"""Cells as texts of a bounded length, whatever is in them.

A cell of a table may have gigabytes. So texts and binary values are cut before they are written, lists before their
values are, and of what is still large only the size is said.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol.profiles import CELL_LIMIT
from blobprep.tables.cell_text import row_texts

__all__ = ["cells_of"]

_LARGE: Final = 1 << 16
"""Bytes of cells that are written whole before they are cut."""

_BINARY: Final = CELL_LIMIT // 4 * 3
"""Bytes of a binary value whose text has `CELL_LIMIT` characters."""


def cells_of(column: Any) -> tuple[list[str | None], list[tuple[int, int]]]:
    """Return the cells of a column, None where one is missing, and the place and whole length of each that was cut."""
    type_ = column.type
    if column.nbytes <= _LARGE:
        return _cut(_write(column))
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return _shortened(pc.utf8_slice_codeunits(column, 0, CELL_LIMIT), pc.utf8_length(column).to_pylist())
    if pa.types.is_binary(type_) or pa.types.is_large_binary(type_):
        lengths = [None if size is None else -(-size // 3) * 4 for size in pc.binary_length(column).to_pylist()]
        return _shortened(pc.binary_slice(column, 0, _BINARY), lengths)
    if pa.types.is_nested(type_):
        return _write_nested(column), []
    return _cut(_write(column))


def _write(column: Any) -> list[str | None]:
    cells = [text for (text,) in row_texts(pa.table({"": column}))]
    if pa.types.is_floating(column.type):
        cells = [None if text == "nan" else text for text in cells]
    return cells


def _cut(cells: list[str | None]) -> tuple[list[str | None], list[tuple[int, int]]]:
    long = [(at, len(cell)) for at, cell in enumerate(cells) if cell is not None and len(cell) > CELL_LIMIT]
    for at, _ in long:
        cells[at] = (cells[at] or "")[:CELL_LIMIT]
    return cells, long


def _shortened(column: Any, lengths: list[int | None]) -> tuple[list[str | None], list[tuple[int, int]]]:
    return _write(column), [(at, size) for at, size in enumerate(lengths) if size is not None and size > CELL_LIMIT]


def _write_nested(column: Any) -> list[str | None]:
    """Write nested cells one by one; of a large one it is said how large it is."""
    cells: list[str | None] = []
    for at in range(len(column)):
        cell = column.slice(at, 1)
        if cell.nbytes > _LARGE and _is_list(cell.type) and not cell.null_count:
            cell = pc.list_slice(cell, 0, CELL_LIMIT // 2)  # each value takes two characters or more
        if cell.nbytes > _LARGE:
            cells.append(f"… ({cell.nbytes:,} bytes)")
            continue
        texts, cut = _cut(_write(cell))
        cells += [f"{text[:-1]}…" if text is not None and cut else text for text in texts]
    return cells


def _is_list(type_: Any) -> bool:
    return bool(pa.types.is_list(type_) or pa.types.is_large_list(type_))
