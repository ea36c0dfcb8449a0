"""Nested Arrow arrays: find the plain arrays inside them, or rebuild them with others. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

__all__ = ["decode_dictionary", "flatten", "iter_plain", "rebuild", "replace_children"]


def decode_dictionary(array: Any) -> Any:
    """Return a categorical array as its labels, and any other array unchanged."""
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def flatten(array: Any) -> list[Any]:
    """Return the direct children of a nested array: list values, struct fields, map keys and items.

    Values below a missing outer value are left out or missing.
    """
    kind, is_ = array.type, pa.types
    if is_.is_struct(kind):
        return list(array.flatten())
    if is_.is_map(kind):
        entries = pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))
        return list(array.cast(entries).flatten().flatten())
    return [array.flatten()] if is_.is_nested(kind) else []


def iter_plain(array: Any) -> Iterator[Any]:
    """Yield the arrays inside an array that are not nested, or the array itself; categories as their labels."""
    if pa.types.is_nested(array.type):
        for inner in flatten(array):
            yield from iter_plain(inner)
    else:
        yield decode_dictionary(array)


def rebuild(array: Any, make: Callable[[Any], Any]) -> Any:
    """Return an array in which the arrays that are not nested are replaced.

    Args:
        array: its nesting stays as it is; it may be plain itself.
        make: takes a plain or categorical array and returns one of the same length; called for fields in order, and
            for keys before items.
    """
    if not pa.types.is_nested(array.type):
        return make(array)
    return replace_children(array, lambda inner: rebuild(inner, make))


def replace_children(array: Any, make: Callable[[Any], Any]) -> Any:
    """Return a nested array whose direct children are replaced.

    Args:
        array: a struct, map or list.
        make: takes a child and returns one of the same length; the child of a sliced list or map is not sliced.
    """
    kind, is_ = array.type, pa.types
    if is_.is_struct(kind):
        if not kind.num_fields:
            return array
        fields = [make(array.field(at)) for at in range(kind.num_fields)]
        names = [field.with_type(child.type) for field, child in zip(kind, fields, strict=True)]
        return pa.StructArray.from_arrays(fields, fields=names, mask=array.is_null())
    if is_.is_map(kind):
        keys, items = make(array.keys), make(array.items)
        new_kind = pa.map_(
            kind.key_field.with_type(keys.type), kind.item_field.with_type(items.type), keys_sorted=kind.keys_sorted
        )
        entries = pa.StructArray.from_arrays([keys, items], fields=[new_kind.key_field, new_kind.item_field])
        return _with_values(array, new_kind, entries)
    values = make(array.values)
    field = kind.value_field.with_type(values.type)
    if is_.is_fixed_size_list(kind):
        return _with_values(array, pa.list_(field, kind.list_size), values)
    return _with_values(array, pa.large_list(field) if is_.is_large_list(kind) else pa.list_(field), values)


def _with_values(array: Any, kind: Any, values: Any) -> Any:
    buffers = array.buffers()[: 1 if pa.types.is_fixed_size_list(kind) else 2]
    return pa.Array.from_buffers(kind, len(array), buffers, array.null_count, array.offset, [values])
