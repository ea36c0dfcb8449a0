"""What a page or a text about a run is made from: plain data, whoever gathered it.

A run gathers it from what it holds, and `show` reads it back from what a run left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from blobprep.manifest import Manifest, Status
from blobprep.protocol.profiles import TableProfile

if TYPE_CHECKING:
    from blobprep.protocol.comparisons import TableComparison

__all__ = ["PNG", "ComparedSide", "ComparisonView", "FigureView", "LogLine", "RunSummary", "RunView"]


PNG: Final = b"\x89PNG\r\n\x1a\n"
"""What an image begins with that a page may show."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log, without its end, and the stream it came from: `note` is blobprep's own."""

    stream: Literal["out", "err", "note"]
    text: str


@dataclass(frozen=True, slots=True)
class FigureView:
    """An image that a script left.

    Attributes:
        name: below the prefix of the figures.
        link: to its blob, relative to the page; empty where there is none.
        data: its bytes as PNG, checked to begin as one; None where they were not read.
        size: of all its bytes.
        origin: `saved` by the script, or `open` when it returned.
    """

    name: str
    link: str
    data: bytes | None
    size: int
    origin: str = "saved"


@dataclass(frozen=True, slots=True)
class RunView:
    """What is known of a run.

    Attributes:
        manifest: as the run ended; outputs that are written later are not in it.
        log: in order.
        profiles: of the tables, by port: `dataset1`, `dataset2`, `results`, `results2`.
        figures: in order.
        notes: what could not be gathered and why, one sentence each.
        below: the way from the page to the prefix of the run's outputs, as the start of a relative URL; None where the
            page cannot lead there.
    """

    manifest: Manifest
    log: tuple[LogLine, ...] = ()
    profiles: Mapping[str, TableProfile] = field(default_factory=dict)
    figures: tuple[FigureView, ...] = ()
    notes: tuple[str, ...] = ()
    below: str | None = ""


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One of the two things that are compared.

    Attributes:
        name: short, such as the name of its blob, or a run's.
        source: where its table is from: a reference, or a path; empty where there is none.
        profile: of its table; None where there is none.
        manifest: of the run; None where it is no run.
    """

    name: str
    source: str = ""
    profile: TableProfile | None = None
    manifest: Manifest | None = None


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What is known of two tables, or of two runs and their results.

    Attributes:
        first: the one before.
        second: the one after.
        comparison: of the tables; None where there are no two.
        notes: what could not be gathered and why, one sentence each.
    """

    first: ComparedSide
    second: ComparedSide
    comparison: TableComparison | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in a list of many.

    Attributes:
        name: of the run, such as its prefix below that of the list.
        status: as in its manifest.
        started: in UTC, ISO 8601.
        seconds: that it took; None where that is not known, such as of a run that has not ended.
        script: its printed name.
        report: link to its page, relative to that of the list; empty where there is none.
        manifest: link to its manifest, likewise.
        rows: of its result; None where there is none.
        columns: likewise.
        error: why it did not succeed, in one line.
        figures: that it left.
        picture: the first of them; None where there is none.
    """

    name: str
    status: Status
    started: str
    seconds: float | None = None
    script: str = ""
    report: str = ""
    manifest: str = ""
    rows: int | None = None
    columns: int | None = None
    error: str = ""
    figures: int = 0
    picture: FigureView | None = None
