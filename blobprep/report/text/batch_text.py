"""A batch as a text: counts, failures by cause, times, the slowest items. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blobprep.report import numerals
from blobprep.report.batch_page import took
from blobprep.report.batch_views import BatchView, CauseView, ItemState, ItemView
from blobprep.report.text.cells import safe
from blobprep.report.text.lines import Line, Paper, Span, Style, grid, heading, wrap
from blobprep.report.text.sparkline import sparkline

__all__ = ["batch_text"]

_STATUS: Final[Mapping[str, Style]] = {"succeeded": "good", "failed": "bad", "interrupted": "warn", "running": "warn"}
_COUNTS: Final[tuple[tuple[ItemState, Style], ...]] = (
    ("done", "good"), ("skipped", "dim"), ("failed", "bad"), ("pending", "warn"),
)  # fmt: skip
_INDENT: Final = 10
_CAUSES: Final = 10
_NAMED: Final = 3  # items of a cause
_SLOWEST: Final = 5
_BARS: Final = 40
_TRACEBACK: Final = 12  # lines of the traceback of the most frequent cause
_NAME: Final = 60


def batch_text(view: BatchView, paper: Paper) -> list[Line]:
    """Return a batch as a text.

    Args:
        view: what is known of it.
        paper: how wide a line may be.
    """
    lines = [*_status(view, paper), *_counts(view, paper), *_facts(view, paper)]
    for note in view.notes:
        lines += wrap(note, paper, style="warn")
    return [*lines, *_causes(view, paper), *_times(view, paper), *_slowest(view, paper)]


def _status(view: BatchView, paper: Paper) -> list[Line]:
    head, seconds = view.head, took(view.head)
    first = (Span(safe(head.status), _STATUS.get(head.status, "")), Span("  "), Span(safe(head.name), "title"))
    facts = [f"started {numerals.moment(head.started)}" if head.started else ""]
    facts.append(f"took {numerals.duration(seconds)}" if seconds is not None else "")
    if head.engine:
        facts.append(f"{numerals.plural(head.workers, 'worker')} ({head.engine})" if head.workers else head.engine)
    lines: list[Line] = [first, *wrap(paper.sign(", ".join(filter(None, facts))), paper, style="dim")]
    return [*lines, *wrap(head.message, paper, style="bad")] if head.message else lines


def _counts(view: BatchView, paper: Paper) -> list[Line]:
    spans = [Span(f"{numerals.plural(view.matched, 'item')}: ")]
    told = [(f"{view.counts.get(name, 0):,} {name}", style) for name, style in _COUNTS if view.counts.get(name)]
    for place, (text, style) in enumerate(told):
        spans += [Span(text, style), Span(", " if place < len(told) - 1 else "")]
    return [(), tuple(spans) if told else (Span("0 items"),)]


def _facts(view: BatchView, paper: Paper) -> list[Line]:
    head = view.head
    rows = [("script", head.script), ("matched", head.source), ("output", head.output)]
    if view.rows_in or view.rows_out:
        rows.append(("rows", f"{view.rows_in:,} read, {view.rows_out:,} made"))
    rows += [("option", f"{name} = {value}") for name, value in head.options.items()]
    lines: list[Line] = []
    for name, text in rows:
        if text:
            lines += wrap(text, paper, indent=_INDENT, first=(Span(name, "dim"),))
    return lines


def _causes(view: BatchView, paper: Paper) -> list[Line]:
    if not view.causes:
        return []
    lines = heading("Failures", numerals.plural(len(view.causes), "cause"))
    for place, cause in enumerate(view.causes[:_CAUSES]):
        lines += _cause(view, cause, paper, whole=place == 0)
    rest = sum(cause.count for cause in view.causes[_CAUSES:]) + view.unsorted
    if rest:
        lines += wrap(f"{numerals.plural(rest, 'item')} of other causes; the page has more", paper, style="dim")
    return lines


def _cause(view: BatchView, cause: CauseView, paper: Paper, *, whole: bool) -> list[Line]:
    lines = wrap(
        f"{cause.told} ({cause.code})", paper, indent=_INDENT, style="bad", first=(Span(f"{cause.count:,} ×"),)
    )
    if paper.in_ascii:
        lines[0] = (Span(f"{cause.count:,} x"), *lines[0][1:])
    traceback = cause.traceback.splitlines()
    if whole and traceback:
        lines += [(Span(" " * _INDENT), Span(safe(line), "dim")) for line in traceback[-_TRACEBACK:-1]]
    names = [_short(view, item) for item in cause.items[:_NAMED]]
    more = f" and {cause.count - len(names):,} more" if cause.count > len(names) else ""
    lines += wrap(", ".join(names) + more, paper, indent=_INDENT, style="dim")
    return [*lines, *wrap(cause.remedy, paper, indent=_INDENT)] if cause.remedy else lines


def _short(view: BatchView, item: ItemView) -> str:
    return item.key.removeprefix(view.below) or item.key


def _times(view: BatchView, paper: Paper) -> list[Line]:
    times, sizes = view.times, view.sizes
    if times.bins is None:
        return []
    bars = sparkline(times.bins.counts, min(_BARS, paper.room(_BARS)), in_ascii=paper.in_ascii)
    ends = (numerals.duration(times.smallest), numerals.duration(times.largest))
    row = (Span(paper.sign(ends[0])), Span(" "), Span(bars, "bar"), Span(" "), Span(paper.sign(ends[1])))
    told = (
        f"median {numerals.duration(times.median)}, in all {numerals.duration(times.total)}; the slowest 1 % took "
        f"{numerals.share(times.heavy, 1)} of it, the largest 1 % hold {numerals.share(sizes.heavy, 1)} of "
        f"{numerals.size(int(sizes.total))}"
    )
    return [*heading("Times"), row, *wrap(paper.sign(told), paper, style="dim")]


def _slowest(view: BatchView, paper: Paper) -> list[Line]:
    if len(view.slowest) < 2:
        return []
    rows = [
        [
            Span(safe(_short(view, item))),
            Span(paper.sign(numerals.duration(item.seconds or 0.0))),
            Span(numerals.size(item.size), "dim"),
            Span(safe(item.worker), "dim"),
        ]
        for item in view.slowest[:_SLOWEST]
    ]
    return [*heading("Slowest"), *grid(rows, paper, right={1, 2}, most=_NAME)]
