"""A profile within a number of bytes as JSON: what a reader misses least is left out first, and that is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from blobprep.protocol import FACTS_LIMIT, PORTS, VALUES_LIMIT, encode_part
from blobprep.protocol.profiles import BoxPlot, ColumnProfile, DrawnColumn, FrequentValue, SampleRows, TableProfile

__all__ = ["fit", "width_within"]

_MOST: Final = FACTS_LIMIT // len(PORTS) - (1 << 16)
_VALUES: Final = VALUES_LIMIT // len(PORTS) - (1 << 12)
"""Facts have the profiles of all ports, and other things."""

_COLUMN: Final = 1500
"""Bytes of a column's profile, about: of more columns than fit with their histograms none is begun."""

_RICH: Final = 32_000
"""Bytes of a column's profile, at most."""

_NONE: Final = SampleRows()

_Step = Callable[[TableProfile], TableProfile]


def width_within(most: int) -> int:
    """Return how many columns a profile of so many bytes can have."""
    return max(1, min(most, _MOST) // _COLUMN)


def fit(profile: TableProfile, most: int, seconds: float) -> TableProfile:
    """Return a profile that took some seconds, without what does not fit into a number of bytes."""
    most = min(most, _MOST)
    profile = replace(profile, seconds=seconds)
    if len(profile.columns) < profile.width:
        profile = _noted(profile, f"Only the first {len(profile.columns)} of {profile.width} columns fit.")
    scale = _Scale(most)
    if _bound(profile) <= most or scale.holds(profile):
        return profile
    for step, sentence in _STEPS:
        before, shorter = scale.weigh(profile), step(profile)
        if scale.weigh(shorter) == before:
            continue
        profile = _noted(shorter, sentence) if sentence else shorter
        if scale.holds(profile):
            return profile
    return next(narrow for narrow in _narrowed(profile) if scale.holds(narrow) or not narrow.columns)


class _Scale:
    """What profiles weigh, in bytes of JSON and in values; a part that a step has left as it was is not weighed again.

    Args:
        most: bytes that are allowed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[int, tuple[object, int, int]] = {}  # by identity, of parts that are held here

    def holds(self, profile: TableProfile) -> bool:
        """Return whether a profile is light enough."""
        size, values = self.weigh(profile)
        return size <= self._most and values <= min(_VALUES, self._most)

    def weigh(self, profile: TableProfile) -> tuple[int, int]:
        """Return the bytes and the values of a profile."""
        rest = replace(profile, columns=(), sample=_NONE, drawn=())
        parts = [self._weighed(part) for part in (profile.columns, profile.sample, profile.drawn, rest)]
        return sum(size for size, _ in parts), sum(values for _, values in parts)

    def _weighed(self, part: object) -> tuple[int, int]:
        known = self._known.get(id(part))
        if known is None:
            data = encode_part(part)
            known = part, len(data), sum(map(data.count, (b",", b":", b"[", b"{")))
            self._known[id(part)] = known
        return known[1:]


def _bound(profile: TableProfile) -> int:
    """Return what a profile has at most in bytes, without encoding it."""
    cells = sum(len(cell or "") for row in profile.sample.cells for cell in row)
    count = len(profile.sample.cells) * profile.sample.columns
    drawn = sum(len(column.values) for column in profile.drawn)
    strengths = len(profile.associations.strengths)
    return 6 * cells + 8 * count + 26 * drawn + 10 * strengths + _RICH * (1 + len(profile.columns))


def _noted(profile: TableProfile, sentence: str) -> TableProfile:
    return replace(profile, notes=(*profile.notes, sentence))


def _cut_cells(characters: int) -> _Step:
    def step(profile: TableProfile) -> TableProfile:
        sample = profile.sample
        known = {(row, column) for row, column, _ in sample.lengths}
        lengths = list(sample.lengths)
        for at, row in enumerate(sample.cells):
            lengths += [
                (at, column, len(cell))
                for column, cell in enumerate(row)
                if cell is not None and len(cell) > characters and (at, column) not in known
            ]
        cells = tuple(tuple(cell if cell is None else cell[:characters] for cell in row) for row in sample.cells)
        return replace(profile, sample=replace(sample, cells=cells, lengths=tuple(sorted(lengths))))

    return step


def _keep_rows(most: int) -> _Step:
    def step(profile: TableProfile) -> TableProfile:
        places = [place for stretch in _stretches(profile.sample) for place in _share(stretch, profile.sample, most)]
        return replace(profile, sample=_picked(profile.sample, places))

    return step


def _stretches(sample: SampleRows) -> Iterator[range]:
    """Yield the places of rows that follow each other in the table."""
    start = 0
    for place in range(1, len(sample.numbers) + 1):
        if place == len(sample.numbers) or sample.numbers[place] != sample.numbers[place - 1] + 1:
            yield range(start, place)
            start = place


def _share(stretch: range, sample: SampleRows, most: int) -> range:
    """Return the places of a stretch that stay: the first ones, and of the table's last rows the last ones."""
    if len(sample.numbers) <= most:
        return stretch
    count = max(1, len(stretch) * most // len(sample.numbers))
    is_last = stretch.stop == len(sample.numbers) and stretch.start > 0
    return stretch[-count:] if is_last else stretch[:count]


def _picked(sample: SampleRows, places: list[int]) -> SampleRows:
    new = {place: at for at, place in enumerate(places)}
    return SampleRows(
        tuple(sample.numbers[place] for place in places),
        sample.columns,
        tuple(sample.cells[place] for place in places),
        tuple((new[row], column, size) for row, column, size in sample.lengths if row in new),
    )


def _keep_cells(columns: int) -> _Step:
    def step(profile: TableProfile) -> TableProfile:
        sample = profile.sample
        if sample.columns <= columns:
            return profile
        lengths = tuple(row for row in sample.lengths if row[1] < columns)
        cells = tuple(row[:columns] for row in sample.cells)
        return replace(
            profile, sample=SampleRows(sample.numbers if columns else (), columns, cells if columns else (), lengths)
        )

    return step


def _thin_drawn(every: int) -> _Step:
    def step(profile: TableProfile) -> TableProfile:
        return replace(
            profile,
            drawn=tuple(
                DrawnColumn(column.column, column.values[::every], column.categories) for column in profile.drawn
            ),
        )

    return step


def _without_drawn(profile: TableProfile) -> TableProfile:
    return replace(profile, drawn=())


def _each_column(change: Callable[[ColumnProfile], ColumnProfile]) -> _Step:
    return lambda profile: replace(profile, columns=tuple(map(change, profile.columns)))


def _fewer_values(column: ColumnProfile) -> ColumnProfile:
    frequent = tuple(
        FrequentValue(value.text if len(value.text) <= 40 else f"{value.text[:39]}…", value.count, value.length)
        for value in column.frequent[:5]
    )
    box = column.box
    if box is not None:
        box = BoxPlot(box.first_quartile, box.median, box.third_quartile, box.low, box.high)
    return replace(column, frequent=frequent, box=box)


def _less_shape(column: ColumnProfile) -> ColumnProfile:
    return replace(column, log_bins=None, missing_shape=(), quantiles=())


def _bare(column: ColumnProfile) -> ColumnProfile:
    name = column.name if len(column.name) <= 100 else f"{column.name[:99]}…"
    bare = ColumnProfile(name, column.type[:40], column.kind, column.count, column.missing, note=column.note[:100])
    values: dict[str, Any] = {
        field: value if not isinstance(value, str) or len(value) <= 40 else f"{value[:39]}…"
        for field in ("minimum", "maximum", "mean", "median", "deviation")
        if (value := getattr(column, field)) is not None
    }
    return replace(bare, unique=column.unique, unique_error=column.unique_error, **values)


_STEPS: Final[tuple[tuple[_Step, str], ...]] = (
    (_cut_cells(500), "Long cells are cut at 500 characters, so that the page stays small."),
    (_thin_drawn(2), "Fewer rows are drawn, so that the page stays small."),
    (_cut_cells(100), "Long cells are cut at 100 characters, so that the page stays small."),
    (_keep_rows(50), "Fewer rows are shown, so that the page stays small."),
    (_thin_drawn(4), ""),
    (_each_column(_fewer_values), "Fewer frequent values and no outliers are listed, so that the page stays small."),
    (_keep_rows(20), ""),
    (
        _each_column(_less_shape),
        "Quantiles and the shape of missing values are left out, so that the page stays small.",
    ),
    (_without_drawn, "No rows are drawn, so that the page stays small."),
    (_keep_cells(500), "Cells are shown of the first 500 columns, so that the page stays small."),
    (_cut_cells(40), ""),
    (_keep_rows(5), ""),
    (_keep_cells(100), "Cells are shown of the first 100 columns, so that the page stays small."),
    (_each_column(_bare), "No histograms are shown, so that the page stays small."),
    (_keep_cells(0), "No rows are shown, so that the page stays small."),
)
"""What is done one after the other until a profile fits, and what the notes say about it."""


def _narrowed(profile: TableProfile) -> Iterator[TableProfile]:
    """Yield the profile with ever fewer columns, at last with none."""
    width, notes = len(profile.columns), profile.notes
    associations = replace(profile.associations, columns=(), strengths=())
    while width:
        width = width * 3 // 4
        sentence = f"Only the first {width} of {profile.width} columns fit."
        kept = tuple(note for note in notes if not note.startswith("Only the first"))
        yield replace(profile, columns=profile.columns[:width], associations=associations, notes=(*kept, sentence))
