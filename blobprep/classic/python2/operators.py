"""Operators that changed: `/` of integers, `%` of texts. Pandas and numpy are asked only if the script loaded them."""

from __future__ import annotations

import datetime
import sys
from typing import Any, Final

from blobprep.classic.python2.rendering import shown
from blobprep.classic.python2.text import ByteString, NativeText, from_bytes, is_foreign, to_bytes

__all__ = ["div", "idiv", "idiv_attribute", "idiv_item", "mod"]

_WHOLE: Final = frozenset({int, bool})
_REAL: Final = frozenset({float, complex})
_INTEGER_KINDS: Final = frozenset("biu")


def div(left: Any, right: Any) -> Any:
    """Return what `left / right` was: of two integers the integer below their quotient."""
    first, second = type(left), type(right)
    if first in _WHOLE and second in _WHOLE:
        return left // right
    if first in _REAL or (second in _REAL and first in _WHOLE):
        return left / right if second in _WHOLE or second in _REAL else _of_others(left, right)
    if isinstance(left, datetime.timedelta) and second in _WHOLE:
        return left // right
    return _of_others(left, right)


def idiv(left: Any, right: Any) -> Any:
    """Return what is assigned by `left /= right`; an array is changed in place."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(left, numpy.ndarray):
        left[...] = div(left, right)
        return left
    method = getattr(type(left), "__idiv__", None)
    if method is not None:
        result = method(left, right)
        if result is not NotImplemented:
            return result
    return div(left, right)


def idiv_item(owner: Any, key: Any, right: Any) -> None:
    """Do what `owner[key] /= right` did."""
    owner[key] = idiv(owner[key], right)


def idiv_attribute(owner: Any, name: str, right: Any) -> None:
    """Do what `owner.name /= right` did."""
    setattr(owner, name, idiv(getattr(owner, name), right))


def _of_others(left: Any, right: Any) -> Any:
    """Divide anything but two plain numbers. Objects of pandas divided truly, arrays of integers did not."""
    pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
    if pandas is not None and _is_any(pandas.core.base.PandasObject, left, right):
        return left / right
    if numpy is not None and _is_any((numpy.ndarray, numpy.generic), left, right):
        left, right = (numpy.asarray(side) if isinstance(side, list | tuple) else side for side in (left, right))
        kinds = (_kind(left), _kind(right))
        if "O" in kinds and None not in kinds:
            return numpy.frompyfunc(div, 2, 1)(left, right)
        return left // right if _INTEGER_KINDS.issuperset(kinds) else left / right
    return _by_method(left, right)


def _is_any(kinds: Any, *values: Any) -> bool:
    return any(isinstance(value, kinds) for value in values)


def _by_method(left: Any, right: Any) -> Any:
    """Divide by the methods that Python 2 called, if one side has them."""
    for owner, name, other in ((left, "__div__", right), (right, "__rdiv__", left)):
        method = getattr(type(owner), name, None)
        if method is not None:
            result = method(owner, other)
            if result is not NotImplemented:
                return result
    return left / right


def _kind(value: Any) -> str | None:
    """Return the kind of numpy's dtype; None for what is no number and no array."""
    if type(value) in _WHOLE:
        return "i"
    if type(value) in _REAL:
        return "f"
    return getattr(getattr(value, "dtype", None), "kind", None)


def mod(left: Any, right: Any) -> Any:
    """Return what `left % right` was; a text shows floats with twelve digits."""
    if isinstance(left, str):
        return _format_text(left, right)
    if isinstance(left, ByteString) or not isinstance(left, bytes):
        return left % right
    return ByteString(left) % right


def _format_text(left: str, right: Any) -> Any:
    if "%(" in left and not isinstance(right, dict):
        return left % right
    parts = [*right.values()] if isinstance(right, dict) else [*right] if isinstance(right, tuple) else [right]
    as_bytes = _is_any((ByteString, NativeText), left, *parts) and not any(map(is_foreign, (left, *parts)))
    adapted = [shown(_as_letters(part)) if as_bytes else shown(part) for part in parts]
    values = dict(zip(right, adapted, strict=True)) if isinstance(right, dict) else tuple(adapted)
    if not as_bytes:
        return left % values
    # Widths count bytes: each is one letter here.
    return from_bytes((_as_letters(left) % values).encode("latin-1"), "utf-8")


def _as_letters(part: Any) -> Any:
    """Return bytes as a text with one letter for each."""
    return _Letters(to_bytes(part).decode("latin-1")) if isinstance(part, str | bytes) else part


class _Letters(str):
    """Bytes as a text with one letter for each, which `%r` shows as bytes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(self.encode("latin-1"))[1:]
