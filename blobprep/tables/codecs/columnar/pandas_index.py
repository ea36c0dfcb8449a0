"""The index that pandas stores in a file: it becomes a column if it has a name, and is left out otherwise.

pandas writes into the schema's metadata which columns were its index; an index of evenly spaced numbers is stored only
in the metadata. Metadata may be wrong, or outdated if another program changed the rows: anything that does not fit is
ignored.

Source:
    pandas, "Developer: storing pandas DataFrame objects in Apache Parquet format"; what pyarrow and fastparquet write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.cell_text import first_text
from blobprep.tables.redaction import format_example

__all__ = ["apply_pandas_index"]

_KEY: Final = b"pandas"
_UNNAMED: Final = re.compile(r"__index_level_\d+__")
_REMEDY: Final = "give the index a name before writing the file (frame.index.name = ...)"
_INT64: Final = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class _Range:
    """An index of evenly spaced numbers, which has no column in the file."""

    name: str | None
    start: int
    stop: int
    step: int

    @property
    def count(self) -> int:
        """The number of its values; may need more than 64 bits."""
        distance = self.stop - self.start if self.step > 0 else self.start - self.stop
        return max(0, -(-distance // abs(self.step)))


def apply_pandas_index(
    table: pa.Table, asked: AskedDataset, rows: int | None, before: int = 0
) -> tuple[pa.Table, list[Translation]]:
    """Turn the indexes that pandas stored with a name into columns, and leave out those without.

    Args:
        table: the whole dataset or some of its rows.
        asked: the dataset.
        rows: the number of rows in the whole dataset; None if not known.
        before: how many of them are before those of the table.

    Returns:
        The table, and an entry for each index that was left out, renamed or added. An entry is lossy if the index that
        was left out is more than row numbers.
    """
    described = _read_description(table.schema.metadata or {})
    if described is None:
        return table, []
    names = _column_names(described)
    ledger: list[Translation] = []
    left_out = []
    labels = list(table.column_names)
    for index in _index_columns(described):
        if isinstance(index, _Range):
            table, entries = _apply_range(table, index, asked, rows, before)
            labels += table.column_names[len(labels) :]
            ledger += entries
            continue
        if labels.count(index) != 1:
            continue
        name = names.get(index, None if _UNNAMED.fullmatch(index) else index)
        at = labels.index(index)
        if name is None:
            left_out.append(at)
            ledger.append(_dropped_entry(table.column(at), index, asked))
        elif name != index:
            labels[at] = name
            ledger.append(
                Translation(asked.port, name, "rename", f"The index {name!r}, stored as {index!r}, became a column.")
            )
    kept = [at for at in range(table.num_columns) if at not in left_out]
    others = {key: value for key, value in table.schema.metadata.items() if key != _KEY}
    if table.num_columns:  # without columns, pyarrow would lose the number of rows
        table = table.rename_columns(labels).replace_schema_metadata(others or None).select(kept)
    return table, ledger


def _read_description(metadata: Mapping[bytes, bytes]) -> Mapping[str, Any] | None:
    try:
        described = json.loads(metadata.get(_KEY, b"null"))
    except (ValueError, RecursionError):
        return None
    return described if isinstance(described, dict) else None


def _list_at(described: Mapping[str, Any], key: str) -> list[Any]:
    items = described.get(key)
    return items if isinstance(items, list) else []


def _column_names(described: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the names of columns by their names in the file; None for an index without a name."""
    names = {}
    for column in _list_at(described, "columns"):
        if not isinstance(column, dict):
            continue
        name, field = column.get("name"), column.get("field_name", column.get("name"))
        if isinstance(field, str):
            names[field] = name if isinstance(name, str) and not _UNNAMED.fullmatch(name) else None
    return names


def _index_columns(described: Mapping[str, Any]) -> Iterator[str | _Range]:
    """Yield the indexes: a name in the file for each stored column, or a range without a column."""
    for index in _list_at(described, "index_columns"):
        if isinstance(index, str):
            yield index
        elif isinstance(index, dict) and index.get("kind") == "range":
            name = index.get("name")
            start, stop, step = (_int64_or_none(index.get(key)) for key in ("start", "stop", "step"))
            if start is not None and stop is not None and step:
                yield _Range(name if isinstance(name, str) else None, start, stop, step)


def _int64_or_none(value: object) -> int | None:
    return value if type(value) is int and value in _INT64 else None


def _apply_range(
    table: pa.Table, index: _Range, asked: AskedDataset, rows: int | None, before: int
) -> tuple[pa.Table, list[Translation]]:
    values_text = f"from {index.start} in steps of {index.step}"
    fits = index.count >= table.num_rows if rows is None else index.count == rows
    if index.name is None:
        if index.count == 0 or (index.start, index.step) == (0, 1):
            return table, []
        detail = f"The index has no name and was left out: numbers {values_text}."
        count = table.num_rows if fits else None
        return table, [Translation(asked.port, "", "index", detail, count=count, example=str(index.start))]
    if not fits:
        detail = f"The index {index.name!r} was left out: {index.count} numbers {values_text} do not fit {rows} rows."
        remedy = "call frame.reset_index() before writing the file"
        return table, [Translation(asked.port, index.name, "index", detail, True, remedy)]
    values = index.start + np.arange(before, before + table.num_rows, dtype=np.int64) * index.step
    detail = f"The index {index.name!r}, which pandas stores apart from the columns, became one: numbers {values_text}."
    example = str(index.start) if index.count else ""
    entry = Translation(asked.port, index.name, "index", detail, count=index.count, example=example)
    return table.append_column(index.name, pa.array(values)), [entry]


def _dropped_entry(column: Any, field: str, asked: AskedDataset) -> Translation:
    lossy = not (pa.types.is_integer(column.type) or pa.types.is_null(column.type)) and column.null_count < len(column)
    remedy = _REMEDY if lossy else ""
    example = format_example(first_text(column))
    detail = f"The index has no name and was left out (column {field!r} of the file)."
    return Translation(asked.port, field, "index", detail, lossy, remedy, len(column), example)
