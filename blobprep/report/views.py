"""What a page or a text about a run is made from: plain data, whoever gathered it.

A run gathers it from what it has at hand, and `show` reads it back from what a run left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from blobprep.manifest import Manifest
from blobprep.protocol.profiles import TableProfile

__all__ = ["FigureView", "LogLine", "RunView"]


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
        data: its bytes as PNG, checked to begin as one; None where they are not at hand.
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
    """

    manifest: Manifest
    log: tuple[LogLine, ...] = ()
    profiles: Mapping[str, TableProfile] = field(default_factory=dict)
    figures: tuple[FigureView, ...] = ()
    notes: tuple[str, ...] = ()
