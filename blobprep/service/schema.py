"""The schema of a service: types of Arrow as classic names, and columns that a sample or a request tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from blobprep.protocol.classic_cells import spell_double
from blobprep.service.definitions import Cell, Column, ServiceTable
from blobprep.service.wire.cells import CellError, read_cell

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["classic_type", "guess_columns", "learn_from_sample", "typed"]

_TYPES: Final[Mapping[str, str]] = {
    "bool": "Boolean",
    "int8": "SByte",
    "int16": "Int16",
    "int32": "Int32",
    "int64": "Int64",
    "uint8": "Byte",
    "uint16": "UInt16",
    "uint32": "UInt32",
    "uint64": "UInt64",
    "halffloat": "Single",
    "float": "Single",
    "double": "Double",
    "decimal": "Double",
    "date": "DateTime",
    "timestamp": "DateTime",
    "duration": "TimeSpan",
}
_NAME: Final = re.compile(r"(u?int\d+|date|decimal|[a-z]+)")
_CODE: Final = re.compile(r"\s*[+-]?0\d")  # a number would lose its zeros
_ROWS: Final = 1000  # of a sample, from which types of a text format are guessed
_SHOWN: Final = 3


def classic_type(arrow: str) -> str:
    """Return the classic name of a type of Arrow; `String` for all that .NET's tables had none for.

    >>> [classic_type(text) for text in ("int64", "timestamp[us, tz=UTC]", "date32[day]", "list<item: int8>", "string")]
    ['Int64', 'DateTime', 'DateTime', 'String', 'String']
    """
    found = _NAME.match(arrow)
    return _TYPES.get(found[1], "String") if found else "String"


def learn_from_sample(
    workspace: Workspace, reference: str, read: Mapping[str, str]
) -> tuple[tuple[Column, ...], ServiceTable]:
    """Return the columns of a dataset and a few of its rows; a child reads them.

    Args:
        workspace: the settings in force.
        reference: of the dataset, its name or path.
        read: options of reading it.

    Raises:
        BlobprepError: it cannot be read.
    """
    from blobprep.runs.preview import head

    seen = head(reference, rows=_ROWS, read=read, workspace=workspace)
    columns = tuple(Column(name, classic_type(kind)) for name, kind in zip(seen.names, seen.types, strict=True))
    rows = tuple(
        tuple(_sample_cell(cell, column) for cell, column in zip(row, columns, strict=True))
        for row in seen.rows[:_SHOWN]
    )
    return columns, ServiceTable(tuple(seen.names), tuple(column.type for column in columns), rows)


def guess_columns(table: ServiceTable) -> tuple[Column, ...]:
    """Return the columns that the cells of a request tell.

    A number is a `Double`: the next request may have a fraction; where a `Double` would lose digits, it is an `Int64`.
    Texts that are all numbers, or all truth values, are taken for what they spell, since clients send any cell as a
    text; but those that would be spelled otherwise as numbers, such as `007`, are texts.
    """
    cells = zip(*table.rows, strict=True) if table.rows else [()] * len(table.names)
    return tuple(Column(name, _guess(column)) for name, column in zip(table.names, cells, strict=True))


def typed(table: ServiceTable) -> ServiceTable:
    """Return a table that no schema was known for, as it will be read once its columns are known."""
    columns = guess_columns(table)
    rows = tuple(
        tuple(read_cell(cell, column) for cell, column in zip(row, columns, strict=True)) for row in table.rows
    )
    return ServiceTable(table.names, tuple(column.type for column in columns), rows)


def _guess(cells: Iterable[Cell]) -> str:
    values = [cell for cell in cells if cell is not None and cell != ""]
    if not values:
        return "String"
    for kind in ("Double", "Int64", "Boolean"):
        if kind == "Boolean" and not all(str(value).lower() in ("true", "false") for value in values):
            continue
        if all(_fits(value, kind) for value in values):
            return kind
    return "String"


def _fits(value: Cell, kind: str) -> bool:
    if isinstance(value, str) and _CODE.match(value):
        return False
    try:
        return read_cell(value, Column("", kind)) is not None
    except CellError:
        return False


def _sample_cell(text: str | None, column: Column) -> Cell:
    """Return a cell as a client would send it, for the documents."""
    if text is None:
        return None
    try:
        value = read_cell(text, column)
    except CellError:  # a date of Arrow's that the classic type has no spelling of
        return text
    return spell_double(value) if isinstance(value, float) and value in (float("inf"), float("-inf")) else value
