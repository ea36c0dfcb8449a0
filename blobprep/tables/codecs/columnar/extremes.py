"""The least and the largest values of columns: enough to choose a type that can hold all of them.

Values in lists and structs count as well; of maps nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from blobprep.tables.codecs.sources import Source
from blobprep.tables.nesting import flatten

__all__ = ["find_extremes", "find_unfilled", "read_extremes"]

_Leaf = Callable[[Any], Any]
"""Returns the extremes of the next column without children, in the order of the schema, by its type."""


def find_extremes(column: Any) -> Any:
    """Return an array of the least and the largest values of a chunked array; nested as its values are."""
    return _of_chunks(column.type, column.chunks)


def read_extremes(source: Source, schema: pa.Schema) -> dict[str, Any]:
    """Return what `find_extremes` does for each column of a Parquet file, of which only the footer is read.

    Args:
        source: the file.
        schema: of the dataset that is read from it.

    Returns:
        By label: an array as of `find_extremes`; of what the type can hold if the footer lacks them.
    """
    if not any(map(_matters, _plain_types(schema))):
        return {}
    with pyarrow.parquet.ParquetFile(pa.PythonFile(source, mode="r"), pre_buffer=False) as file:
        first, counts = 0, dict[str, tuple[int, int]]()
        for field in file.schema_arrow:
            counts[field.name] = first, sum(1 for _ in _plain_types([field]))
            first += counts[field.name][1]
        known = {}
        for field in schema:
            start, count = counts.get(field.name, (0, 0))
            fits = first == len(file.schema.names) and count == sum(1 for _ in _plain_types([field]))
            leaves = iter(range(start, start + count) if fits else ())
            known[field.name] = _assemble(field.type, partial(_of_next_leaf, file, leaves))
        return known


def find_unfilled(source: Source) -> set[str]:
    """Return the labels of the columns of a Parquet file that have no value by its footer; nested ones are left out."""
    with pyarrow.parquet.ParquetFile(pa.PythonFile(source, mode="r"), pre_buffer=False) as file:
        groups = [file.metadata.row_group(place) for place in range(file.num_row_groups)]
        leaves = [(file.schema.column(place), place) for place in range(len(file.schema.names))]
        plain = [(leaf.name, place) for leaf, place in leaves if leaf.path == leaf.name]
        return {label for label, place in plain if all(_is_unfilled(group, place) for group in groups)}


def _is_unfilled(group: Any, leaf: int) -> bool:
    known = group.column(leaf).statistics if group.num_rows else None
    return not group.num_rows or (known is not None and known.has_null_count and known.null_count == group.num_rows)


def _matters(kind: Any) -> bool:
    is_ = pa.types
    return bool(is_.is_integer(kind) or is_.is_timestamp(kind) or is_.is_duration(kind))


def _plain_types(fields: Sequence[Any] | pa.Schema) -> Iterator[Any]:
    """Yield the types of the columns without children, in the order of a Parquet schema."""
    for field in fields:
        if pa.types.is_nested(field.type):
            yield from _plain_types(_children(field.type))
        else:
            yield field.type


def _assemble(kind: Any, leaf: _Leaf) -> Any:
    """Return an array of a type whose plain arrays are those of `leaf`, which is called once for each of them."""
    is_ = pa.types
    if is_.is_map(kind):
        _assemble(kind.key_type, leaf), _assemble(kind.item_type, leaf)
        return pa.array([], kind)
    if is_.is_struct(kind):
        children = [_assemble(field.type, leaf) for field in kind]
        length = max(map(len, children), default=0)
        return pa.StructArray.from_arrays([_padded(child, length) for child in children], fields=list(kind))
    if is_.is_fixed_size_list(kind):
        values = _assemble(kind.value_type, leaf)
        size = kind.list_size
        return pa.FixedSizeListArray.from_arrays(_padded(values, -(-len(values) // size) * size), type=kind)
    if is_.is_list(kind) or is_.is_large_list(kind):
        values = _assemble(kind.value_type, leaf)
        make = pa.LargeListArray if is_.is_large_list(kind) else pa.ListArray
        return make.from_arrays([0, len(values)], values, type=kind)
    return leaf(kind)


def _padded(array: Any, length: int) -> Any:
    return pa.concat_arrays([array, pa.nulls(length - len(array), array.type)])


def _of_chunks(kind: Any, chunks: Sequence[Any]) -> Any:
    plain: list[list[Any]] = []

    def gather(arrays: Sequence[Any], kind: Any) -> None:
        if not pa.types.is_nested(kind):
            plain.append(list(arrays))
            return
        children = [flatten(array) for array in arrays]
        for place, field in enumerate(_children(kind)):
            gather([parts[place] for parts in children], field.type)

    gather(chunks, kind)
    leaves = iter(plain)
    return _assemble(kind, lambda own: _of_plain(next(leaves), own))


def _children(kind: Any) -> list[Any]:
    if pa.types.is_map(kind):
        return [kind.key_field, kind.item_field]
    return [kind.field(place) for place in range(kind.num_fields)]


def _of_plain(arrays: Sequence[Any], kind: Any) -> Any:
    if not _matters(kind):
        return pa.array([], kind)
    # Not all types of times can be compared, but their numbers can.
    stored = _stored(kind)
    found = pc.min_max(pa.chunked_array([array.view(stored) for array in arrays], stored))
    return _extremes([found[name].as_py() for name in ("min", "max") if found[name].is_valid], kind)


def _of_next_leaf(file: Any, leaves: Iterator[int], kind: Any) -> Any:
    """Return the extremes of the next column of a Parquet file, if there is one; else of what its type can hold."""
    leaf = next(leaves, None)
    if not _matters(kind):
        return pa.array([], kind)
    groups = () if leaf is None else map(file.metadata.row_group, range(file.num_row_groups))
    found = [group.column(leaf).statistics for group in groups if group.num_rows]  # an empty one has none
    if leaf is None or not all(map(_are_known, found)):
        return _extremes(_limits(kind), kind)
    # The raw numbers of unsigned columns would be signed; those of times have no other form that holds all.
    names = ("min_raw", "max_raw") if pa.types.is_temporal(kind) else ("min", "max")
    numbers = [getattr(known, name) for known in found if known.has_min_max for name in names]
    return _extremes([min(numbers), max(numbers)] if numbers else [], kind)


def _extremes(numbers: Sequence[int], kind: Any) -> Any:
    return pa.array(numbers, _stored(kind)).view(kind)


def _stored(kind: Any) -> Any:
    return pa.int64() if pa.types.is_temporal(kind) else kind


def _limits(kind: Any) -> tuple[int, int]:
    width = kind.bit_width
    return (0, 2**width - 1) if pa.types.is_unsigned_integer(kind) else (-(2 ** (width - 1)), 2 ** (width - 1) - 1)


def _are_known(statistics: Any) -> bool:
    if statistics is None:
        return False
    return bool(statistics.has_min_max or (statistics.has_null_count and not statistics.num_values))
