"""The profile of a whole table."""

from __future__ import annotations

import time
from typing import Any

from blobprep.child.profile.clock import Clock
from blobprep.child.profile.kinds import describe_type, kind_of
from blobprep.child.profile.sample import sample_rows
from blobprep.protocol.profiles import CELL_LIMIT, AskedProfile, ColumnProfile, SampleRows, TableProfile

__all__ = ["profile_table"]


def profile_table(table: Any, asked: AskedProfile, clock: Clock | None = None) -> TableProfile:
    """Compute what is known of a table.

    Args:
        table: a `pyarrow.Table`; not changed, and not copied.
        asked: how much is wanted.
        clock: the time there is; by default that of `asked`, from now on.
    """
    started = time.monotonic()
    clock = clock or Clock(asked.seconds)
    columns = tuple(_count(name, column) for name, column in zip(table.column_names, table.columns, strict=True))
    sample = sample_rows(table, asked.rows) if asked.values else SampleRows()
    spent = round(time.monotonic() - started, 4)
    return TableProfile(table.num_rows, table.num_columns, table.nbytes, columns, sample, seconds=spent)


def _count(name: str, column: Any) -> ColumnProfile:
    kind = kind_of(column.type)
    missing = len(column) if kind == "empty" else column.null_count
    return ColumnProfile(name[:CELL_LIMIT], describe_type(column.type), kind, len(column) - missing, missing)
