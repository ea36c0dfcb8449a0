"""The kinds of columns, and columns in the types that statistics are computed from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol.profiles import ColumnKind

__all__ = ["TYPE_LIMIT", "describe_type", "kind_of", "plain"]

TYPE_LIMIT: Final = 200
"""Characters of a type's name in a profile: a struct's names all of its fields."""

_KINDS: Final[tuple[tuple[Callable[[Any], bool], ColumnKind], ...]] = (
    (pa.types.is_null, "empty"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "numeric"),
    (pa.types.is_floating, "numeric"),
    (pa.types.is_decimal, "numeric"),
    (pa.types.is_string, "text"),
    (pa.types.is_large_string, "text"),
    (pa.types.is_string_view, "text"),
    (pa.types.is_dictionary, "categorical"),
    (pa.types.is_timestamp, "time"),
    (pa.types.is_date, "time"),
    (pa.types.is_time, "time"),
    (pa.types.is_duration, "duration"),
    (pa.types.is_interval, "duration"),
    (pa.types.is_binary, "binary"),
    (pa.types.is_large_binary, "binary"),
    (pa.types.is_fixed_size_binary, "binary"),
    (pa.types.is_binary_view, "binary"),
)


def kind_of(type_: Any) -> ColumnKind:
    """Return the kind of a column by its type; an extension's is that of its storage."""
    while isinstance(type_, pa.BaseExtensionType):
        type_ = type_.storage_type
    if pa.types.is_run_end_encoded(type_):
        return kind_of(type_.value_type)
    return next((kind for is_one, kind in _KINDS if is_one(type_)), "nested")


def plain(column: Any) -> Any:
    """Return a column in the type that holds the same values in the ordinary way, which nearly every column has.

    Datasets and results have no other types; a table that a caller made may.
    """
    type_, is_ = column.type, pa.types
    if isinstance(type_, pa.BaseExtensionType):
        return plain(pa.chunked_array([chunk.storage for chunk in column.chunks], type_.storage_type))
    if is_.is_run_end_encoded(type_):
        return plain(pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], type_.value_type))
    if is_.is_string_view(type_) or is_.is_binary_view(type_):
        return column.cast(pa.large_string() if is_.is_string_view(type_) else pa.large_binary())
    if is_.is_list_view(type_) or is_.is_large_list_view(type_):
        return column.cast(pa.large_list(type_.value_field))
    return column


def describe_type(type_: Any) -> str:
    """Return Arrow's name of a type, cut at `TYPE_LIMIT` characters."""
    text = str(type_)
    return text if len(text) <= TYPE_LIMIT else text[: TYPE_LIMIT - 1] + "…"
