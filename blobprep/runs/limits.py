"""The limits of a run, from the options and the settings."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from typing import Any, Final

from blobprep.errors import InvalidOption
from blobprep.limits import LIMITS, LimitRow, Limits
from blobprep.runs.option_kinds import NO_LIMIT
from blobprep.settings.sizes import machine_memory, parse_size
from blobprep.settings.workspace import Workspace

__all__ = ["limits_of"]


def limits_of(workspace: Workspace, asked: Mapping[str, object], *, debug: bool = False) -> Limits:
    """Return the limits of a run: those asked for, else those in `[script]`, else the defaults.

    Args:
        workspace: the settings in force.
        asked: by name; `none` or None for no limit.
        debug: whether the run is under the debugger, which lifts the limits of time and CPU time.

    Raises:
        InvalidOption: a limit does not exist, or its value is not valid.
    """
    for name in asked:
        if name not in LIMITS:
            raise InvalidOption(f"{name!r} is not a limit", remedy=f"limits are {', '.join(LIMITS)}")
    values = {name: _value(workspace, row, asked) for name, row in LIMITS.items()}
    if debug:
        values |= {"timeout": None, "cpu": None}
    return Limits(**values)


def _value(workspace: Workspace, row: LimitRow, asked: Mapping[str, object]) -> Any:
    value = asked[row.name] if row.name in asked else workspace.setting(f"script.{row.name}")
    if value is None and row.name not in asked:
        value = row.default
    if value is None or str(value).strip().lower() == NO_LIMIT:
        return None
    return {"seconds": _seconds, "count": _count, "size": _size}[row.kind](row.name, value)


def _seconds(name: str, value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        # `--timeout none` is not valid on the command line, which takes only numbers there.
        raise InvalidOption(
            f"{name} must be a number of seconds greater than zero: {value!r}",
            remedy=f"give such a number, or --limit {name}={NO_LIMIT} for no limit",
        )
    return seconds


def _count(name: str, value: object) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdecimal()) or not int(text):
        raise InvalidOption(
            f"{name} must be a whole number greater than zero: {value!r}",
            remedy=f'give such a number, or "{NO_LIMIT}" for no limit',
        )
    return int(text)


def _size(name: str, value: object) -> int:
    text = str(value)
    if "%" in text and name not in _TOTALS:
        raise InvalidOption(f"{name} does not take a percentage: {text!r}", remedy="write bytes, 500MB or 2GiB")
    try:
        return parse_size(text, _TOTALS[name]() if name in _TOTALS else 0)
    except InvalidOption as error:
        raise InvalidOption(f"{name}: {error.message}", remedy=error.remedy) from None


def _free_disk_space() -> int:
    """Return the bytes that can still be written where the folders of runs are created."""
    system = os.statvfs(tempfile.gettempdir())
    return system.f_bavail * system.f_frsize


_TOTALS: Final[Mapping[str, Callable[[], int]]] = {"memory": machine_memory, "disk": _free_disk_space}
"""The total that a percentage refers to."""
