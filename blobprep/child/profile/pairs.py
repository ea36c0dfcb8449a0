"""What is known of pairs of columns: rows from which they are drawn, and how strongly they go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from blobprep.child.profile.associations import COLUMNS, ROWS, associate
from blobprep.child.profile.clock import Clock
from blobprep.child.profile.coded import CodedColumn, code
from blobprep.child.profile.drawn import CELLS, draw, drawn_rows
from blobprep.child.profile.rows import choose
from blobprep.protocol.profiles import AskedProfile, Associations, DrawnColumn

__all__ = ["compare_pairs"]


def compare_pairs(
    columns: Sequence[Any], total: int, asked: AskedProfile, clock: Clock
) -> tuple[tuple[DrawnColumn, ...], Associations]:
    """Choose rows to draw, and compare columns.

    Args:
        columns: of the table, the first ones.
        total: rows of the table.
        asked: whether values may be copied, and all rows are compared.
        clock: checked before each column.

    Raises:
        TimeIsUp: before the end.
    """
    few = choose(total, drawn_rows(len(columns)))
    rows = choose(total, total if asked.exact else ROWS)
    drawn: list[DrawnColumn] = []
    coded: list[CodedColumn] = []
    for place, data in enumerate(columns[: CELLS // max(1, len(few))]):
        clock.check()
        column = _code(data, place, few)
        if column is None:
            continue
        if asked.values:
            drawn.append(draw(column))
        if len(coded) < COLUMNS:
            whole = column if len(rows) == len(few) else _code(data, place, rows)
            coded += [whole] if whole is not None else []
    if len(coded) < 2:
        return tuple(drawn), Associations()
    return tuple(drawn), associate(coded, 0 if len(rows) == total else len(rows), clock)


def _code(data: Any, place: int, rows: npt.NDArray[np.int64]) -> CodedColumn | None:
    """Return a column in some rows; None also where Arrow cannot do that with it, which its statistics say."""
    try:
        return code(data, place, rows)
    except Exception:
        return None
