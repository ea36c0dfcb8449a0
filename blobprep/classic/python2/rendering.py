"""How Python 2 showed numbers: `str` of a float had twelve digits, a long ended with L, and containers used `repr`."""

from __future__ import annotations

import math
import sys
from typing import Any, Final

from blobprep.classic.python2.text import ByteString, NativeText

__all__ = ["ShownFloat", "ShownObject", "render", "represent", "shown"]

_MAXIMUM: Final = 2**63 - 1
_BOXES: Final[dict[type, tuple[str, str]]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("set([", "])"),
    frozenset: ("frozenset([", "])"),
}


def render(value: object) -> str:
    """Return what `str(value)` was."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is float:
        return _short(value, 12)  # type: ignore[arg-type]
    if kind is complex:
        return _complex(value, 12)  # type: ignore[arg-type]
    if kind in _BOXES or kind is dict:
        return represent(value)
    if isinstance(value, bytes):
        return str(ByteString(value))
    if isinstance(value, float) and _is_numpy(value):
        return _short(float(value), 12)
    if kind is type or kind is range:
        return represent(value)
    return str(value)


def represent(value: object) -> str:
    """Return what `repr(value)` was, except the `u` of texts, which are not told apart."""
    kind = type(value)
    if kind is int:
        return f"{value}L" if not -_MAXIMUM - 1 <= value <= _MAXIMUM else str(value)  # type: ignore[operator]
    if kind is str:
        return _quoted(value)  # type: ignore[arg-type]
    if kind is ByteString:
        return repr(value)
    if isinstance(value, NativeText):
        return repr(value.data)[1:]
    if isinstance(value, BaseException) and kind.__repr__ is BaseException.__repr__:
        return f"{kind.__name__}{represent(value.args)}"
    if kind is range:
        return repr(value).replace("range(0, ", "xrange(") if value.start == 0 else f"x{value!r}"  # type: ignore[attr-defined]
    if kind in _BOXES:
        return _box(value, *_BOXES[kind])
    if kind is dict:
        pairs = (f"{represent(key)}: {represent(item)}" for key, item in value.items())  # type: ignore[attr-defined]
        return "{" + ", ".join(pairs) + "}"
    if _is_numpy(value) and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return represent(value.item())
    if kind is type and issubclass(value, BaseException):  # type: ignore[arg-type]
        return repr(value).replace("<class '", "<type 'exceptions.")
    if kind is type:
        return repr(value).replace("<class 'str'>", "<type 'str'>").replace("<class '", "<type '")
    return repr(value)


def _box(value: Any, opening: str, closing: str) -> str:
    items = [represent(item) for item in value]
    comma = "," if opening == "(" and len(items) == 1 else ""
    return f"{opening}{', '.join(items)}{comma}{closing}"


def _quoted(text: str) -> str:
    """Return `repr` of a text; what is not ASCII was shown as escapes, of a kind that depends on the type."""
    return repr(text) if text.isascii() else ascii(text)


def _is_numpy(value: object) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.generic)


def _short(value: float, digits: int) -> str:
    """Return a float with at most some digits, and a point in any case."""
    if math.isnan(value) or math.isinf(value):
        return repr(value)
    text = f"{value:.{digits}g}"
    whole = text.lstrip("-").partition(".")[0]
    if "e" not in text and len(whole) >= digits:  # one digit earlier than C does, which leaves room for the point
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"
    return text if any(letter in text for letter in ".en") else f"{text}.0"


def _complex(value: complex, digits: int) -> str:
    imaginary = f"{value.imag:.{digits}g}j"
    if value.real == 0 and math.copysign(1.0, value.real) == 1.0:
        return imaginary
    sign = "" if imaginary.startswith(("-", "+")) else "+"
    return f"({value.real:.{digits}g}{sign}{imaginary})"


class ShownFloat(float):
    """A float that is shown as Python 2 showed it."""

    def __str__(self) -> str:
        return _short(float(self), 12)

    def __repr__(self) -> str:
        return float.__repr__(self)

    def __format__(self, spec: str) -> str:
        return str(self) if not spec else float.__format__(self, spec)


class ShownObject:
    """A container, or another object, that is shown as Python 2 showed it; everything else is asked of it."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __str__(self) -> str:
        return render(self._value)

    def __repr__(self) -> str:
        return represent(self._value)

    def __format__(self, spec: str) -> str:
        return format(render(self._value), spec)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._value, name)

    def __getitem__(self, key: Any) -> Any:
        return shown(self._value[key])  # type: ignore[index]


def shown(value: object) -> object:
    """Return a value as a formatting operation shall show it."""
    kind = type(value)
    if kind is str or kind is int or kind is bool:
        return value
    if kind is float or (isinstance(value, float) and _is_numpy(value)):
        return ShownFloat(value)  # type: ignore[arg-type]
    if kind in _BOXES or kind is dict or isinstance(value, bytes | NativeText) or kind is complex:
        return ShownObject(value)
    return value
