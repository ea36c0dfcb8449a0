"""Items of a batch as tables: the index of them, and the slowest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import normpath
from typing import Final

from blobprep.report.batch_views import ITEM_STATUSES, BatchView, ItemView
from blobprep.report.charts import bar
from blobprep.report.markup import Markup, cut, element, isolated, joined, link_target, nothing
from blobprep.report.numerals import DASH, count, duration, moment, share, size

__all__ = ["item_rows", "items_table", "named_item", "slowest_table", "status_choice"]

_KEY: Final = 200
_WORKER: Final = 60
_ERROR: Final = 240
_LINKS: Final = ("results", "report", "manifest")


def named_item(view: BatchView, item: ItemView) -> Markup:
    """Return the name of an item without what all names begin with, and links to what it left."""
    short = item.key.removeprefix(view.below) or item.key
    name = isolated(cut(short, _KEY), dir="auto", title=None if short == item.key else cut(item.key, 5 * _KEY))
    links = joined(_links(view, item), " · ")
    return joined((name, element("small", links))) if links else name


def _links(view: BatchView, item: ItemView) -> Iterator[Markup]:
    if view.way is None or item.way is None:
        return
    for name in _LINKS:
        link = link_target(normpath(view.way + item.way + item.links[name])) if name in item.links else ""
        if link:
            yield element("a", name, href=link, aria_label=f"{name.capitalize()} of {cut(item.key, 100)}")


def items_table(rows: Sequence[Markup]) -> Markup:
    """Return the index of items, of rows that `item_rows` made."""
    heads = (
        ("Item", ""), ("Status", ""), ("Time", "n"), ("Reads", "n"), ("Rows in", "n"), ("Rows out", "n"),
        ("Attempts", "n"), ("Started", ""), ("Worker", ""),
    )  # fmt: skip
    caption = element("caption", "Items, those that failed first", class_="unseen")
    return _table(heads, rows, "plain items sortable", caption)


def item_rows(view: BatchView) -> Iterator[Markup]:
    """Yield a row for each item."""
    for item in view.items:
        error = element("p", isolated(cut(item.error, _ERROR), dir="auto"), class_="error") if item.error else None
        yield element(
            "tr",
            element("th", named_item(view, item), scope="row"),
            element("td", element("span", item.status.capitalize(), class_=f"status {item.status}"), error),
            _time(item),
            element("td", size(item.size), class_="n", title=item.size),
            element("td", count(item.rows_in), class_="n"),
            element("td", count(item.rows_out), class_="n"),
            element("td", count(item.attempts or None), class_="n"),
            element("td", moment(item.started) or DASH, class_="when"),
            element("td", isolated(cut(item.worker, _WORKER) or DASH)),
            class_=f"item {item.status}",
        )


def _time(item: ItemView) -> Markup:
    if item.seconds is None:
        return element("td", DASH, class_="n")
    return element("td", duration(item.seconds), class_="n", title=f"{item.seconds:.3f}")


def slowest_table(view: BatchView) -> Markup:
    """Return the items that took longest."""
    longest = max((item.seconds or 0.0 for item in view.slowest), default=0.0)
    rows = [
        element(
            "tr",
            element("th", named_item(view, item), scope="row"),
            element(
                "td",
                element("span", duration(item.seconds or 0.0)),
                bar(item.seconds or 0.0, longest, f"bar {item.status}"),
                class_="n time",
                title=f"{item.seconds or 0.0:.3f}",
            ),
            element("td", share(item.seconds or 0.0, view.times.total), class_="n"),
            element("td", size(item.size), class_="n", title=item.size),
            element("td", count(item.rows_in), class_="n"),
            element("td", isolated(cut(item.worker, _WORKER) or DASH)),
        )
        for item in view.slowest
    ]
    heads = (("Item", ""), ("Time", "n"), ("Of all time", "n"), ("Reads", "n"), ("Rows in", "n"), ("Worker", ""))
    return _table(heads, rows, "plain items slowest", element("caption", "Slowest items", class_="unseen"))


def status_choice(view: BatchView) -> Markup:
    """Return what shows and hides items by their status, which needs no script; nothing where there is one status."""
    present = [status for status in ITEM_STATUSES if any(item.status == status for item in view.items)]
    if len(present) < 2:
        return nothing
    choices = (
        element(
            "label",
            element("input", type="checkbox", checked=True, class_=f"see-{status}"),
            element("span", f"{status.capitalize()} {view.counts.get(status, 0):,}"),
        )
        for status in present
    )
    return element("fieldset", element("legend", "Show", class_="unseen"), *choices, class_="choice")


def _table(heads: Sequence[tuple[str, str]], rows: Sequence[Markup], class_: str, caption: Markup) -> Markup:
    head = element("tr", *(element("th", name, scope="col", class_=kind or None) for name, kind in heads))
    return element("table", caption, element("thead", head), element("tbody", joined(rows)), class_=class_)
