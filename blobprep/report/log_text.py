"""The text of a log, read as the lines that a page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from blobprep.report.views import LogLine

__all__ = ["log_lines"]

_STREAMS: Final[Mapping[str, Literal["out", "err", "note"]]] = {
    "out": "out",
    "err": "err",
    "note": "note",
    "blobprep": "note",
}


def log_lines(text: str) -> tuple[LogLine, ...]:
    """Return the lines of a log; each begins with the name of its stream."""
    lines = []
    for line in text.splitlines():
        name, mark, rest = line.partition(" | ")
        lines.append(LogLine(_STREAMS[name], rest) if mark and name in _STREAMS else LogLine("note", line))
    return tuple(lines)
