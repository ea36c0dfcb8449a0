"""The builtins of Python 2 that are gone, or behaved differently."""

from __future__ import annotations

import builtins
import decimal
import functools
import importlib
import itertools
import math
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, Final

from blobprep.classic.python2.errors import Python2Error, users_line
from blobprep.classic.python2.files import open_file
from blobprep.classic.python2.ordering import compare, largest, smallest, sort
from blobprep.classic.python2.rendering import render, represent, shown
from blobprep.classic.python2.text import ByteString, NativeText, native

__all__ = ["BUILTINS", "to_str", "to_unicode"]


def _map(function: Callable[..., Any] | None, *iterables: Iterable[Any]) -> list[Any]:
    if len(iterables) == 1:
        items = _items(iterables[0])
        return list(items) if function is None else [function(item) for item in items]
    rows = itertools.zip_longest(*map(_items, iterables))
    return list(rows) if function is None else [function(*row) for row in rows]


def _items(values: Any) -> Any:
    """Return what a loop of the script goes over: the bytes of a literal that has them."""
    return ByteString(values.data) if isinstance(values, NativeText) else values


def _filter(function: Callable[[Any], Any] | None, values: Any) -> Any:
    kept = [value for value in _items(values) if (value if function is None else function(value))]
    if isinstance(values, str):
        return "".join(kept)
    return tuple(kept) if isinstance(values, tuple) else kept


def _zip(*iterables: Iterable[Any]) -> list[Any]:
    return list(zip(*map(_items, iterables), strict=False))


def _range(*bounds: Any) -> list[int]:
    return list(_xrange(*bounds))


def _xrange(*bounds: Any) -> range:
    """Return a range; a bound that was a float was cut, and refused only by newer versions of Python 2."""
    return range(*(int(bound) if isinstance(bound, float) else bound for bound in bounds))


def _round(number: Any, digits: Any = 0) -> float:
    """Round half away from zero, by the exact value, and return a float."""
    value, places = float(number), int(digits)
    if math.isnan(value) or math.isinf(value) or places > 323:
        return value
    with decimal.localcontext() as context:
        context.prec = 1500
        exact = decimal.Decimal(value).quantize(decimal.Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP)
    return math.copysign(float(exact), value)


def to_str(*values: Any) -> Any:
    """Return what `str(value)` was."""
    if not values:
        return ""
    (value,) = values
    if isinstance(value, str | bytes):
        return native(value) if type(value) is bytes else value
    return render(value)


def to_unicode(*values: Any, **options: Any) -> Any:
    """Return what `unicode(value, encoding, errors)` was."""
    value, *rest = values or ("",)
    if not rest and not options:
        method = getattr(type(value), "__unicode__", None)
        if method is not None:
            return method(value)
        if isinstance(value, bytes):
            return value.decode("ascii")
        return str(value) if isinstance(value, str) else render(value)
    if isinstance(value, NativeText):
        value = value.data
    if isinstance(value, str) and value.isascii():
        return str(value)
    return str(value, *rest, **options)


def _input(prompt: Any = "") -> Any:
    return eval(input(prompt))  # noqa: S307  as Python 2 did


def _apply(function: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
    return function(*args, **(kwargs or {}))


def _coerce(left: Any, right: Any) -> tuple[Any, Any]:
    for kind in (complex, float, int):
        if isinstance(left, kind) or isinstance(right, kind):
            return kind(left), kind(right)
    raise TypeError("number coercion failed")


def _hash(value: Any) -> int:
    if isinstance(value, str | bytes):
        raise Python2Error(
            f"{users_line()}hash() of a text is another number in Python 3, and in each process; "
            "use hashlib or zlib.crc32"
        )
    return hash(value)


def _unichr(number: int) -> str:
    return chr(number)


def _chr(number: int) -> Any:
    if not 0 <= number < 256:
        raise ValueError("chr() arg not in range(256)")
    return native(bytes([number]))


def _ord(letter: Any) -> int:
    if isinstance(letter, NativeText):
        letter = letter.data
    return bytes(letter)[0] if isinstance(letter, ByteString) and len(letter) == 1 else ord(letter)


def _reload(module: ModuleType) -> ModuleType:
    return module if module is sys or module.__name__ == "sys" else importlib.reload(module)


def _isinstance(value: Any, kinds: Any) -> bool:
    return isinstance(value, _with_bytes(kinds))


def _with_bytes(kinds: Any) -> Any:
    if isinstance(kinds, tuple):
        return tuple(_with_bytes(kind) for kind in kinds)
    return (str, ByteString) if kinds is str else kinds


def _sum(values: Iterable[Any], start: Any = 0) -> Any:
    return sum(values, start)


def _all_of(name: str) -> Any:
    return getattr(builtins, name)


class _Buffer:
    """The builtin `buffer`: a view of bytes."""

    def __new__(cls, value: Any, offset: int = 0, size: int = -1) -> Any:
        data = value.encode("ascii") if isinstance(value, str) else value
        return memoryview(data)[offset : None if size < 0 else offset + size]


BUILTINS: Final[dict[str, Any]] = {
    "StandardError": Exception,
    "apply": _apply,
    "basestring": str,
    "buffer": _Buffer,
    "chr": _chr,
    "cmp": compare,
    "coerce": _coerce,
    "file": open_file,
    "filter": _filter,
    "format": lambda value, spec="": format(shown(value), spec),
    "hash": _hash,
    "hex": lambda number: f"{hex(number)}{'L' if abs(number) > 2**63 - 1 else ''}",
    "input": _input,
    "intern": sys.intern,
    "isinstance": _isinstance,
    "long": int,
    "map": _map,
    "max": largest,
    "min": smallest,
    "oct": lambda number: oct(number).replace("0o", "0") if number else "0",
    "open": open_file,
    "ord": _ord,
    "range": _range,
    "raw_input": _all_of("input"),
    "reduce": functools.reduce,
    "reload": _reload,
    "repr": represent,
    "round": _round,
    "sorted": sort,
    "unichr": _unichr,
    "unicode": str,
    "xrange": _xrange,
    "zip": _zip,
}
"""What a translated module finds among its builtins besides those of Python 3, or instead of them."""
