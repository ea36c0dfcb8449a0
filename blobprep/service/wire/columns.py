"""The columns of a request, matched by name with the schema of an input. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from blobprep.service.definitions import Cell, Column, ServiceInput, ServiceTable
from blobprep.service.failures import ServiceFailure, failure
from blobprep.service.wire.cells import CellError, read_cell

__all__ = ["read_table"]


def read_table(given: ServiceInput, value: object, *, rows: int) -> ServiceTable:
    """Read the table of an input, in whichever of its two forms.

    Columns may stand in any order. Where the schema of the input is known, they are checked against it and put in its
    order; where it is not, they are taken as they are, in the order of the request.

    Args:
        given: the input.
        value: `{"ColumnNames": […], "Values": [[…], …]}`, or a list of objects, one a row.
        rows: how many there may be.

    Raises:
        ServiceFailure: a column is missing, unknown or named twice, a row is too short or too long, a cell is not of
            its column's type, or there are too many rows.
    """
    if isinstance(value, dict):
        names, values = _of_table(given, value)
    elif isinstance(value, list):
        names, values = _of_rows(given, value)
    else:
        raise _mismatch(given, "An input is an object with ColumnNames and Values, or a list of row objects.")
    if len(values) > rows:
        raise _unparsed(given, f"there are {len(values)} rows and the service takes {rows} at most")
    columns = given.columns or tuple(Column(name, "") for name in names)
    places = _places(given, names, columns)
    read = tuple(_row(given, columns, places, row, number) for number, row in enumerate(values, 1))
    return ServiceTable(tuple(c.name for c in columns), tuple(c.type for c in columns), read)


def _of_table(given: ServiceInput, value: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    parts = {str(name).lower(): part for name, part in value.items()}
    if not parts.keys() & {"columnnames", "values"}:
        return _of_rows(given, [value])  # one row object that a client did not put into a list
    names, values = parts.get("columnnames"), parts.get("values")
    values = [] if values is None else values
    if names is None:
        names = [column.name for column in given.columns]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _mismatch(given, "ColumnNames is a list of names.")
    if not isinstance(values, list):
        raise _mismatch(given, "Values is a list of rows, each a list of cells.")
    if values and not any(isinstance(row, list) for row in values) and len(values) == len(names):
        values = [values]  # a single row, which PowerShell takes out of its list
    for number, row in enumerate(values, 1):
        if not isinstance(row, list):
            raise _mismatch(given, f"Row {number} of Values is no list of cells.")
        if len(row) != len(names):
            raise _unparsed(given, f"row {number} has {len(row)} cells for {len(names)} columns")
    return names, values


def _of_rows(given: ServiceInput, rows: Sequence[Any]) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise _mismatch(given, f"Row {number} is no object of names and cells.")
    if not rows:
        return [column.name for column in given.columns], []
    # A row may leave out what is missing in it, as jsonlite does; a column that no row has is missing itself.
    names = list(dict.fromkeys(name for row in rows for name in row))
    return names, [[row.get(name) for name in names] for row in rows]


def _places(given: ServiceInput, names: Sequence[str], columns: Sequence[Column]) -> Sequence[int]:
    """Return where in a row of the request the cells of each column are."""
    by_name = {name: place for place, name in enumerate(names)}
    if len(by_name) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise _mismatch(given, f"Column {twice!r} is named twice.")
    wanted = [column.name for column in columns]
    if missing := [name for name in wanted if name not in by_name]:
        raise _mismatch(given, f"Missing: {_list(missing)}.{_hint(missing, names)}")
    if extra := [name for name in names if name not in set(wanted)]:
        raise _mismatch(given, f"Not in the schema: {_list(extra)}.")
    return [by_name[name] for name in wanted]


def _row(
    given: ServiceInput, columns: Sequence[Column], places: Sequence[int], row: Sequence[Any], number: int
) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for column, place in zip(columns, places, strict=True):
        try:
            cells.append(read_cell(row[place], column))
        except CellError as error:
            raise _unparsed(given, f"row {number}, column {_short(column.name)}: {error}") from None
    return tuple(cells)


def _hint(missing: Sequence[str], names: Iterable[str]) -> str:
    folded = {name.lower(): name for name in names}
    near = next((folded[name.lower()] for name in missing if name.lower() in folded), None)
    return "" if near is None else f" Names are case-sensitive: the request has {_short(near)}."


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(map(_short, names[:5]))
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _short(name: str) -> str:
    return repr(name if len(name) <= 60 else f"{name[:59]}…")


def _mismatch(given: ServiceInput, why: str) -> ServiceFailure:
    return failure("BadUserArgument", "InputMismatchError", more=why, target=given.name)


def _unparsed(given: ServiceInput, why: str) -> ServiceFailure:
    return failure("BadUserArgument", "InputParseError", why, target=given.name)
