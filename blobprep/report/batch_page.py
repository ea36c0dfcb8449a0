"""The page of a batch: how it went, what failed and why, its items, and where its time went. Pure.

What tests in a browser rely on: sections `failures`, `items`, `times` and `record`; `details.cause` in `failures`;
`section#items` with `table.items`, `tr.item.STATUS` and `.see-STATUS` in `fieldset.choice`; `table.lanes` and
`svg.pairs` in `times`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from blobprep.report.batch_charts import lanes_chart, pairs_chart
from blobprep.report.batch_items import item_rows, items_table, named_item, slowest_table, status_choice
from blobprep.report.batch_views import BatchHead, BatchView, CauseView, SpreadView
from blobprep.report.budget import Budget, fitting
from blobprep.report.charts import histogram, parts_bar
from blobprep.report.failure import traceback_block
from blobprep.report.frame import render
from blobprep.report.markup import Markup, cut, element, isolated, joined, lines, link_target, nothing
from blobprep.report.numerals import count, duration, moment, plural, share, size
from blobprep.report.page import BYTES, fitted
from blobprep.report.record import fact_list

__all__ = ["render_batch", "took"]

_NAME: Final = 200
_MESSAGE: Final = 2_000
_OPEN: Final = 3  # causes that are unfolded where there are no more than these
_TRACEBACK: Final = 12_000  # bytes of one
_STATUSES: Final = ("done", "skipped", "failed", "pending")


def render_batch(view: BatchView, *, bytes: int = BYTES) -> bytes:  # noqa: A002 - the name of the setting
    """Return the page of a batch.

    Args:
        view: what is known of the batch.
        bytes: of the page, at most; about 60 kB are its frame, and are needed in any case.
    """
    return fitted(lambda budget: _page(view, budget), bytes)


def _page(view: BatchView, budget: Budget) -> str:
    head = view.head
    causes = fitting(_causes(view), max(budget.share("figures", 0.4), 4_000))
    times = _times(view)
    record = fact_list(_facts(view), max(budget.share("record"), 6_000))
    budget.spend(times, record, *causes)
    rows = fitting(item_rows(view), budget.left)
    budget.spend(*rows)
    return render(
        "batch.html",
        title=head.name,
        status=head.status,
        sentence=_sentence(view),
        counts=parts_bar(((name, name, view.counts.get(name, 0)) for name in _STATUSES), "Items"),
        message=cut(head.message, _MESSAGE),
        causes=causes,
        causes_note=_causes_note(view, len(causes)),
        items=items_table(rows) if rows else nothing,
        choice=status_choice(view),
        below=view.below,
        rest=_rest(view, len(rows)),
        times=times,
        record=record,
        notes=[*view.notes, *budget.said],
        data=Markup("{}"),
    )


def took(head: BatchHead) -> float | None:
    """Return how long a batch took; None where that is not known, such as of one that has not ended."""
    try:
        ended, started = datetime.fromisoformat(head.ended), datetime.fromisoformat(head.started)
    except ValueError:
        return None
    return max((ended - started).total_seconds(), 0.0)


def _sentence(view: BatchView) -> Markup:
    head, seconds = view.head, took(view.head)
    told = ", ".join(f"{view.counts.get(name, 0):,} {name}" for name in _STATUSES if view.counts.get(name))
    where = f", on {plural(head.workers, 'worker')} ({head.engine})" if head.workers and head.engine else ""
    time = f", in {duration(seconds)}" if seconds is not None else ""
    began = f"; begun {moment(head.started)}" if head.started else ""
    return element("p", f"{plural(view.matched, 'item')}{': ' if told else ''}{told}{time}{where}{began}.",
                   class_="sentence")  # fmt: skip


def _causes(view: BatchView) -> Iterable[Markup]:
    for cause in view.causes:
        yield element(
            "details",
            element(
                "summary",
                element("b", f"{cause.count:,}"),
                isolated(cut(cause.told, _NAME), class_="told", dir="auto"),
                element("small", cause.code),
            ),
            _cause_body(view, cause),
            class_="cause",
            open=len(view.causes) <= _OPEN,
        )


def _cause_body(view: BatchView, cause: CauseView) -> Markup:
    message = cause.message.strip()
    more = cause.count - len(cause.items)
    items = element(
        "ul",
        *(element("li", named_item(view, item)) for item in cause.items),
        element("li", f"and {plural(more, 'item')} more", class_="none") if more > 0 else None,
        class_="of-cause",
    )
    again = "The same items can succeed later as they are: run the batch again with --resume." if cause.passes else ""
    return element(
        "div",
        element("p", element("b", "What to do: "), cause.remedy, class_="remedy") if cause.remedy else None,
        element("p", again, class_="remedy") if again else None,
        items,
        traceback_block(cause.traceback, _TRACEBACK) or None,
        element("pre", lines(cut(message, _MESSAGE)), class_="message", dir="auto")
        if message and message != cause.told and not cause.traceback.strip()
        else None,
        class_="body",
    )


def _causes_note(view: BatchView, shown: int) -> str:
    left_out = sum(cause.count for cause in view.causes[shown:]) + view.unsorted
    told = f"{plural(view.counts.get('failed', 0), 'item')} failed, for {plural(len(view.causes), 'reason')}"
    rest = f"; {plural(left_out, 'item')} of other reasons {'is' if left_out == 1 else 'are'} not told here"
    first = " Each shows the traceback of its first item." if any(cause.traceback for cause in view.causes) else ""
    return f"{told}{rest if left_out else ''}.{first}"


def _rest(view: BatchView, shown: int) -> Markup:
    """Say what is not listed, and where it is."""
    left_out = view.matched - shown
    if left_out <= 0:
        return nothing
    where = [
        element("a", name, href=link_target(view.way + name)) if view.way is not None else element("code", name)
        for name in view.full
    ]
    all_of_them = joined((" All of them are in ", joined(where, " and "), ".")) if where else nothing
    words = f"{shown:,} of {plural(view.matched, 'item')} are listed, those that failed first, then the slowest."
    return element("p", words, all_of_them, class_="note")


def _times(view: BatchView) -> Markup:
    if view.times.bins is None:
        return nothing
    charts = element(
        "div",
        element("div", element("h3", "Time of an item"), histogram(view.times.bins, "duration", log_x=True)),
        element("div", element("h3", "Bytes an item reads, across, and its time"), pairs_chart(view.pairs)),
        class_="beside",
    )
    return joined(
        (
            _skew(view),
            charts,
            element("h3", "Work over time"),
            lanes_chart(view.lanes, view.lane_start, view.lane_end),
            element("h3", "Slowest items"),
            element("div", slowest_table(view), class_="scroll", role="region", tabindex=0, aria_label="Slowest items"),
        )
    )


def _skew(view: BatchView) -> Markup:
    """Return how unevenly time and bytes are distributed, and what that means for the batch as a whole."""
    seconds = took(view.head)
    heads = ("", "In all", "Median", "Largest", "Largest 1 %")
    rows = [
        _skew_row("Time", view.times, duration),
        _skew_row("Bytes read", view.sizes, lambda value: size(int(value))),
    ]
    head = element("tr", *(element("th", name, scope="col", class_="n") if name else element("td") for name in heads))
    table = element("table", element("caption", "Times and sizes", class_="unseen"), element("thead", head),
                    element("tbody", *rows), class_="sides skew")  # fmt: skip
    said = ""
    if seconds and view.times.largest > 0.5 * seconds and view.times.count > 1:
        said = (
            f"The slowest item ran for {share(min(view.times.largest, seconds), seconds)} of the batch's time: more "
            "workers cannot make it shorter than that."
        )
    return joined((table, element("p", said, class_="note") if said else nothing))


def _skew_row(name: str, spread: SpreadView, told: object) -> Markup:
    assert callable(told)
    figures = (told(spread.total), told(spread.median), told(spread.largest), share(spread.heavy, 1))
    return element("tr", element("th", name, scope="row"), *(element("td", figure, class_="n") for figure in figures))


def _facts(view: BatchView) -> Iterable[tuple[str, str]]:
    head = view.head
    seconds = took(head)
    if head.script:
        yield "Script", head.script
    if head.script_sha256:
        yield "SHA-256 of the script", head.script_sha256
    yield "Matched", head.source
    yield "Output", head.output
    yield "Engine", f"{head.engine}, {plural(head.workers, 'worker')}" if head.workers else head.engine or "not known"
    yield "Started", moment(head.started) or "not known"
    yield "Ended", moment(head.ended) or "not yet"
    if seconds is not None:
        yield "Took", duration(seconds)
    yield "Time of all items", duration(view.times.total)
    if seconds and view.times.total:
        yield "At a time", f"{view.times.total / seconds:.1f} items, on average"
    if head.script:
        yield "Rows", f"{count(view.rows_in)} read, {count(view.rows_out)} made"
        yield "Lossy translations", f"{view.lossy:,}"
    yield "Run more than once" if head.script else "Tried more than once", plural(view.retried, "item")
    yield from head.options.items()
