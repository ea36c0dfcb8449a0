"""Methods of texts by the arguments of then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["method"]


def method(call: Callable[[Mapping[str, Any]], Any], self: Any, **given: Any) -> Any:
    """Call a method of `.str`; `replace` read patterns as regular expressions."""
    name = call.args[0].__name__  # type: ignore[attr-defined]
    if name == "replace" and "regex" not in given:
        given["regex"] = True
    if name == "extract" and given.get("expand") is None:
        given["expand"] = False
    return call({key: value for key, value in given.items() if value is not None or key != "flags"})
