"""A record as a row of Arrow, by the declaration of `ItemRecord`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

from blobprep.batches.records import ItemRecord

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["record_schema", "record_table"]

_TIMES: Final = ("started", "ended")


def record_schema() -> pa.Schema:
    """Return the schema: lists and structs for what is nested, maps by name, times in UTC."""
    import pyarrow as pa

    hints = get_type_hints(ItemRecord)
    times = dict.fromkeys(_TIMES, pa.timestamp("ms", "UTC"))
    return pa.schema({slot.name: times.get(slot.name) or _type(hints[slot.name]) for slot in fields(ItemRecord)})


def record_table(records: Iterable[ItemRecord]) -> pa.Table:
    r"""Return records as a table of that schema.

    Names of local files, and what scripts say, may hold what is no text; it is escaped as `\udcff`.
    """
    import pyarrow as pa

    rows = list(map(record_row, records))
    try:
        return pa.Table.from_pylist(rows, record_schema())
    except UnicodeEncodeError:
        return pa.Table.from_pylist([_plain(row) for row in rows], record_schema())


def record_row(record: ItemRecord) -> dict[str, Any]:
    """Return a record as a row of that schema; a time that is empty is null."""
    values = record.to_json()
    for name, value in values.items():
        if isinstance(value, Mapping) and name != "error":
            values[name] = list(value.items())
    for name in _TIMES:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):  # those of a map are tuples
        return type(value)(map(_plain, value))
    return value


def _type(hint: Any) -> pa.DataType:
    import pyarrow as pa

    plain = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    if hint in plain:
        return plain[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return pa.string()
    if origin is UnionType:
        return _type(next(kind for kind in inner if kind is not NoneType))
    if origin is tuple:
        return pa.list_(_type(inner[0]))
    if origin is Mapping:
        return pa.map_(_type(inner[0]), _type(inner[1]))
    assert is_dataclass(hint)
    hints = get_type_hints(hint)
    return pa.struct({slot.name: _type(hints[slot.name]) for slot in fields(hint)})
