"""A column as Swagger and OpenAPI have it, and example rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from blobprep.service.definitions import Cell, Column, ServiceDefinition, ServiceInput

__all__ = ["column_schema", "example_request", "example_rows", "item_schema"]

_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "String": ("string", "string"),
    "Double": ("number", "double"),
    "Single": ("number", "float"),
    "Boolean": ("boolean", ""),
    "DateTime": ("string", "date-time"),
    "TimeSpan": ("string", "time-span"),
    "Byte": ("integer", "uint8"),
    "SByte": ("integer", "int8"),
    **{f"{sign}Int{bits}": ("integer", f"{sign.lower()}int{bits}") for sign in ("", "U") for bits in (16, 32, 64)},
}
_EXAMPLES: Final[Mapping[str, Cell]] = {
    "string": "value",
    "number": 1.5,
    "integer": 1,
    "boolean": True,
}
_TIMES: Final[Mapping[str, Cell]] = {"date-time": "2010-05-30T18:07:00", "time-span": "1.02:03:04"}


def column_schema(column: Column) -> dict[str, Any]:
    """Return the schema of a column's cells, as Swagger 2.0 has it and the R client reads it."""
    kind, form = _TYPES.get(column.type, ("string", "string"))
    schema: dict[str, Any] = {"type": kind}
    if form:
        schema["format"] = form
    if column.categories:
        schema["enum"] = list(column.categories)
    if column.nullable:
        schema["x-ms-isnullable"] = True
    return schema


def item_schema(columns: tuple[Column, ...]) -> dict[str, Any]:
    """Return the schema of a row object; of any row where the columns are not known."""
    if not columns:
        return {"type": "object", "additionalProperties": True}
    return {
        "type": "object",
        "properties": {column.name: column_schema(column) for column in columns},
        "required": [column.name for column in columns],
    }


def example_rows(given: ServiceInput) -> list[dict[str, Cell]]:
    """Return rows that an input takes: those of its sample, else one that is made up."""
    if given.sample is not None:
        return [dict(zip(given.sample.names, row, strict=True)) for row in given.sample.rows]
    return [{column.name: _example(column) for column in given.columns}]


def example_request(service: ServiceDefinition) -> dict[str, Any]:
    """Return a request in the form of row objects."""
    return {
        "Inputs": {given.name: example_rows(given) for given in service.inputs},
        "GlobalParameters": {name: default or "value" for name, default in service.parameters.items()},
    }


def _example(column: Column) -> Cell:
    if column.categories:
        return column.categories[0]
    kind, form = _TYPES.get(column.type, ("string", "string"))
    return _TIMES.get(form, _EXAMPLES[kind])
