"""Tables that have rows and no columns: a file or a script may give one, and its rows count."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["bare_table"]


def bare_table(rows: int) -> pa.Table:
    """Return a table of so many rows without any column.

    Its size does not depend on the number, which a damaged file of a few bytes may claim to be 2**44: `pyarrow.nulls`
    would reserve a bit for every row.
    """
    return pa.table({"": pa.Array.from_buffers(pa.null(), rows, [None])}).select([])
