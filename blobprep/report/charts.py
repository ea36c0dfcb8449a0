"""Charts of one column, as inline SVG from its profile. Pure.

Colors and strokes are classes of `assets/page.css`; a chart has no style of its own, which the page's policy forbids.
Each says in words what it shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from blobprep.protocol.profiles import Bins, BoxPlot, ColumnProfile
from blobprep.report.axes import axis_kind
from blobprep.report.markup import Markup, cut, element, joined
from blobprep.report.numerals import position, share

__all__ = [
    "WIDTH", "axis", "bar", "box_plot", "histogram", "missing_strip", "outline", "parts_bar", "picture", "thumbnail",
]  # fmt: skip

WIDTH: Final = 320
HEIGHT: Final = 132
_TOP: Final = 16
_BASE: Final = 112  # of the bars; below are the labels of the axis
_EDGE: Final = 6
_BAR: Final = 960
_THUMB: Final = (84, 26)
_POINTS: Final = 40  # values beyond the whiskers that are drawn


def histogram(bins: Bins, kind: str, *, log_x: bool = False, log_y: bool = False, small: bool = False) -> Markup:
    """Draw counts of values in intervals, each with its counts on hover where neither axis is logarithmic.

    Args:
        bins: what is drawn.
        kind: of the axis, which says how a position reads.
        log_x: the edges grow by a factor, and are drawn at equal distances.
        log_y: heights are logarithms of counts.
        small: in few bytes, without counts on hover.
    """
    scale = _scale(bins.edges, log_x)
    span = bins.edges[-1] - bins.edges[0]
    tall = [height * (_BASE - _TOP) for height in _heights(bins.counts, log_y)]
    base = element("line", class_="grid", x1=_EDGE, x2=WIDTH - _EDGE, y1=_BASE + 0.5, y2=_BASE + 0.5)
    places = [scale(edge) for edge in bins.edges]
    if log_x or log_y or small:
        drawn = element("path", class_="bar", d="".join(_upright(places, tall)))
    else:
        names = [position(edge, kind, span) for edge in bins.edges]
        drawn = element("g", *_bars(places, tall, bins.counts, names), class_="bars")
    top = max(range(len(tall)), key=tall.__getitem__)
    middle = min(max((places[top] + places[top + 1]) / 2, _EDGE + 12), WIDTH - _EDGE - 12)
    most = element("text", f"{bins.counts[top]:,}", x=_short(middle), y=_TOP - 4, text_anchor="middle")
    inner = joined((base, drawn, most, axis(bins.edges, kind, log_x=log_x)))
    return picture(inner, _spoken(bins, kind, log_x, log_y), WIDTH, HEIGHT, "chart")


def _bars(
    places: Sequence[float], tall: Sequence[float], counts: Sequence[int], names: Sequence[str]
) -> Iterator[Markup]:
    """Yield bars that say on hover what they count."""
    for (left, right), height, amount, (low, high) in zip(pairwise(places), tall, counts, pairwise(names), strict=True):
        if amount:
            words = element("title", f"{low} to {high}: {amount:,}")
            yield element(
                "rect", words, x=_short(left + 0.5), y=_short(_BASE - height),
                width=_short(max(right - left - 1, 0.6)), height=_short(height),
            )  # fmt: skip


def _upright(places: Sequence[float], tall: Sequence[float]) -> Iterator[str]:
    for (left, right), height in zip(pairwise(places), tall, strict=True):
        if height:
            yield f"M{_short(left + 0.5)} {_BASE}v-{_short(height)}h{_short(max(right - left - 1, 0.6))}V{_BASE}z"


def box_plot(box: BoxPlot, kind: str) -> Markup:
    """Draw quartiles, whiskers and some values beyond."""
    ends = (*box.outliers, box.low, box.high)
    low, high = min(ends), max(ends)
    scale = _scale((low, high if high > low else low + 1), False)
    first, middle, third = (scale(value) for value in (box.first_quartile, box.median, box.third_quartile))
    y, half = 56, 22
    line = [
        (scale(box.low), y, first, y),
        (third, y, scale(box.high), y),
        (scale(box.low), y - 10, scale(box.low), y + 10),
        (scale(box.high), y - 10, scale(box.high), y + 10),
    ]
    parts = [element("line", class_="whisker", x1=_short(a), y1=b, x2=_short(c), y2=d) for a, b, c, d in line]
    parts.append(
        element("rect", class_="box", x=_short(first), y=y - half, width=_short(max(third - first, 1)), height=2 * half)
    )
    parts.append(element("line", class_="median", x1=_short(middle), x2=_short(middle), y1=y - half, y2=y + half))
    drawn = sorted(box.outliers)
    drawn = drawn[: _POINTS // 2] + drawn[max(_POINTS // 2, len(drawn) - _POINTS // 2) :]
    parts += [element("circle", class_="point", cx=_short(scale(value)), cy=y, r=2.2) for value in drawn]
    span = high - low
    words = (
        f"Box plot: quartiles {position(box.first_quartile, kind, span)}, {position(box.median, kind, span)} and "
        f"{position(box.third_quartile, kind, span)}; whiskers from {position(box.low, kind, span)} to "
        f"{position(box.high, kind, span)}; {len(box.outliers)} values beyond are drawn"
    )
    return picture(joined(parts) + axis((low, high), kind), words, WIDTH, HEIGHT, "chart")


def missing_strip(shape: Sequence[int], rows: int) -> Markup:
    """Draw where values are missing, from the first row to the last."""
    if not shape:
        return Markup()
    stretch = max(rows / len(shape), 1)
    step = WIDTH / len(shape)
    path = _columns([missing / stretch for missing in shape], step, 20, 0.5)
    worst = max(range(len(shape)), key=shape.__getitem__)
    words = (
        f"Missing values from the first row to the last: most of them, {share(shape[worst], stretch)} of the rows, "
        f"around {share(worst + 0.5, len(shape))} of the way"
    )
    return picture(element("path", class_="gap", d=path), words, WIDTH, 21, "strip")


def thumbnail(column: ColumnProfile) -> Markup:
    """Draw a histogram, or bars of frequent values, small enough for the head of a column."""
    width, height = _THUMB
    if column.bins is not None and any(column.bins.counts):
        words, counts = _spoken(column.bins, axis_kind(column), False, False), column.bins.counts
    elif column.frequent:
        counts = tuple(value.count for value in column.frequent[:10])
        words = f"Most frequent: {', '.join(cut(value.text, 30) for value in column.frequent[:3])}"
    else:
        return Markup()
    step = width / max(len(counts), 4)
    path = _columns([amount / (max(counts) or 1) for amount in counts], step, height, 1)
    drawn = element("path", class_="bar" if column.bins is not None else "bar other", d=path)
    return picture(drawn, words, width, height, "thumb")


def bar(part: float, whole: float, class_: str = "bar") -> Markup:
    """Draw a part of a whole as a horizontal bar that fills its place."""
    width = _short(100 * min(part / whole, 1)) if whole > 0 else "0"
    inner = element("path", class_=class_, d=f"M0 0h{width}v10H0z")
    return element("svg", inner, class_="meter", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")


def parts_bar(parts: Iterable[tuple[str, str, int]], about: str) -> Markup:
    """Draw parts of a whole one after the other, with a legend that counts them.

    Args:
        parts: the end of the class of each, what it is, and how many there are.
        about: what is counted.
    """
    counts = list(parts)
    total = sum(amount for *_, amount in counts)
    x, drawn = 0.0, []
    for name, words, amount in counts:
        if not amount:
            continue
        wide = max(_BAR * amount / total, 3.0)
        drawn.append(
            element(
                "rect", element("title", f"{amount:,} {words}"), class_=f"part-{name}", x=f"{x:.1f}", y=0,
                width=f"{max(wide - 1.5, 1.5):.1f}", height=18,
            )
        )  # fmt: skip
        x += wide
    told = ", ".join(f"{amount:,} {words}" for _, words, amount in counts)
    legend = [
        element(
            "span", element("b", f"{amount:,}"), f" {words}",
            element("small", f" {share(amount, total)}") if amount else None,
            class_=f"key key-{name}" + ("" if amount else " is-none"),
        )
        for name, words, amount in counts
    ]  # fmt: skip
    chart = picture(joined(drawn), f"{about}: {told}", max(x, _BAR), 18, "rows-bar", stretched=True)
    return element("div", chart, element("p", *legend, class_="keys"), class_="counted")


def outline(bins: Bins, low: float, high: float, top: float) -> str:
    """Return the path of a histogram's outline, as densities, on an axis that it shares with others.

    Args:
        bins: what is drawn.
        low: the left end of the axis.
        high: its right end.
        top: density at the top.
    """
    total = sum(bins.counts) or 1
    across = (WIDTH - 2 * _EDGE) / ((high - low) or 1)
    start = _EDGE + (bins.edges[0] - low) * across
    path = [f"M{_short(start)} {_BASE}"]
    for (left, right), amount in zip(pairwise(bins.edges), bins.counts, strict=True):
        density = amount / total / (right - left)
        path.append(
            f"V{_short(_BASE - (_BASE - _TOP) * min(density / top, 1))}H{_short(_EDGE + (right - low) * across)}"
        )
    return "".join(path) + f"V{_BASE}z"


def axis(edges: Sequence[float], kind: str, *, log_x: bool = False) -> Markup:
    """Return the labels of an axis: its ends, and its middle where there is room."""
    low, high = edges[0], edges[-1]
    span = high - low
    middle = math.sqrt(low * high) if log_x and low > 0 else low / 2 + high / 2
    labels = [(low, _EDGE, "start"), (middle, WIDTH / 2, "middle"), (high, WIDTH - _EDGE, "end")]
    return joined(
        element("text", cut(position(value, kind, span), 22), x=_short(x), y=_BASE + 16, text_anchor=anchor)
        for value, x, anchor in (labels if span > 0 else labels[:1])
    )


def picture(inner: Markup, words: str, width: float, height: float, class_: str, *, stretched: bool = False) -> Markup:
    """Return a picture that says in words what it shows; a stretched one fills its place and has no texts."""
    return element(
        "svg", inner, class_=class_, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=cut(words, 300),
        preserveAspectRatio="none" if stretched else None,
    )  # fmt: skip


def _columns(shares: Sequence[float], step: float, height: int, gap: float) -> str:
    """Return the path of upright bars that stand on the lower edge of a picture."""
    return "".join(
        f"M{_short(place * step)} {height}v-{_short(max((height - 1) * min(part, 1), 0.8))}"
        f"h{_short(max(step - gap, 0.4))}V{height}z"
        for place, part in enumerate(shares)
        if part
    )


def _spoken(bins: Bins, kind: str, log_x: bool, log_y: bool) -> str:
    span = bins.edges[-1] - bins.edges[0]
    top = max(range(len(bins.counts)), key=bins.counts.__getitem__)
    ends = [position(bins.edges[place], kind, span) for place in (0, -1, top, top + 1)]
    name = "Histogram, logarithmic axis" if log_x else "Histogram, logarithmic counts" if log_y else "Histogram"
    return (
        f"{name}: {len(bins.counts)} bins from {ends[0]} to {ends[1]}; "
        f"the fullest, {bins.counts[top]:,} values, from {ends[2]} to {ends[3]}"
    )


def _scale(edges: Sequence[float], log: bool) -> _Scale:
    low, high = edges[0], edges[-1]
    if log and low > 0:
        return _Scale(math.log(low), math.log(high), log=True)
    return _Scale(low, high, log=False)


class _Scale:
    """Places of values between the left and right ends of a chart."""

    def __init__(self, low: float, high: float, *, log: bool) -> None:
        self._low, self._span, self._log = low, (high - low) or 1.0, log

    def __call__(self, value: float) -> float:
        value = math.log(value) if self._log else value
        return _EDGE + (WIDTH - 2 * _EDGE) * min(max((value - self._low) / self._span, 0), 1)


def _heights(counts: Iterable[int], log: bool) -> list[float]:
    values = [math.log1p(amount) if log else float(amount) for amount in counts]
    top = max(values, default=0) or 1
    return [max(value / top, 0.008) if value else 0 for value in values]


def _short(value: float) -> str:
    if not math.isfinite(value):  # of an axis from −1e308 to 1e308
        return "0"
    return f"{value:.1f}".removesuffix(".0")
