"""Describe values as JSON: enough to tell that two are equal to a script which looks at them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from tests.legacy.probes.normalising import Places, is_recent, normal

__all__ = ["described"]

_LONG = 1000


def described(value: Any, places: Places) -> Any:
    """Describe a value; what differs from run to run is named instead."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _text(normal(str.__str__(value), places))
        case bytes() | bytearray():
            return {type(value).__name__: _text(normal(bytes(value).decode("latin-1"), places))}
        case BaseException():
            return _error(value, places)
        case datetime():
            moment = "<time>" if is_recent(value) else value.isoformat()
            return {"datetime": moment, "zone": repr(value.tzinfo)}
        case date():
            return {"date": value.isoformat()}
        case dict():
            return _with_attributes("dict", {str(k): described(v, places) for k, v in value.items()}, value, places)
        case list():
            return _with_attributes("list", [described(item, places) for item in value], value, places)
        case tuple():
            return {"tuple": [described(item, places) for item in value]}
        case set() | frozenset():
            return {"set": sorted(repr(item) for item in value)}
        case type():
            return {"type": value.__name__, "mro": _lineage(value)}
    if callable(value) and not hasattr(value, "__dict__"):
        return {"callable": getattr(value, "__name__", "?")}
    return {"class": type(value).__name__, "attributes": _attributes(value, places)}


def _text(text: str) -> Any:
    if len(text) <= _LONG:
        return text
    return {"length": len(text), "md5": hashlib.md5(text.encode()).hexdigest(), "start": text[:40]}


def _with_attributes(kind: str, plain: Any, value: Any, places: Places) -> Any:
    attributes = _attributes(value, places) if hasattr(value, "__dict__") else {}
    return {kind: plain, "attributes": attributes} if attributes else plain


def _attributes(value: Any, places: Places) -> dict[str, Any]:
    names = {name for name in vars(value) if not name.startswith("_")} if hasattr(value, "__dict__") else set()
    if type(value).__name__ == "ListGenerator":
        names |= {"items", "next_marker"}
    return {name: described(getattr(value, name), places) for name in sorted(names)}


def _error(error: BaseException, places: Places) -> dict[str, Any]:
    told = {
        "raised": type(error).__name__,
        "mro": _lineage(type(error)),
        "text": _text(normal(str(error), places)),
        "args": [described(part, places) for part in error.args],
    }
    for name in ("status_code", "error_code"):
        if hasattr(error, name):
            told[name] = getattr(error, name)
    if told["args"] == [told["text"]]:
        del told["args"]
    return told


def _lineage(kind: type) -> list[str]:
    return [base.__name__ for base in kind.__mro__[1:-1]]
