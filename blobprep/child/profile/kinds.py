"""The kinds of columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa

from blobprep.protocol.profiles import ColumnKind

__all__ = ["TYPE_LIMIT", "describe_type", "kind_of"]

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
    (pa.types.is_dictionary, "categorical"),
    (pa.types.is_timestamp, "time"),
    (pa.types.is_date, "time"),
    (pa.types.is_time, "time"),
    (pa.types.is_duration, "duration"),
    (pa.types.is_binary, "binary"),
    (pa.types.is_large_binary, "binary"),
    (pa.types.is_fixed_size_binary, "binary"),
)


def kind_of(type_: Any) -> ColumnKind:
    """Return the kind of a column by its type, which is a plain one."""
    return next((kind for is_one, kind in _KINDS if is_one(type_)), "nested")


def describe_type(type_: Any) -> str:
    """Return Arrow's name of a type, cut at `TYPE_LIMIT` characters."""
    text = str(type_)
    return text if len(text) <= TYPE_LIMIT else text[: TYPE_LIMIT - 1] + "…"
