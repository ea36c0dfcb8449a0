"""Methods that make windows, by the arguments of then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from blobprep.classic.runtime.calls import Unreadable
from blobprep.classic.runtime.windows import resampled

__all__ = ["apply_to_arrays", "method"]


def method(call: Callable[[Mapping[str, Any]], Any], self: Any, *, freq: Any = None, axis: Any = 0, center: Any = None,
           **given: Any) -> Any:  # fmt: skip
    """Make a window of a method of then: `freq` resamples first, `axis=1` goes along the columns."""
    if "window" in given and center is not None:
        given["center"] = center
    if axis in (1, "columns"):
        return _AlongColumns(method(call, self.T, freq=freq, **given) if freq else _made(self.T, given))
    if freq is None:
        return call(given)
    return _made(resampled(self, freq, None), given)


def _made(owner: Any, given: Mapping[str, Any]) -> Any:
    if "window" in given:
        return owner.rolling(**given)
    return owner.ewm(**given) if {"com", "span", "halflife", "alpha"} & given.keys() else owner.expanding(**given)


class _AlongColumns:
    """A window along the columns: that of the transposed frame, whose results are transposed back."""

    def __init__(self, window: Any) -> None:
        self._window = window

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._window, name)
        return (lambda *args, **given: found(*args, **given).T) if callable(found) else found


def apply_to_arrays(call: Callable[[Mapping[str, Any]], Any], self: Any, *, func: Any, **given: Any) -> Any:
    """Apply a function to the array of each window, where it does not take a series."""
    if given.get("raw") or not callable(func):
        raise Unreadable
    return call({**given, "func": func, "raw": True})
