"""The least and the largest values of columns, as a Parquet footer has them: enough to choose a common type."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet

from blobprep.tables.codecs.sources import Source

__all__ = ["read_extremes"]


def read_extremes(source: Source, schema: pa.Schema) -> dict[str, Any]:
    """Return the least and the largest value of each column for whose type they matter: integers and times.

    Args:
        source: the file, of which the footer is read.
        schema: of the dataset that is read from it.

    Returns:
        By label: an array of both; of none if no value is there; of what the type can hold if the footer lacks them.
    """
    concerned = {field.name: field.type for field in schema if _matters(field.type)}
    if not concerned:
        return {}
    with pyarrow.parquet.ParquetFile(pa.PythonFile(source, mode="r"), pre_buffer=False) as file:
        leaves = {file.schema.column(leaf).path: leaf for leaf in range(len(file.schema.names))}
        return {label: _extremes(file, leaves.get(label), kind) for label, kind in concerned.items()}


def _matters(kind: Any) -> bool:
    is_ = pa.types
    return bool(is_.is_integer(kind) or is_.is_timestamp(kind) or is_.is_duration(kind))


def _extremes(file: Any, leaf: int | None, kind: Any) -> Any:
    signed = not pa.types.is_unsigned_integer(kind)
    stored = pa.int64() if signed else pa.uint64()
    groups = () if leaf is None else map(file.metadata.row_group, range(file.num_row_groups))
    found = [group.column(leaf).statistics for group in groups if group.num_rows]
    if leaf is None or not all(_are_known(statistics) for statistics in found):
        limits = (-(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1) if signed else (0, 2**kind.bit_width - 1)
        return pa.array(limits, stored).cast(kind)
    known = [statistics for statistics in found if statistics.has_min_max]
    # The raw numbers of unsigned columns would be signed; those of times have no other form that holds all.
    numbers = [
        number
        for statistics in known
        for number in (
            (statistics.min_raw, statistics.max_raw) if pa.types.is_temporal(kind) else (statistics.min, statistics.max)
        )
    ]
    return pa.array([min(numbers), max(numbers)] if numbers else [], stored).cast(kind)


def _are_known(statistics: Any) -> bool:
    if statistics is None:
        return False
    return bool(statistics.has_min_max or (statistics.has_null_count and not statistics.num_values))
