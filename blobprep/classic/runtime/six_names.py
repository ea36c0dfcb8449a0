"""The names of the package six that scripts used, where it is not installed."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["iteritems", "string_types"]

PY2: Final = False
PY3: Final = True
string_types: Final = (str,)
integer_types: Final = (int,)
text_type = str
binary_type = bytes
StringIO = io.StringIO
BytesIO = io.BytesIO


def iteritems(mapping: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """Return the items of a mapping."""
    return iter(mapping.items())


def iterkeys(mapping: Mapping[Any, Any]) -> Iterator[Any]:
    """Return the keys of a mapping."""
    return iter(mapping.keys())


def itervalues(mapping: Mapping[Any, Any]) -> Iterator[Any]:
    """Return the values of a mapping."""
    return iter(mapping.values())


def u(text: str) -> str:
    """Return a text."""
    return text


def b(text: str) -> bytes:
    """Return the bytes of a text."""
    return text.encode("latin-1")


def lrange(*bounds: int) -> list[int]:
    """Return a range as a list."""
    return list(range(*bounds))


def lmap(*args: Any) -> list[Any]:
    """Return what `map` yields."""
    return list(builtins.map(*args))


def lzip(*args: Any) -> list[Any]:
    """Return what `zip` yields."""
    return list(builtins.zip(*args, strict=False))


range = builtins.range  # noqa: A001  the names of then
zip = builtins.zip  # noqa: A001
map = builtins.map  # noqa: A001
