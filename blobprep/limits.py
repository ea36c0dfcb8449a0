"""The limits of a script: one row for each, with its default and the error when it is exceeded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from blobprep import errors

__all__ = ["DEFAULTS", "LIMITS", "LimitRow", "Limits", "error_of", "limit_error"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one run; None means no limit.

    Attributes:
        timeout: seconds from the start of the script to its end.
        memory: bytes the child and its own children may hold together.
        cpu: seconds of CPU time of all its threads and processes, from the start of the script.
        disk: bytes allowed in its folder, in each file, in its results together, and in its artifacts together.
        files: files and folders in its folder.
        processes: threads and processes at the same time.
        log: bytes it may write to its output and error streams.
        log_kept: bytes of that output kept in the log, from its beginning and its end.
        figures: images it may create.
        figures_size: bytes of all images together.
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
"""The limits if nothing is set; the settings add a part of this machine's memory (see `LimitRow.default`)."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit.

    Attributes:
        name: the field of `Limits`, the setting in `[script]`, and the name in `--limit NAME=VALUE`.
        kind: the kind of its value; each kind also takes `none`.
        default: the default, as the setting would be written.
        help: one line for documentation, `--help` and messages.
        excess: what a script that exceeds it did, with the value at `{}`; empty if exceeding it does not end the run.
        error: the error of a run that exceeded it.
        option: its own option on the command line; empty if only `--limit` sets it.
    """

    name: str
    kind: Literal["seconds", "size", "count"]
    default: str
    help: str
    excess: str = ""
    error: type[errors.RunFailed] = errors.RunFailed
    option: str = ""


_ROWS: Final = (
    LimitRow(
        "timeout",
        "seconds",
        "86400",
        "seconds the script may run",
        "did not end within {}",
        errors.TimeExceeded,
        "--timeout",
    ),
    LimitRow(
        "cpu",
        "seconds",
        "none",
        "seconds of CPU time the script may use, all its threads and processes together",
        "used more than {} of CPU time",
        errors.CpuExceeded,
    ),
    LimitRow(
        "memory",
        "size",
        "90%",
        "memory the script may use: bytes, 2GiB, or 75% of this machine's",
        "used more than {} of memory",
        errors.MemoryExceeded,
        "--memory",
    ),
    LimitRow(
        "disk",
        "size",
        "10GB",
        "size limit for the script's folder, for each file in it, for its results, and for its artifacts: bytes, 10GB, "
        "or 50% of the free disk space",
        "wrote more than {}",
        errors.DiskExceeded,
    ),
    LimitRow(
        "files",
        "count",
        "100000",
        "files and folders allowed in the script's folder",
        "made more than {} files and folders",
        errors.FilesExceeded,
    ),
    LimitRow(
        "processes",
        "count",
        "1024",
        "threads and processes the script may have at the same time",
        "had more than {} threads and processes",
        errors.ProcessesExceeded,
    ),
    LimitRow(
        "log",
        "size",
        "1GB",
        "amount the script may write to its output and error streams",
        "wrote more than {} to its output and error streams",
        errors.LogExceeded,
    ),
    LimitRow(
        "log_kept",
        "size",
        "1280KiB",
        "amount of the script's output to keep in the log: four fifths from its beginning, the rest from its end",
    ),
    LimitRow(
        "figures",
        "count",
        "1000",
        "figures the script may create",
        "created more than {} figures",
        errors.FiguresExceeded,
    ),
    LimitRow(
        "figures_size",
        "size",
        "1GB",
        "total size of all figures",
        "created figures of more than {} together",
        errors.FiguresExceeded,
    ),
)
LIMITS: Final[Mapping[str, LimitRow]] = {row.name: row for row in _ROWS}
"""The limits by name."""

_UNITS: Final = {"GiB": 1024**3, "GB": 1000**3, "MiB": 1024**2, "MB": 1000**2}


def error_of(code: str) -> type[errors.RunFailed]:
    """Return the class of a run's error by the manifest's `error.code`: a limit's own class, else `RunFailed`."""
    return next((row.error for row in _ROWS if row.error.code == code), errors.RunFailed)


def limit_error(name: str, limits: Limits, what: str = "the script") -> errors.RunFailed:
    """Return the error for an exceeded limit, with its value and the setting that changes it.

    Args:
        name: the limit.
        limits: the limits in force.
        what: what exceeded it.

    >>> limit_error("disk", Limits())
    DiskExceeded('the script wrote more than 10 GB, the limit set by [script] disk')
    """
    row = LIMITS[name]
    excess = row.excess.format(_format_value(row.kind, getattr(limits, name)))
    return row.error(
        f"{what} {excess}, the limit set by [script] {name}",
        remedy=f"raise the limit with {row.option or f'--limit {name}=…'}, or change the script to use less",
    )


def _format_value(kind: str, value: Any) -> str:
    if kind == "seconds":
        return f"{value:g} second{'' if value == 1 else 's'}"
    if kind == "count":
        return str(value)
    if value >= _UNITS["GB"] and all(value % size for size in _UNITS.values()):  # computed from a percentage
        return f"{value / _UNITS['GB']:.1f} GB"
    return next((f"{value // size} {unit}" for unit, size in _UNITS.items() if value % size == 0), f"{value} bytes")
