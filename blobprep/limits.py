"""What limits a script: one row for each limit, its default, and the error when it is exceeded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from blobprep import errors

__all__ = ["DEFAULTS", "LIMITS", "LimitRow", "Limits", "error_of", "exceeded"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what a script may use; None is no limit.

    Attributes:
        timeout: seconds from the start of the script to its end.
        memory: bytes the child and its own children may hold together.
        cpu: seconds of CPU time of all its threads and processes, from the start of the script.
        disk: bytes its folder may hold, each file, its results together, and its artifacts.
        files: files and folders in its folder.
        processes: threads and processes at once.
        log: bytes it may write to its output and error streams.
        log_kept: bytes of them that the log keeps, the first and the last.
        figures: images it may leave.
        figures_size: bytes of them together.
    """

    timeout: float | None = 86_400.0
    memory: int | None = None
    cpu: float | None = None
    disk: int | None = 10**10
    files: int | None = 100_000
    processes: int | None = 1024
    log: int | None = 10**9
    log_kept: int | None = 1_310_720
    figures: int | None = 1000
    figures_size: int | None = 10**9


DEFAULTS: Final = Limits()
"""Where nobody says anything; the settings add a part of this machine's memory."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """Describe a limit.

    Attributes:
        name: of the field of `Limits`, of the setting in `[script]`, and of `--limit NAME=VALUE`.
        kind: of its value; each may be `none` too.
        default: as the settings would have it.
        help: one line for documentation and messages.
        said: what a script did that went beyond, with the value at `{}`; empty where that does not end it.
        error: what it is then.
        option: of the command line, where it has one of its own.
    """

    name: str
    kind: Literal["seconds", "size", "count"]
    default: str
    help: str
    said: str = ""
    error: type[errors.RunFailed] = errors.RunFailed
    option: str = ""


_ROWS: Final = (
    LimitRow(
        "timeout",
        "seconds",
        "86400",
        "seconds a script may run",
        "did not end within {}",
        errors.TimeExceeded,
        "--timeout",
    ),
    LimitRow(
        "cpu",
        "seconds",
        "none",
        "seconds of CPU time a script may use, all its threads together",
        "used more than {} of CPU time",
        errors.CpuExceeded,
    ),
    LimitRow(
        "memory",
        "size",
        "90%",
        "what a script may hold in memory: bytes, 2GiB, or 75% of this machine's",
        "used more than {} of memory",
        errors.MemoryExceeded,
        "--memory",
    ),
    LimitRow(
        "disk",
        "size",
        "10GB",
        "what a script's folder may hold, each file in it, its results, and its artifacts; or 50% of the room there is",
        "wrote more than {}",
        errors.DiskExceeded,
    ),
    LimitRow(
        "files",
        "count",
        "100000",
        "files and folders in a script's folder",
        "made more than {} files and folders",
        errors.FilesExceeded,
    ),
    LimitRow(
        "processes",
        "count",
        "1024",
        "threads and processes a script may have at once",
        "had more than {} threads and processes",
        errors.ProcessesExceeded,
    ),
    LimitRow(
        "log",
        "size",
        "1GB",
        "what a script may write to its output and error streams",
        "wrote more than {} to its output and error streams",
        errors.LogExceeded,
    ),
    LimitRow("log_kept", "size", "1280KiB", "what the log keeps of it: the first four fifths and the last one"),
    LimitRow(
        "figures", "count", "1000", "figures a script may leave", "left more than {} figures", errors.FiguresExceeded
    ),
    LimitRow(
        "figures_size",
        "size",
        "1GB",
        "what figures may hold together",
        "left figures of more than {}",
        errors.FiguresExceeded,
    ),
)
LIMITS: Final[Mapping[str, LimitRow]] = {row.name: row for row in _ROWS}
"""The limits by name."""

_UNITS: Final = {"GiB": 1024**3, "GB": 1000**3, "MiB": 1024**2, "MB": 1000**2}


def error_of(code: str) -> type[errors.RunFailed]:
    """Return the error of a run by its manifest's `error.code`: a limit's own, else `RunFailed`."""
    return next((row.error for row in _ROWS if row.error.code == code), errors.RunFailed)


def exceeded(name: str, limits: Limits, what: str = "the script") -> errors.RunFailed:
    """Return the error of what went beyond a limit: which, its value, and the setting that changes it.

    >>> exceeded("disk", Limits())
    DiskExceeded('the script wrote more than 10 GB, the limit that [script] disk sets')
    """
    row = LIMITS[name]
    said = row.said.format(_shown(row.kind, getattr(limits, name)))
    return row.error(
        f"{what} {said}, the limit that [script] {name} sets",
        remedy=f"raise the limit with {row.option or f'--limit {name}=…'}, or do less",
    )


def _shown(kind: str, value: Any) -> str:
    if kind == "seconds":
        return f"{value:g} second{'' if value == 1 else 's'}"
    if kind == "count":
        return str(value)
    if value >= _UNITS["GB"] and all(value % size for size in _UNITS.values()):  # as a percentage leaves it
        return f"{value / _UNITS['GB']:.1f} GB"
    return next((f"{value // size} {unit}" for unit, size in _UNITS.items() if value % size == 0), f"{value} bytes")
