"""Charts of a batch: work over time, and sizes against times. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from blobprep.report.batch_views import LaneView
from blobprep.report.charts import WIDTH, picture
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import count, duration, plural, position, share, size

__all__ = ["lanes_chart", "pairs_chart"]

_LONG: Final = 960
_TALL: Final = 20  # of a lane
_NAME: Final = 80
_PLOT: Final = (44, 8, WIDTH - 6, 176)  # left, top, right and bottom of what is drawn
_PER_DECADE: Final = 5
_SHADES: Final = 5
_LEAST: Final = 5  # fifths of a decade that an axis has, however alike all items are
_LABELS: Final = 4


def lanes_chart(lanes: Sequence[LaneView], start: float, end: float) -> Markup:
    """Draw how busy each worker was over time, and where items failed; nothing where none has run."""
    if not lanes:
        return nothing
    rows = [
        element(
            "tr",
            element("th", isolated(cut(lane.name, _NAME), dir="auto"), scope="row"),
            element("td", _lane(lane), class_="lane"),
            element("td", count(lane.items), class_="n"),
            element("td", duration(lane.seconds), class_="n"),
        )
        for lane in lanes
    ]
    heads = (("Worker", None), (_ends(start, end), "lane"), ("Items", "n"), ("Time of items", "n"))
    head = element("tr", *(element("th", name, scope="col", class_=class_) for name, class_ in heads))
    caption = element("caption", "Work over time, by worker", class_="unseen")
    table = element(
        "table", caption, element("thead", head), element("tbody", joined(rows)), class_="plain lanes"
    )  # fmt: skip
    return element("div", table, class_="scroll", role="region", tabindex=0, aria_label="Work over time, by worker")


def _ends(start: float, end: float) -> Markup:
    span = end - start
    ends = (element("span", position(moment, "instant", span).removesuffix("Z")) for moment in (start, end))
    return element("span", *ends, class_="ends")


def _lane(lane: LaneView) -> Markup:
    step = _LONG / max(len(lane.busy), 1)
    bars = "".join(_bar(place * step, step, part) for place, part in enumerate(lane.busy) if part > 0)
    drawn = [element("path", class_="bar", d=bars)]
    for place, amount in sorted(lane.failures.items()):
        title = element("title", f"{plural(amount, 'item')} failed")
        drawn.append(
            element(
                "rect", title, class_="bar failed", x=f"{place * step:.1f}", y=0, width=f"{max(step, 4):.1f}", height=5
            )
        )
    mean = sum(lane.busy) / max(len(lane.busy), 1)
    failed = sum(lane.failures.values())
    words = f"{lane.name}: at work {share(mean, 1)} of the time" + (f", {plural(failed, 'failure')}" if failed else "")
    return picture(joined(drawn), words, _LONG, _TALL, "strip", stretched=True)


def _bar(x: float, wide: float, part: float) -> str:
    tall = max((_TALL - 6) * part, 0.8)
    return f"M{x:.1f} {_TALL}v-{tall:.1f}h{wide:.1f}V{_TALL}z"


def pairs_chart(pairs: Mapping[tuple[int, int], int]) -> Markup:
    """Draw how many items there are of which size and time, both axes logarithmic; nothing where there are none."""
    if not pairs:
        return nothing
    left, top, right, bottom = _PLOT
    across, up = _range(place for place, _ in pairs), _range(place for _, place in pairs)
    wide, tall = (right - left) / len(across), (bottom - top) / len(up)
    most = max(pairs.values())
    cells = [
        element(
            "rect",
            element("title", f"{_told(size, i)}, {_told(duration, j)}: {plural(amount, 'item')}"),
            class_=f"up{_shade(amount, most)}",
            x=f"{left + (i - across.start) * wide:.1f}",
            y=f"{bottom - (j - up.start + 1) * tall:.1f}",
            width=f"{max(wide - 0.5, 0.5):.1f}",
            height=f"{max(tall - 0.5, 0.5):.1f}",
        )
        for (i, j), amount in sorted(pairs.items())
    ]
    frame = (
        element("line", class_="grid", x1=left, x2=right, y1=bottom + 0.5, y2=bottom + 0.5),
        element("line", class_="grid", x1=left - 0.5, x2=left - 0.5, y1=top, y2=bottom),
    )
    labels = [
        element("text", size(_whole(i)), x=f"{left + (i - across.start) * wide:.1f}", y=bottom + 14,
                text_anchor="start" if i == across.start else "middle")
        for i in _labeled(across)
    ] + [
        element("text", duration(_power(j)), x=left - 4, y=f"{bottom - (j - up.start) * tall:.1f}", text_anchor="end")
        for j in _labeled(up)
    ]  # fmt: skip
    common = max(pairs, key=lambda pair: (pairs[pair], pair))
    words = (
        f"Items by bytes read and time: from {size(_whole(across.start))} to {size(_whole(across.stop))}, from "
        f"{duration(_power(up.start))} to {duration(_power(up.stop))}; the most, {pairs[common]:,}, at "
        f"{_told(size, common[0])} and {_told(duration, common[1])}"
    )
    return picture(joined((*frame, *cells, *labels)), words, WIDTH, bottom + 20, "chart pairs")


def _range(places: Iterator[int]) -> range:
    held = list(places)
    low, high = min(held), max(held) + 1
    more = max(_LEAST - (high - low), 0)
    return range(low - more // 2, high + more - more // 2)


def _labeled(axis: range) -> Iterator[int]:
    """Yield some places of an axis: its start, and whole decades where it has some."""
    decades = [place for place in axis if place % _PER_DECADE == 0]
    step = max(1, -(-len(decades) // _LABELS))
    yield from decades[::step] if len(decades) > 1 else (axis.start, axis.start + len(axis) * 3 // 5)


def _shade(amount: int, most: int) -> int:
    """Return the shade of a number: the darkest for the largest, one less for each tenfold that is missing at most."""
    shade, bound = _SHADES, float(most)
    factor = max(most ** (1 / _SHADES), 1.5)
    while shade > 1 and amount <= bound / factor:
        shade, bound = shade - 1, bound / factor
    return shade


def _power(place: int) -> float:
    return float(10 ** (place / _PER_DECADE))


def _whole(place: int) -> int:
    return round(_power(place))


def _told(words: object, place: int) -> str:
    low, high = place, place + 1
    if words is size:
        return f"{size(_whole(low))} to {size(_whole(high))}"
    return f"{duration(_power(low))} to {duration(_power(high))}"
