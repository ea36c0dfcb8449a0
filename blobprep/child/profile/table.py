"""The profile of a whole table.

The cheap comes first, for all columns: rows that are shown, then what one pass tells, then distributions, then pairs of
columns. What there is no time for is left out, and the notes say so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, localcontext
from typing import Any, Final, Protocol

import numpy as np

from blobprep.child.profile.axes import axis_of
from blobprep.child.profile.budget import fit, width_within
from blobprep.child.profile.categories import BooleanStatistics, CategoryStatistics
from blobprep.child.profile.chosen import Chosen
from blobprep.child.profile.clock import Clock, TimeIsUp
from blobprep.child.profile.gaps import missing_shape
from blobprep.child.profile.kinds import describe_type, kind_of
from blobprep.child.profile.ordered import OrderedStatistics
from blobprep.child.profile.pairs import compare_pairs
from blobprep.child.profile.sample import sample_rows
from blobprep.child.profile.words import WordStatistics
from blobprep.protocol.profiles import (
    CELL_LIMIT,
    AskedProfile,
    Associations,
    ColumnProfile,
    DrawnColumn,
    SampleRows,
    TableProfile,
)
from blobprep.tables.codecs.types.storage import to_plain

__all__ = ["profile_table"]

_DIGITS: Final = 60
"""Decimal digits of arithmetic; a script may have set others for itself."""


class _Statistics(Protocol):
    facts: dict[str, Any]

    def scan(self, clock: Clock) -> None: ...

    def describe(self, clock: Clock) -> None: ...


@dataclass(slots=True)
class _Column:
    """A column on its way to a profile: fields of it, and what computes more of them."""

    data: Any
    facts: dict[str, Any]
    statistics: _Statistics | None = None
    notes: list[str] = field(default_factory=list)

    def end(self, note: str) -> None:
        """Compute nothing more, and say why."""
        assert self.statistics is not None
        self.facts |= self.statistics.facts
        self.statistics = None
        self.notes.append(note)

    def profile(self) -> ColumnProfile:
        """Return what is known by now."""
        facts = self.facts | (self.statistics.facts if self.statistics else {})
        notes = [facts.pop("note", ""), *self.notes]
        return ColumnProfile(**facts, note=" ".join(filter(None, notes))[:CELL_LIMIT])


def profile_table(table: Any, asked: AskedProfile, clock: Clock | None = None) -> TableProfile:
    """Compute what is known of a table.

    Args:
        table: a `pyarrow.Table`; not changed, and not copied.
        asked: how much is wanted.
        clock: the time there is; by default that of `asked`, from now on.
    """
    started = time.monotonic()
    # Neither the warnings nor the precision of a script that shares this process are ours.
    with np.errstate(all="ignore"), localcontext(Context(prec=_DIGITS, traps=[])):
        profile = _profile(table, asked, clock or Clock(asked.seconds))
    spent = round(time.monotonic() - started, 4)
    return fit(profile, asked.bytes, spent)


def _profile(table: Any, asked: AskedProfile, clock: Clock) -> TableProfile:
    chosen, notes = Chosen(table.num_rows, asked.exact), []
    width = min(table.num_columns, width_within(asked.bytes))
    columns = [_begin(table, place, chosen, asked) for place in range(width)]
    sample = _sample(columns, table.num_rows, asked) if asked.values else SampleRows()
    for step, what in ((_scan, "statistics"), (_describe, "distribution")):
        if late := _work(columns, step, what, clock, values=asked.values):
            notes.append(f"Time ran out: no {what} of {late} of {width} columns.")
    drawn: tuple[DrawnColumn, ...] = ()
    associations = Associations()
    try:
        drawn, associations = compare_pairs([column.data for column in columns], table.num_rows, asked, clock)
    except TimeIsUp:
        notes.append("Time ran out: columns were not compared in pairs.")
    except Exception as error:
        notes.append(f"Columns were not compared in pairs: {_reason(error, values=asked.values)}.")
    profiles = tuple(column.profile() for column in columns)
    exact = not associations.rows and all(map(_is_exact, profiles))
    return TableProfile(
        table.num_rows,
        table.num_columns,
        table.nbytes,
        profiles,
        sample,
        drawn,
        associations,
        exact,
        notes=tuple(notes),
    )


def _begin(table: Any, place: int, chosen: Chosen, asked: AskedProfile) -> _Column:
    """Return a column with what its type and Arrow's count of missing values tell."""
    schema, data = table.schema.field(place), table.column(place)
    names = {"name": schema.name[:CELL_LIMIT], "type": describe_type(schema.type)}
    try:
        data = to_plain(data)
    except Exception as error:
        facts = {**names, "kind": "nested", "count": len(data) - data.null_count, "missing": data.null_count}
        return _Column(
            data, facts, notes=[f"Its statistics cannot be computed: {_reason(error, values=asked.values)}."]
        )
    kind = kind_of(data.type)
    missing = len(data) if kind == "empty" else data.null_count
    column = _Column(data, {**names, "kind": kind, "count": len(data) - missing, "missing": missing})
    if kind == "boolean":
        column.statistics = BooleanStatistics(data, values=asked.values)
    elif kind == "categorical":
        column.statistics = CategoryStatistics(data, values=asked.values)
    elif kind in ("text", "binary"):
        column.statistics = WordStatistics(data, chosen, values=asked.values)
    elif (axis := axis_of(data.type)) is not None:
        column.statistics = OrderedStatistics(data, axis, chosen, values=asked.values)
    return column


def _sample(columns: list[_Column], total: int, asked: AskedProfile) -> SampleRows:
    sample, failures = sample_rows([column.data for column in columns], total, asked.rows)
    for place, reason in failures.items():
        columns[place].notes.append(reason)
    return sample


def _scan(column: _Column, clock: Clock) -> None:
    assert column.statistics is not None
    column.statistics.scan(clock)
    facts = column.facts | column.statistics.facts
    if facts["missing"] and facts["count"]:
        column.facts["missing_shape"] = missing_shape(column.data, facts["missing"])


def _describe(column: _Column, clock: Clock) -> None:
    assert column.statistics is not None
    column.statistics.describe(clock)


def _work(
    columns: list[_Column], step: Callable[[_Column, Clock], None], what: str, clock: Clock, *, values: bool
) -> int:
    """Compute something of each column that has statistics; return of how many there was no time for it.

    What fails for one column, whatever the reason, ends the statistics of that one.
    """
    late = 0
    for column in columns:
        if column.statistics is None:
            continue
        try:
            clock.check()
            step(column, clock)
        except TimeIsUp:
            late += 1
            column.end(f"Time ran out before its {what} could be computed.")
        except Exception as error:
            column.end(f"Its statistics cannot be computed: {_reason(error, values=values)}.")
    return late


def _reason(error: Exception, *, values: bool) -> str:
    """Return what went wrong; only the kind of it where values may not be copied, which a message may have."""
    text = str(error).strip().partition("\n")[0][:200] if values else ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _is_exact(column: ColumnProfile) -> bool:
    estimated = (column.unique_error, column.quantiles_error, column.frequent_rows, column.bins and column.bins.rows)
    return not any(estimated)
