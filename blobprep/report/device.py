"""The Python device: what the script wrote, its two streams told apart, and its figures. Pure."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from blobprep.report.budget import Budget, weight
from blobprep.report.markup import Markup, cut, element, isolated, joined, lines, link_target, nothing
from blobprep.report.numerals import plural, size
from blobprep.report.views import PNG, FigureView, LogLine

__all__ = ["embedded_image", "figures_section", "log_section"]

_STREAMS: Final = {"out": "stdout", "err": "stderr", "note": "blobprep"}
_LINE_LIMIT: Final = 4_000  # characters of a line
_OVERHEAD: Final = 70  # bytes around a line, at most


def log_section(log: Sequence[LogLine], limit: int, link: str) -> Markup:
    """Return the log: its beginning and its end where it does not fit.

    Args:
        log: its lines.
        limit: bytes.
        link: to the whole log, relative to the page; may be empty.
    """
    if not log:
        return element("p", "The script wrote nothing.", class_="note")
    head = _fitting(log, limit * 2 // 5)
    rest = log[len(head) :]
    tail = _fitting(reversed(rest), limit * 3 // 5)[::-1]
    left_out = len(rest) - len(tail)
    parts = list(_groups(head))
    if left_out:
        parts.append(element("div", _left_out(left_out, link), class_="left-out"))
    parts += _groups(tail)
    streams = [stream for stream in _STREAMS if any(line.stream == stream for line in log)]
    choice = element(
        "fieldset", element("legend", "Show", class_="unseen"),
        *[element("label", element("input", type="checkbox", checked=True, class_=f"see-{stream}"),
                  element("span", _STREAMS[stream])) for stream in streams],
        class_="choice",
    ) if len(streams) > 1 else nothing  # fmt: skip
    body = element("div", joined(parts), class_="log", tabindex=0, role="region", aria_label="Log of the script")
    return element("div", choice, body, class_="logged")


def _fitting(log: Iterable[LogLine], limit: int) -> list[LogLine]:
    kept = []
    for line in log:
        limit -= _OVERHEAD + 5 * min(len(line.text), _LINE_LIMIT) // 4
        if limit < 0:
            break
        kept.append(line)
    return kept


def _groups(log: Iterable[LogLine]) -> Iterable[Markup]:
    for stream, group in groupby(log, key=lambda line: line.stream):
        texts = "\n".join(_cut_line(line.text) for line in group)
        tag = element("span", _STREAMS.get(stream, "blobprep"), class_="tag")
        yield element("div", tag, element("pre", lines(texts), dir="auto"), class_=f"line {stream}")


def _cut_line(text: str) -> str:
    if len(text) <= _LINE_LIMIT:
        return text
    return f"{text[:_LINE_LIMIT]} … {plural(len(text) - _LINE_LIMIT, 'character')} of this line left out"


def _left_out(amount: int, link: str) -> Markup:
    words = f"… {plural(amount, 'line')} left out here"
    return (
        joined(
            (
                element("span", words),
                element("span", "; all of them are in ", element("a", "the log", href=link)),
            )
        )
        if link
        else element("span", words)
    )


def figures_section(figures: Sequence[FigureView], budget: Budget) -> Markup:
    """Return the figures in order; the smallest are embedded until the budget is spent, the others linked."""
    limit = budget.share("figures") - sum(_frame_weight(figure) for figure in figures)
    embedded = set()
    for place in sorted(range(len(figures)), key=lambda place: len(figures[place].data or b"")):
        data = figures[place].data
        if data is None or not data.startswith(PNG):
            continue
        limit -= 4 * ((len(data) + 2) // 3)
        if limit < 0:
            break
        embedded.add(place)
    parts = [_figure(figure, place in embedded, place) for place, figure in enumerate(figures)]
    kept: list[Markup] = []
    room = budget.left
    for part in parts:
        room -= weight(part)
        if room < 0:
            break
        kept.append(part)
    beside = len(figures) - len(embedded)
    said = nothing
    if beside:
        words = (
            f"{plural(beside, 'figure')} not in this page: {'it is' if beside == 1 else 'they are'} too large for it"
        )
        unlisted = f", and {plural(len(figures) - len(kept), 'name')} not listed" if len(kept) < len(figures) else ""
        said = element("p", words + unlisted + ".", class_="note")
    return joined((said, element("div", joined(kept), class_="figures")))


def _frame_weight(figure: FigureView) -> int:
    return 700 + 12 * min(len(figure.name), 200) + 3 * len(figure.link)


def _figure(figure: FigureView, embedded: bool, place: int) -> Markup:
    link = link_target(figure.link)
    name = isolated(cut(figure.name, 200), dir="auto")
    how = "saved by the script" if figure.origin == "saved" else "open when the script returned"
    caption = element(
        "figcaption", element("a", name, href=link) if link else name, element("small", f"{how} · {size(figure.size)}")
    )
    picture = embedded_image(figure, f"Figure {place + 1}: {cut(figure.name, 200)}") if embedded else nothing
    if not picture:
        held = element("p", "Not in this page.", class_="note")
        return element("figure", held, caption, class_="absent")
    return element("figure", element("div", picture, class_="picture"), caption)


def embedded_image(figure: FigureView, words: str) -> Markup:
    """Return a figure as an image that is in the page, with words for it; nothing where it is no PNG."""
    if figure.data is None or not figure.data.startswith(PNG):
        return nothing
    width, height = _dimensions(figure.data)
    source = "data:image/png;base64," + base64.b64encode(figure.data).decode()
    return element("img", src=source, alt=words, width=width, height=height)


def _dimensions(data: bytes) -> tuple[int | None, int | None]:
    """Return the width and height that a PNG says it has."""
    if len(data) < 24:
        return None, None
    width, height = struct.unpack(">II", data[16:24])
    return width, height
