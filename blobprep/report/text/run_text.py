"""A run as a text: how it ended, its tables, what its script wrote and drew, and what became of its data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blobprep.manifest import Manifest
from blobprep.report import numerals
from blobprep.report.failure import split_traceback
from blobprep.report.text.cells import safe
from blobprep.report.text.changes_text import change_lines
from blobprep.report.text.ledger_text import ledger_lines
from blobprep.report.text.lines import Line, Paper, Span, Style, grid, heading, wrap
from blobprep.report.text.table_text import ROWS, size_text, table_text
from blobprep.report.views import LogLine, RunView

__all__ = ["run_text"]

_STATUS: Final[Mapping[str, Style]] = {"succeeded": "good", "failed": "bad", "interrupted": "warn", "running": "warn"}
_RESULTS: Final = ("results", "results2")
_INPUTS: Final = ("dataset1", "dataset2")
_TRACEBACK: Final = 40
"""Lines of a traceback, from its end, that are shown."""
_LOG: Final = 20
"""Lines of a log, from its end, that are shown."""
_ENTRIES: Final = 20
"""Entries of a list that are shown."""
_INDENT: Final = 10
_FRAMES: Final[Mapping[str, Style]] = {"own": "title", "lib": "dim"}
"""How frames of a traceback look: the user's stand out, those of libraries recede."""
_STREAMS: Final[Mapping[str, Style]] = {"out": "", "err": "warn", "note": "dim"}


def run_text(view: RunView, title: str, paper: Paper, *, rows: int = ROWS) -> list[Line]:
    """Return a run as a text; a failed one begins with its traceback.

    Args:
        view: what is known of it.
        title: its output prefix.
        paper: how wide a line may be.
        rows: that are shown of the results, at most.
    """
    lines = [*_status(view.manifest, title, paper), *_failure(view.manifest, paper)]
    lines += _summary(view, paper)
    for note in view.notes:
        lines += wrap(note, paper, style="warn")
    for port in _RESULTS:
        if (profile := view.profiles.get(port)) is not None:
            lines += [*heading(_name(port), paper.sign(size_text(profile))), *table_text(profile, paper, rows=rows)]
    for part in (_inputs, _ledger, _restored, _log, _figures, _times):
        lines += part(view, paper)
    return lines


def _status(manifest: Manifest, title: str, paper: Paper) -> list[Line]:
    took = manifest.timings and sum(
        manifest.timings.get(stage, 0.0) for stage in ("resolve", "claim", "compute", "commit")
    )
    facts = [f"started {numerals.moment(manifest.started)}", f"took {numerals.duration(took)}" if took else ""]
    told = f"run {manifest.run_id}, {', '.join(filter(None, facts))}"
    first = (Span(manifest.status, _STATUS.get(manifest.status, "")), Span("  "), Span(safe(title), "title"))
    return [first, *wrap(paper.sign(told), paper, style="dim")]


def _failure(manifest: Manifest, paper: Paper) -> list[Line]:
    error = manifest.error
    if error is None:
        return []
    told = [
        (line, _FRAMES.get(kind, ""))
        for kind, block in split_traceback(error.traceback or error.message)
        for line in block
    ]
    told[-1] = (told[-1][0], "bad")
    cut = max(0, len(told) - _TRACEBACK)
    lines: list[Line] = [(), *_more(cut, "line", "before")]
    lines += [(Span(safe(line), style),) for line, style in told[cut:]]
    if error.traceback and error.traceback not in error.message:
        lines += wrap(error.message, paper, style="bad")
    if error.remedy:
        lines += wrap(error.remedy, paper)
    return lines


def _summary(view: RunView, paper: Paper) -> list[Line]:
    manifest = view.manifest
    rows: list[tuple[str, str]] = []
    if manifest.script is not None:
        rows.append(("script", manifest.script.reference))
    for port, given in manifest.inputs.items():
        blobs = given.blobs[0].reference if len(given.blobs) == 1 else f"{len(given.blobs)} blobs"
        rows.append((port, f"{blobs}{paper.sign(_shape(given.rows, given.columns))}"))
    rows += [("parameter", f"{name} = {value}") for name, value in manifest.parameters.items()]
    for record in manifest.outputs:
        if record.port in _RESULTS:
            rows.append((record.port, f"{record.name}{paper.sign(_shape(record.rows, record.columns))}"))
    if manifest.isolation.enforced:
        rows.append(("isolation", manifest.isolation.enforced))
    lines: list[Line] = [()]
    for name, text in rows:
        first = (Span(safe(name), "dim"),)
        lines += wrap(text, paper, indent=_INDENT, first=first)
    return lines


def _shape(rows: int | None, columns: int | None) -> str:
    return "" if rows is None else f"  {rows:,} × {columns or 0:,}"


def _name(port: str) -> str:
    return {"results": "Result dataset", "results2": "Second result dataset"}.get(port, port.capitalize())


def _inputs(view: RunView, paper: Paper) -> list[Line]:
    """Return the inputs that were profiled, and what changed from the first of them to the result."""
    lines: list[Line] = []
    results = view.profiles.get("results")
    for port in _INPUTS:
        profile = view.profiles.get(port)
        if profile is None:
            continue
        lines += heading(_name(port), paper.sign(size_text(profile)))
        if results is not None:
            lines += change_lines(profile, results, paper)
        else:
            lines += table_text(profile, paper, rows=3)
    return lines


def _ledger(view: RunView, paper: Paper) -> list[Line]:
    return ledger_lines(view.manifest.translations, paper)


def _restored(view: RunView, paper: Paper) -> list[Line]:
    names = view.manifest.classic
    if not names:
        return []
    lines = heading("Restored", numerals.plural(len(names), "name"))
    for entry in names[:_ENTRIES]:
        lines += wrap(f"{entry.get('name', '')}: {entry.get('how', '')}", paper, indent=2)
    return [*lines, *_more(len(names) - _ENTRIES, "name")]


def _log(view: RunView, paper: Paper) -> list[Line]:
    log = _without_failure(view)
    if not log:
        return []
    lines = heading("Log", numerals.plural(len(log), "line"))
    lines += _more(len(log) - _LOG, "line", "before")
    return [*lines, *map(_log_line, log[-_LOG:])]


def _without_failure(view: RunView) -> tuple[LogLine, ...]:
    """Return the log without the error at its end, which stands at the start of the text."""
    error = view.manifest.error
    first = error.message.replace("\r\n", "\n").split("\n")[0] if error is not None else ""
    for place in range(len(view.log) - 1, -1, -1) if first else ():
        if view.log[place].stream == "note" and view.log[place].text == first:
            return view.log[:place]
    return view.log


def _log_line(line: LogLine) -> Line:
    return (Span(f"{line.stream:<4} ", "dim"), Span(safe(line.text), _STREAMS[line.stream]))


def _figures(view: RunView, paper: Paper) -> list[Line]:
    if not view.figures:
        return []
    rows = [
        [Span(safe(figure.name)), Span(numerals.size(figure.size), "dim"), Span(_origin(figure.origin), "dim")]
        for figure in view.figures[:_ENTRIES]
    ]
    lines = [*heading("Figures", numerals.plural(len(view.figures), "figure")), *grid(rows, paper, right={1})]
    return [*lines, *_more(len(view.figures) - _ENTRIES, "figure")]


def _origin(origin: str) -> str:
    return "still open when the script returned" if origin == "open" else ""


def _times(view: RunView, paper: Paper) -> list[Line]:
    timings = view.manifest.timings
    if not timings:
        return []
    most = max(timings.values()) or 1.0
    bar = paper.choose("█", "#")
    rows = [
        [Span(safe(name)), Span(paper.sign(numerals.duration(seconds))), Span(bar * round(20 * seconds / most), "bar")]
        for name, seconds in timings.items()
    ]
    return [*heading("Time"), *grid(rows, paper, right={1})]


def _more(count: int, one: str, where: str = "more") -> list[Line]:
    return [(Span(f"{numerals.plural(count, one)} {where}", "dim"),)] if count > 0 else []
