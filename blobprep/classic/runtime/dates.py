"""Dates, frequencies and groups of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from blobprep.classic.runtime.calls import Unreadable
from blobprep.classic.runtime.frequencies import present

__all__ = ["date_range", "time_grouper", "to_datetime", "to_numeric", "weekday_name", "with_frequency"]


def weekday_name(self: Any) -> Any:
    """Return the English names of the days of the week."""
    return self.day_name()


def series_week(self: Any) -> Any:
    """Return the weeks of the year."""
    found = self.isocalendar()["week"].astype("int64")
    return found.rename(self.year.name)


def index_week(self: Any) -> Any:
    """Return the weeks of the year."""
    return pd.Index(self.isocalendar()["week"].astype("int64").to_numpy(), dtype="int64")


def period_now(freq: Any) -> Any:
    """Return the present period."""
    return pd.Period.now(freq)


def time_grouper(freq: Any = "Min", closed: Any = None, label: Any = None, how: Any = "mean", nperiods: Any = None,
                 axis: Any = 0, fill_method: Any = None, limit: Any = None, loffset: Any = None, kind: Any = None,
                 convention: Any = None, base: int = 0, key: Any = None, **given: Any) -> Any:  # fmt: skip
    """Group by a frequency of time."""
    if loffset is not None or kind is not None:
        raise NotImplementedError("TimeGrouper with loffset or kind: move the index of the result instead")
    options = {"closed": closed, "label": label, "convention": convention, "key": key, **given}
    if base:
        options["offset"] = pd.Timedelta(base, unit="min" if str(freq).lower().endswith(("t", "min")) else "h")
    return pd.Grouper(freq=present(freq), **{name: value for name, value in options.items() if value is not None})


def with_frequency(call: Callable[[Mapping[str, Any]], Any], *_: Any, **given: Any) -> Any:
    """Call with the present name of a frequency."""
    renamed = {name: present(value) if name in ("freq", "rule") else value for name, value in given.items()}
    if renamed == given:
        raise Unreadable
    return call(renamed)


def date_range(call: Callable[[Mapping[str, Any]], Any], *, closed: Any = None, **given: Any) -> Any:
    """Return the dates of a range; `closed` says which ends are in it."""
    given = {name: present(value) if name == "freq" else value for name, value in given.items()}
    if closed in ("left", "right"):
        given["inclusive"] = closed
    return call(given)


def between_time(
    call: Callable[[Mapping[str, Any]], Any],
    self: Any,
    *,
    include_start: bool = True,
    include_end: bool = True,
    **given: Any,
) -> Any:
    """Return the rows between two times of the day."""
    words = {(True, True): "both", (True, False): "left", (False, True): "right", (False, False): "neither"}
    return call({**given, "inclusive": words[bool(include_start), bool(include_end)]})


def to_datetime(
    call: Callable[[Mapping[str, Any]], Any], *, arg: Any = None, errors: Any = "raise", coerce: Any = None,
    box: Any = True,
    **given: Any,
) -> Any:  # fmt: skip
    """Return dates; what is none is missing if `coerce`, and everything stays as it is if `errors='ignore'`."""
    if coerce:
        errors = "coerce"
    if errors == "ignore":
        try:
            return call({**given, "arg": arg})
        except (TypeError, ValueError):
            return arg
    if isinstance(arg, pd.Series | list | tuple | np.ndarray | pd.Index) and "format" not in given:
        return call({**given, "arg": arg, "errors": errors, "format": "mixed"})
    return call({**given, "arg": arg, "errors": errors})


def to_numeric(
    call: Callable[[Mapping[str, Any]], Any], *, arg: Any = None, errors: Any = "raise", **given: Any
) -> Any:
    """Return numbers; what was given, if `errors='ignore'` and something is none."""
    if errors != "ignore":
        raise Unreadable
    try:
        return call({**given, "arg": arg})
    except (TypeError, ValueError):
        return arg


def index_of(call: Callable[[Mapping[str, Any]], Any], kind: Any, *, start: Any = None, end: Any = None,
             periods: Any = None,
             freq: Any = None, data: Any = None, **given: Any) -> Any:  # fmt: skip
    """Return an index of the dates or periods of a range."""
    if data is not None or (start is None and end is None):
        raise Unreadable
    if kind is pd.PeriodIndex:
        return pd.period_range(start, end, periods=periods, freq=freq, name=given.get("name"))
    make: Any = pd.date_range
    return make(start, end, periods=periods, freq=present(freq), **given)
