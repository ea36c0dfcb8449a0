"""The bounds of a report: how much it shows, and how long its statistics may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from blobprep.errors import InvalidOption
from blobprep.runs.option_kinds import NO_LIMIT
from blobprep.settings.setting import REPORTED_VALUES
from blobprep.settings.sizes import parse_size
from blobprep.settings.table import ROWS
from blobprep.settings.workspace import Workspace

if TYPE_CHECKING:
    from blobprep.protocol.profiles import AskedProfile

__all__ = ["ReportBounds", "report_bounds"]

_MOST_ROWS: Final = 1000  # those of `blobprep.protocol.profiles`, which a run without a report does not load

_LONGEST: Final = 10.0  # seconds, where nothing is set
_SHARE: Final = 0.6  # of a page, for the profiles that it is made from
_SMALLEST: Final = 100_000  # bytes: the page's own parts take about half of them


@dataclass(frozen=True, slots=True)
class ReportBounds:
    """The bounds of a report.

    Attributes:
        rows: of each table that it shows, at most.
        bytes: of the page, at most.
        seconds: that its statistics may take; None for no longer than the run took, and 10 at most; infinite for no
            limit.
        values: whether it shows values of single rows.
    """

    rows: int = 100
    bytes: int = 5 * 1024**2
    seconds: float | None = None
    values: bool = True

    def seconds_after(self, elapsed: float) -> float:
        """Return how long the statistics of a run that took so many seconds may take."""
        return min(elapsed, _LONGEST) if self.seconds is None else self.seconds

    def asked(self, tables: int, seconds: float) -> AskedProfile:
        """Return how a child profiles so many tables in so much time."""
        from blobprep.protocol.profiles import AskedProfile

        room = int(self.bytes * _SHARE / max(tables, 1))
        return AskedProfile(self.rows, room, None if seconds == float("inf") else seconds, self.values)


def report_bounds(workspace: Workspace) -> ReportBounds:
    """Return the bounds that the settings in `[report]` say.

    Raises:
        InvalidOption: a value is not valid.
    """
    return ReportBounds(
        _rows(_value(workspace, "rows")),
        _size(_value(workspace, "bytes")),
        _seconds(_value(workspace, "seconds")),
        _value(workspace, "values") != REPORTED_VALUES[1],
    )


def _value(workspace: Workspace, name: str) -> object:
    given = workspace.setting(f"report.{name}")
    return ROWS[f"report.{name}"].default if given is None else given


def _rows(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and int(text) <= _MOST_ROWS):
        raise InvalidOption(
            f"[report] rows must be a whole number from 0 to {_MOST_ROWS}: {value!r}", remedy="give such a number"
        )
    return int(text)


def _size(value: object) -> int:
    try:
        size = parse_size(str(value), 0)
    except InvalidOption as error:
        raise InvalidOption(f"[report] bytes: {error.message}", remedy=error.remedy) from None
    if size < _SMALLEST:
        raise InvalidOption(
            f"[report] bytes must be at least {_SMALLEST}: {value!r}",
            remedy="give a larger size; for no report at all, run with --no-report",
        )
    return size


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if str(value).strip().lower() == NO_LIMIT:
        return float("inf")
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise InvalidOption(
            f"[report] seconds must be a number of seconds: {value!r}",
            remedy=f'give a number from 0, or "{NO_LIMIT}" for no limit',
        )
    return seconds
