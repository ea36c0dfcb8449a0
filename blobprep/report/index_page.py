"""The page of many runs: those that need a look first, with times, results and small pictures, each linked. Pure.

What tests in a browser rely on: `section#runs` with `table.runs`, `tr.run.STATUS`, `.see-STATUS` in `fieldset.choice`,
and `svg.history`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from blobprep.manifest import Status
from blobprep.report.budget import Budget, fitting, weight
from blobprep.report.charts import bar, picture
from blobprep.report.device import embedded_image
from blobprep.report.frame import render
from blobprep.report.markup import Markup, cut, element, isolated, joined, link_target, nothing
from blobprep.report.numerals import DASH, count, duration, moment, plural
from blobprep.report.page import BYTES, fitted
from blobprep.report.views import RunSummary

__all__ = ["render_index"]

_ORDER: Final[tuple[Status, ...]] = ("failed", "interrupted", "running", "succeeded")
"""What needs a look first, first."""

_HISTORY: Final = (960, 56, 240)  # width, height, and runs that are drawn
_ERROR: Final = 300  # characters
_SMALL: Final = 60_000  # bytes of a picture that is embedded: a few hundred of them fit


def render_index(
    rows: Sequence[RunSummary],
    *,
    title: str,
    bytes: int = BYTES,  # noqa: A002
    notes: Sequence[str] = (),
) -> bytes:
    """Return the page of many runs.

    Args:
        rows: the runs, in any order.
        title: of the page, such as the prefix they are below.
        bytes: of the page, at most; about 60 kB are its frame, and are needed in any case.
        notes: what is not listed and why, one sentence each.
    """
    ordered = sorted(rows, key=lambda run: run.started, reverse=True)
    ordered.sort(key=lambda run: _ORDER.index(run.status))
    longest = max((run.seconds or 0.0 for run in rows), default=0.0)
    return fitted(lambda budget: _page(ordered, title, longest, budget, notes), bytes)


def _page(runs: Sequence[RunSummary], title: str, longest: float, budget: Budget, said: Sequence[str]) -> str:
    # The rows without pictures come first: a run that is not listed is worse than a picture that is linked.
    bare = fitting((_row(run, longest, nothing) for run in runs), budget.left)
    budget.spend(*bare)
    drawn = [
        _row(run, longest, small) if small else row
        for run, row, small in zip(runs, bare, _pictures(runs, budget), strict=False)
    ]
    counts = Counter(run.status for run in runs)
    left_out = len(runs) - len(drawn)
    notes = [*(cut(note, _ERROR) for note in said), *budget.said]
    if left_out:
        notes.append(f"{plural(left_out, 'run')} of {len(runs):,} did not fit into the page.")
    return render(
        "index.html",
        title=title,
        sentence=_sentence(runs, counts),
        history=_history(runs, longest),
        choice=_choice(counts),
        table=_table(drawn) if drawn else nothing,
        notes=notes,
        data=Markup("{}"),
    )


def _pictures(runs: Sequence[RunSummary], budget: Budget) -> Iterator[Markup]:
    """Yield a small picture for each run, in order, as long as there is room; nothing where there is none."""
    for run in runs:
        held = run.picture
        if held is None or held.data is None or len(held.data) > _SMALL:
            yield nothing
            continue
        drawn = embedded_image(held, f"First figure of {cut(run.name, 100)}")
        if not drawn or weight(drawn) > budget.left:
            yield nothing
            continue
        budget.spend(drawn)
        yield drawn


def _table(rows: Iterable[Markup]) -> Markup:
    heads = (("Run", ""), ("Status", ""), ("Started", ""), ("Time", "n"), ("Rows", "n"), ("Columns", "n"))
    head = element(
        "tr",
        *(element("th", name, scope="col", class_=class_ or None) for name, class_ in heads),
        element("th", "Figures", scope="col", class_="n"),
    )
    caption = element("caption", "Runs, those that did not succeed first", class_="unseen")
    return element(
        "table", caption, element("thead", head), element("tbody", joined(rows)), class_="plain runs sortable"
    )


def _row(run: RunSummary, longest: float, small: Markup) -> Markup:
    time = nothing
    if run.seconds is not None:
        time = joined((element("span", duration(run.seconds)), bar(run.seconds, longest, f"bar {run.status}")))
    return element(
        "tr",
        element("th", _name(run), scope="row"),
        element("td", element("span", run.status.capitalize(), class_=f"status {run.status}"), _error(run)),
        element("td", moment(run.started), class_="when"),
        element("td", time or DASH, class_="n time", title=None if run.seconds is None else f"{run.seconds:.3f}"),
        element("td", count(run.rows), class_="n"),
        element("td", count(run.columns), class_="n"),
        element("td", _figures(run, small), class_="n small", title=str(run.figures)),
        class_=f"run {run.status}",
    )


def _name(run: RunSummary) -> Markup:
    name = isolated(cut(run.name, 200) or "no name", dir="auto")
    report, manifest = link_target(run.report), link_target(run.manifest)
    below = [isolated(cut(run.script, 120), dir="auto")] if run.script else []
    if manifest:
        below.append(element("a", "manifest", href=manifest, aria_label=f"Manifest of {cut(run.name, 100)}"))
    return joined(
        (
            element("a", name, href=report) if report else name,
            element("small", joined(below, " · ")) if below else nothing,
        )
    )


def _error(run: RunSummary) -> Markup:
    if not run.error:
        return nothing
    return element("p", isolated(cut(run.error, _ERROR), dir="auto"), class_="error")


def _figures(run: RunSummary, small: Markup) -> Markup:
    if not run.figures:
        return element("span", DASH, class_="none")
    link = link_target(run.picture.link) if run.picture is not None else ""
    words = f"+ {run.figures - 1}" if small and run.figures > 1 else "" if small else plural(run.figures, "figure")
    shown = small or element("span", words)
    return joined(
        (
            element("a", shown, href=link, aria_label=f"First figure of {cut(run.name, 100)}") if link else shown,
            element("small", words) if small else nothing,
        )
    )


def _choice(counts: Counter[Status]) -> Markup:
    """Return what shows and hides runs by their status, which needs no script; nothing where there is one status."""
    present = [status for status in _ORDER if counts[status]]
    if len(present) < 2:
        return nothing
    return element(
        "fieldset",
        element("legend", "Show", class_="unseen"),
        *(
            element(
                "label",
                element("input", type="checkbox", checked=True, class_=f"see-{status}"),
                element("span", f"{status.capitalize()} {counts[status]:,}"),
            )
            for status in present
        ),
        class_="choice",
    )


def _sentence(runs: Sequence[RunSummary], counts: Counter[Status]) -> Markup:
    if not runs:
        return element("p", "There are no runs.", class_="sentence")
    told = ", ".join(f"{counts[status]:,} {status}" for status in reversed(_ORDER) if counts[status])
    first, last = min(run.started for run in runs), max(run.started for run in runs)
    span = f", from {moment(first)} to {moment(last)}" if first != last else f", {moment(first)}"
    return element("p", f"{plural(len(runs), 'run')}: {told}{span}.", class_="sentence")


def _history(runs: Sequence[RunSummary], longest: float) -> Markup:
    """Draw how long runs took, from the first to the last, in the color of their status."""
    timed = sorted((run for run in runs if run.seconds is not None), key=lambda run: run.started)
    width, height, most = _HISTORY
    latest = timed[-most:]
    if len(latest) < 2 or not longest:
        return nothing
    step = width / max(len(latest), 24)
    bars = []
    for place, run in enumerate(latest):
        tall = max(2.0, (height - 4) * (run.seconds or 0.0) / longest)
        words = f"{cut(run.name, 60)}: {run.status}, {duration(run.seconds or 0.0)}"
        bars.append(
            element(
                "rect",
                element("title", words),
                class_=f"bar {run.status}",
                x=f"{place * step + 0.5:.1f}",
                y=f"{height - tall:.1f}",
                width=f"{max(step - 1.5, 0.8):.1f}",
                height=f"{tall:.1f}",
            )
        )
    which = f"the last {len(latest):,} runs" if len(latest) < len(runs) else "all runs"
    words = f"Time of {which}, from the first to the last; the longest took {duration(longest)}"
    legend = element(
        "p", element("span", "earlier"), element("span", f"{words}."), element("span", "later"), class_="ends"
    )
    return element(
        "div", picture(joined(bars), words, width, height, "history", stretched=True), legend, class_="over-time"
    )
