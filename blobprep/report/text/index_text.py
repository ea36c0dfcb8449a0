"""Many runs as a text: a line for each, those that need a look first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from blobprep.manifest import Status
from blobprep.report import numerals
from blobprep.report.text.cells import safe
from blobprep.report.text.lines import Line, Paper, Span, Style, grid, wrap
from blobprep.report.views import RunSummary

__all__ = ["index_text"]

_ORDER: Final[tuple[Status, ...]] = ("failed", "interrupted", "running", "succeeded")
_STYLES: Final[Mapping[Status, Style]] = {
    "failed": "bad",
    "interrupted": "warn",
    "running": "warn",
    "succeeded": "good",
}
_BAR: Final = 12
_TITLES: Final = ("run", "status", "started", "took", "", "result", "figures", "error")
_WIDEST: Final = 60


def index_text(runs: Sequence[RunSummary], title: str, paper: Paper, *, notes: Sequence[str] = ()) -> list[Line]:
    """Return a list of runs; those that did not succeed stand first, then the latest."""
    counts = Counter(run.status for run in runs)
    told = ", ".join(f"{counts[status]:,} {status}" for status in _ORDER if counts[status])
    lines: list[Line] = [
        (Span(safe(title), "title"),),
        (Span(f"{numerals.plural(len(runs), 'run')}: {told}"),),
        (),
    ]
    ordered = sorted(runs, key=lambda run: run.started, reverse=True)
    ordered.sort(key=lambda run: _ORDER.index(run.status))
    longest = max((run.seconds or 0.0 for run in runs), default=0.0)
    rows = [[Span(name, "heading") for name in _TITLES], *(_row(run, longest, paper) for run in ordered)]
    kept = [place for place in range(len(_TITLES)) if any(row[place].text for row in rows[1:])]
    right = {place for place, name in enumerate(kept) if _TITLES[name] in ("took", "result", "figures")}
    lines += grid([[row[place] for place in kept] for row in rows], paper, right=right, most=_WIDEST)
    for note in notes:
        lines += wrap(note, paper, style="warn")
    return lines


def _row(run: RunSummary, longest: float, paper: Paper) -> list[Span]:
    result = "" if run.rows is None else f"{run.rows:,} × {run.columns or 0:,}"
    return [
        Span(safe(run.name)),
        Span(run.status, _STYLES[run.status]),
        Span(safe(numerals.moment(run.started)).removesuffix(" UTC")),
        Span("" if run.seconds is None else paper.sign(numerals.duration(run.seconds))),
        Span(_bar(run.seconds or 0.0, longest, paper), "bar"),
        Span(paper.sign(result)),
        Span(f"{run.figures:,}" if run.figures else ""),
        Span(safe(run.error), "bad"),
    ]


def _bar(seconds: float, longest: float, paper: Paper) -> str:
    return paper.choose("▪", "#") * max(1, round(_BAR * seconds / longest)) if seconds and longest else ""
