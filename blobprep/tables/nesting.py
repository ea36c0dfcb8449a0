"""Nested arrays taken apart into plain ones, and put together again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

__all__ = ["decoded", "flattened", "plain", "rebuilt", "replaced"]


def decoded(array: Any) -> Any:
    """Return an array with the labels of its categories in their place."""
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def flattened(array: Any) -> list[Any]:
    """Return the arrays right within a nested one: of values in lists, of fields, of keys and items.

    What stands where an outer value is missing is left out, or missing too.
    """
    kind, is_ = array.type, pa.types
    if is_.is_struct(kind):
        return list(array.flatten())
    if is_.is_map(kind):
        entries = pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))
        return list(array.cast(entries).flatten().flatten())
    return [array.flatten()] if is_.is_nested(kind) else []


def plain(array: Any) -> Iterator[Any]:
    """Yield the plain arrays within an array, itself where it is one; categories as their labels."""
    if pa.types.is_nested(array.type):
        for inner in flattened(array):
            yield from plain(inner)
    else:
        yield decoded(array)


def rebuilt(array: Any, make: Callable[[Any], Any]) -> Any:
    """Return an array with others in the place of the plain ones within it.

    Args:
        array: lists stay lists, and so on; itself may be plain.
        make: takes a plain array, or one of categories, and returns one of its length; is called for fields in their
            order, and for keys before items.
    """
    if not pa.types.is_nested(array.type):
        return make(array)
    return replaced(array, lambda inner: rebuilt(inner, make))


def replaced(array: Any, make: Callable[[Any], Any]) -> Any:
    """Return a nested array with others in the place of those right within it.

    Args:
        array: a struct, map or list.
        make: takes an array and returns one of its length; those of lists and maps hold more than a slice shows.
    """
    kind, is_ = array.type, pa.types
    if is_.is_struct(kind):
        if not kind.num_fields:
            return array
        fields = [make(array.field(at)) for at in range(kind.num_fields)]
        names = [field.with_type(each.type) for field, each in zip(kind, fields, strict=True)]
        return pa.StructArray.from_arrays(fields, fields=names, mask=array.is_null())
    if is_.is_map(kind):
        keys, items = make(array.keys), make(array.items)
        became = pa.map_(
            kind.key_field.with_type(keys.type), kind.item_field.with_type(items.type), keys_sorted=kind.keys_sorted
        )
        entries = pa.StructArray.from_arrays([keys, items], fields=[became.key_field, became.item_field])
        return _with_values(array, became, entries)
    values = make(array.values)
    field = kind.value_field.with_type(values.type)
    if is_.is_fixed_size_list(kind):
        return _with_values(array, pa.list_(field, kind.list_size), values)
    return _with_values(array, pa.large_list(field) if is_.is_large_list(kind) else pa.list_(field), values)


def _with_values(array: Any, kind: Any, values: Any) -> Any:
    buffers = array.buffers()[: 1 if pa.types.is_fixed_size_list(kind) else 2]
    return pa.Array.from_buffers(kind, len(array), buffers, array.null_count, array.offset, [values])
