"""How strongly columns go together, as a small matrix and as a list of the strongest pairs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from blobprep.protocol.profiles import Associations, ColumnProfile
from blobprep.report.budget import weight
from blobprep.report.markup import Markup, cut, element, isolated, joined, nothing
from blobprep.report.numerals import count, number

__all__ = ["association_matrix"]

_SIDE: Final = 14  # of a cell
_COLUMNS: Final = 40  # of a matrix that can be read
_PAIRS: Final = 12
_STEPS: Final = 5  # of color


def association_matrix(associations: Associations, columns: Sequence[ColumnProfile], port: str, limit: int) -> Markup:
    """Return the matrix with its strongest pairs; nothing where there are no two columns to compare.

    Args:
        associations: of the columns.
        columns: of the table.
        port: of the table.
        limit: bytes.
    """
    known = [(place, column) for place, column in enumerate(associations.columns) if column < len(columns)]
    n = len(associations.columns)
    if len(known) < 2 or len(associations.strengths) != n * n:
        return nothing
    names = [columns[column].name for _, column in known]
    values = [[_within(associations.strengths[i * n + j]) for j, _ in known] for i, _ in known]
    pairs = sorted(
        (
            (strength, i, j)
            for i, row in enumerate(values)
            for j, strength in enumerate(row[:i])
            if strength is not None
        ),
        key=lambda pair: (-abs(pair[0]), pair[1], pair[2]),
    )
    if not pairs:
        return nothing
    listed = element("ol", joined(_pair(strength, names[j], names[i]) for strength, i, j in pairs[:_PAIRS]))
    shown = min(len(names), _COLUMNS)
    drawn = _grid(names[:shown], values)
    if weight(drawn) + weight(listed) > limit:
        drawn, shown = nothing, 0
    sampled = f" From {count(associations.rows)} rows chosen at random." if associations.rows else ""
    words = (
        "Pearson’s correlation of two numeric columns (−1 to 1), Cramér’s V of two categorical ones and the "
        f"correlation ratio of one of each (0 to 1).{sampled}"
    )
    cut_off = f" The matrix has the first {shown} of {n} columns." if 0 < shown < n else ""
    return element(
        "details",
        element("summary", "Associations of columns"),
        element("p", words + cut_off, class_="note"),
        element("div", drawn, element("div", element("h3", "Strongest pairs"), listed), class_="beside"),
        class_="associations fold",
        id=f"{port}-associations",
    )


def _within(strength: float | None) -> float | None:
    return None if strength is None else min(max(strength, -1.0), 1.0)


def _pair(strength: float, one: str, other: str) -> Markup:
    return element(
        "li", element("b", number(round(strength, 4))), " ", isolated(cut(one, 40), dir="auto"), " – ",
        isolated(cut(other, 40), dir="auto"),
    )  # fmt: skip


def _grid(names: Sequence[str], values: Sequence[Sequence[float | None]]) -> Markup:
    parts = []
    for i, row in enumerate(values[: len(names)]):
        for j, strength in enumerate(row[:i]):
            if strength is None:
                continue
            step = min(round(abs(strength) * _STEPS), _STEPS)
            words = element("title", f"{cut(names[j], 40)} – {cut(names[i], 40)}: {number(round(strength, 4))}")
            class_ = f"{'down' if strength < 0 else 'up'}{step}"
            side = _SIDE - 1
            parts.append(element("rect", words, class_=class_, x=j * _SIDE, y=i * _SIDE, width=side, height=side))
        parts.append(element("text", cut(names[i], 28), x=i * _SIDE + 3, y=i * _SIDE + 11))
    height, width = len(names) * _SIDE, len(names) * _SIDE + 170
    return element(
        "svg", joined(parts), class_="matrix", viewBox=f"0 0 {width} {height}", width=width, height=height, role="img",
        aria_label=f"Associations of {len(names)} columns; the strongest pairs are listed beside",
    )  # fmt: skip
