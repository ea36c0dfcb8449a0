"""The profile of a table: the numbers and texts about it that a child computes, for a page that another process makes.

A script shares the child's process, so a profile is what the script wants it to be: numbers and texts, bounded in
number and length, which are checked when they are read and never taken for more than that.

Values are exact: a number where JSON and a double hold it, otherwise text (an integer beyond 2⁵³, a decimal, a time in
ISO 8601). Positions on an axis are doubles: of times, seconds since 1970 in UTC, of durations, seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = [
    "CELL_LIMIT",
    "COLUMN_KINDS",
    "ROWS_LIMIT",
    "AskedProfile",
    "Associations",
    "Bins",
    "BoxPlot",
    "ColumnKind",
    "ColumnProfile",
    "DrawnColumn",
    "FrequentValue",
    "SampleRows",
    "TableProfile",
    "Value",
]

Value = int | float | str
ColumnKind = Literal["numeric", "boolean", "text", "categorical", "time", "duration", "binary", "nested", "empty"]
COLUMN_KINDS: Final[tuple[ColumnKind, ...]] = (
    "numeric",
    "boolean",
    "text",
    "categorical",
    "time",
    "duration",
    "binary",
    "nested",
    "empty",
)

CELL_LIMIT: Final = 2_000
"""Characters of a cell's text, and of a column's label, in a profile; what is longer is cut."""

ROWS_LIMIT: Final = 1_000
"""Rows whose cells a profile may have."""


@dataclass(frozen=True, slots=True)
class AskedProfile:
    """How a child profiles tables.

    Attributes:
        rows: whose cells are shown, at most; the first ones, with some from the middle and the end.
        bytes: of the profile as JSON, at most; what does not fit is left out, and that is said.
        seconds: after which what is not computed is left out; None for no limit.
        values: whether cells, frequent values and other values of single rows may be copied.
        exact: compute from all rows what is otherwise estimated from a sample or a sketch.
    """

    rows: int = 100
    bytes: int = 3 * 1024 * 1024
    seconds: float | None = None
    values: bool = True
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Bins:
    """Counts of values in adjoining intervals.

    Attributes:
        edges: n + 1 positions, increasing.
        counts: n numbers of values; the last interval has both of its ends, the others their lower one.
        rows: the values were counted in so many rows, chosen at random; 0 for all rows.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    rows: int = 0


@dataclass(frozen=True, slots=True)
class BoxPlot:
    """Positions of quartiles, whiskers (the last values within 1.5 interquartile ranges) and some values beyond."""

    first_quartile: float
    median: float
    third_quartile: float
    low: float
    high: float
    outliers: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FrequentValue:
    """A value and how often it occurs.

    Attributes:
        text: of at most `CELL_LIMIT` characters.
        count: of rows.
        length: characters of the whole text.
    """

    text: str
    count: int
    length: int = 0


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What is known of one column.

    Attributes:
        name: its label, cut at `CELL_LIMIT` characters.
        type: Arrow's name of its type.
        kind: how it is shown.
        count: values that are not missing.
        missing: values that are.
        unique: distinct values among those not missing; None where that was not computed.
        unique_error: relative standard error of `unique`; 0 where it is exact.
        minimum, maximum, mean, median, deviation: as in Studio's pane; the deviation is the sample's (n − 1).
        skewness, kurtosis: of the sample; the kurtosis of a normal distribution is 0.
        quantiles: probabilities and values, increasing.
        quantiles_error: standard error of a quantile's rank, as a share of all rows; 0 where they are exact.
        zeros, negative, infinite: numbers that are so; None for columns that are not numbers.
        shortest, longest, mean_length: characters of texts, bytes of binary values.
        bins: a histogram; `log_bins` one whose edges grow by a factor, of numbers above 0.
        box: of numbers, times and durations.
        frequent: the most frequent values, falling.
        frequent_rows: these were counted in so many rows, chosen at random; 0 for all rows.
        missing_shape: missing values in each of up to 50 equal stretches of rows, in order; empty where there are none.
        note: why something is left out, in one sentence; may be empty.
    """

    name: str
    type: str
    kind: ColumnKind
    count: int
    missing: int
    unique: int | None = None
    unique_error: float = 0.0
    minimum: Value | None = None
    maximum: Value | None = None
    mean: Value | None = None
    median: Value | None = None
    deviation: Value | None = None
    skewness: float | None = None
    kurtosis: float | None = None
    quantiles: tuple[tuple[float, Value], ...] = ()
    quantiles_error: float = 0.0
    zeros: int | None = None
    negative: int | None = None
    infinite: int | None = None
    shortest: int | None = None
    longest: int | None = None
    mean_length: float | None = None
    bins: Bins | None = None
    log_bins: Bins | None = None
    box: BoxPlot | None = None
    frequent: tuple[FrequentValue, ...] = ()
    frequent_rows: int = 0
    missing_shape: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class SampleRows:
    """The rows that are shown.

    Attributes:
        numbers: of the rows, from 0, increasing.
        columns: so many of the table's first columns are in `cells`.
        cells: for each row, a text for each column, None where it is missing; cut at `CELL_LIMIT` characters.
        lengths: characters of the cells that were cut, by row and column of `cells`.
    """

    numbers: tuple[int, ...] = ()
    columns: int = 0
    cells: tuple[tuple[str | None, ...], ...] = ()
    lengths: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnColumn:
    """A column in the rows that scatter plots, boxes and crosstabs of two columns are drawn from.

    Attributes:
        column: its position in the table.
        values: positions of numbers and times; of other columns, places in `categories`. None where missing.
        categories: texts; of a column with many, the most frequent ones, and values of others are missing.
    """

    column: int
    values: tuple[float | None, ...]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Associations:
    """How strongly columns go together, in pairs.

    Attributes:
        columns: positions in the table, n of them.
        strengths: n by n, row by row: for two numeric columns Pearson's correlation (−1 to 1), for two categorical ones
            Cramér's V (0 to 1), for one of each the correlation ratio (0 to 1); None where there is none.
        rows: computed from so many rows, chosen at random; 0 for all rows.
    """

    columns: tuple[int, ...] = ()
    strengths: tuple[float | None, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class TableProfile:
    """What is known of a table.

    Attributes:
        rows, width: its rows and columns.
        memory: bytes of the table as Arrow holds it.
        columns: profiles of its first columns; fewer than `width` where they did not fit, or time ran out.
        sample: the rows that are shown.
        drawn: columns in rows chosen at random, the same rows for all.
        associations: of its columns.
        exact: whether nothing was estimated.
        seconds: that it took.
        notes: what was left out and why, one sentence each.
    """

    rows: int
    width: int
    memory: int = 0
    columns: tuple[ColumnProfile, ...] = ()
    sample: SampleRows = field(default_factory=SampleRows)
    drawn: tuple[DrawnColumn, ...] = ()
    associations: Associations = field(default_factory=Associations)
    exact: bool = True
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
