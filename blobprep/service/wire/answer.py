"""What a script made, as the JSON that clients read. Pure."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Final

from blobprep.service.definitions import Score, ServiceDefinition, ServiceTable
from blobprep.service.failures import failure

__all__ = ["DEVICE_COLUMN", "device_table", "results", "vector"]

DEVICE_COLUMN: Final = "Python Output JSON"
"""The one column of the output with log and figures; that of R was `R Output JSON`."""


def results(definition: ServiceDefinition, score: Score, *, swagger: bool) -> dict[str, Any]:
    """Return the answer to `/execute`.

    Names and types of columns are there with and without `details=true`: clients that do not ask for them look past
    them.

    Args:
        definition: the service.
        score: succeeded.
        swagger: tables as lists of row objects, not as names and values.
    """
    tables = dict(score.tables)
    if definition.device:
        tables[definition.device] = device_table(score)
    return {"Results": {name: _rows(table) if swagger else _table(table) for name, table in tables.items()}}


def vector(definition: ServiceDefinition, score: Score) -> list[str | None]:
    """Return the answer to `/score`: the cells of the one row that a script made of one row.

    Raises:
        ServiceFailure: it made several.
    """
    table = next(iter(score.tables.values()))
    if len(table.rows) != 1:
        raise failure("InvalidOperation", "IncompatibleModel", more=f"It made {len(table.rows)} rows; use /execute.")
    return [None if cell is None else str(cell) for cell in table.rows[0]]


def device_table(score: Score) -> ServiceTable:
    """Return the output of the Python device: one cell, a JSON object with the log and the figures.

    Source:
        The R device of a published experiment, whose JSON had the log and a list of PNG images in base64 under
        `Graphics Device`; the Python device was published the same way.
    """
    cell = json.dumps(
        {
            "Standard Output": _stream(score.log, "out"),
            "Standard Error": _stream(score.log, "err") or None,
            "visualizationType": "rOutput",
            "Graphics Device": [b64encode(figure).decode() for figure in score.figures],
        },
        ensure_ascii=False,
    )
    return ServiceTable((DEVICE_COLUMN,), ("String",), ((cell,),))


def _stream(log: str, name: str) -> str:
    """Return what the script wrote to one of its streams: a line of a log begins with the stream's name."""
    mark = f"{name} | "
    return "".join(f"{line[len(mark) :]}\n" for line in log.split("\n") if line.startswith(mark))


def _table(table: ServiceTable) -> dict[str, Any]:
    return {
        "type": "table",
        "value": {"ColumnNames": table.names, "ColumnTypes": table.types, "Values": table.rows},
    }


def _rows(table: ServiceTable) -> list[dict[str, Any]]:
    return [dict(zip(table.names, row, strict=True)) for row in table.rows]
