"""Nested arrays taken apart into plain ones, and put together again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

__all__ = ["decoded", "flattened", "plain", "rebuilt"]


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
    kind, is_ = array.type, pa.types
    if not is_.is_nested(kind):
        return make(array)
    if array.offset:
        array = pa.concat_arrays([array, array.slice(0, 0)])
    buffers = array.buffers()
    if is_.is_struct(kind):
        fields = [rebuilt(array.field(place), make) for place in range(kind.num_fields)]
        made = pa.struct([field.with_type(each.type) for field, each in zip(kind, fields, strict=True)])
        return pa.Array.from_buffers(made, len(array), buffers[:1], children=fields)
    if is_.is_map(kind):
        keys, items = rebuilt(array.keys, make), rebuilt(array.items, make)
        made = pa.map_(keys.type, items.type, kind.keys_sorted)
        entries = pa.StructArray.from_arrays([keys, items], fields=[made.key_field, made.item_field])
        return pa.Array.from_buffers(made, len(array), buffers[:2], children=[entries])
    values = rebuilt(array.values, make)
    inner = kind.value_field.with_type(values.type)
    if is_.is_fixed_size_list(kind):
        made = pa.list_(inner, kind.list_size)
        return pa.Array.from_buffers(made, len(array), buffers[:1], children=[values])
    made = pa.large_list(inner) if is_.is_large_list(kind) else pa.list_(inner)
    return pa.Array.from_buffers(made, len(array), buffers[:2], children=[values])
