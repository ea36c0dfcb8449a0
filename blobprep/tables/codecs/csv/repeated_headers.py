"""Rows that repeat the header, as in a text that was concatenated from several."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.errors import option

__all__ = ["RepeatedHeaders"]


@dataclass(slots=True)
class RepeatedHeaders:
    """The rows of a text that repeat its header: found when it is first read, left out whenever it is read.

    A single label may also be a value, so a text of one column has no such rows; neither has one with a label missing.

    Attributes:
        header: the cells of the header as pyarrow scalars, because Python values would make pyarrow import pandas.
        numbers: the numbers of the rows, in ascending order.
    """

    header: list[Any] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def drop_from(self, batch: pa.RecordBatch, before: int, first_time: bool) -> pa.RecordBatch:
        """Return a batch without these rows.

        Args:
            batch: some rows; all columns if they are read for the first time.
            before: the number of rows before the batch.
            first_time: whether the rows are read for the first time.
        """
        if first_time:
            self.numbers += [before + row for row in self._find(batch)]
        start = bisect_left(self.numbers, before)
        rows = [number - before for number in self.numbers[start:] if number < before + batch.num_rows]
        if not rows:
            return batch
        kept = np.ones(batch.num_rows, bool)
        kept[rows] = False
        return batch.filter(pa.array(kept))

    def entries(self, asked: AskedDataset) -> list[Translation]:
        """Return a ledger entry if rows were left out."""
        if not self.numbers:
            return []
        detail = "Rows that repeat the header were left out."
        return [Translation(asked.port, "", "dropped", detail, True, option(asked, "header=false"), len(self.numbers))]

    def _find(self, batch: pa.RecordBatch) -> list[int]:
        if len(self.header) < 2 or not all(label.is_valid for label in self.header):
            return []
        first, *others = self.header
        same = pc.equal(batch.column(0), first)
        if same.true_count == 0:
            return []
        for array, label in zip(batch.columns[1:], others, strict=True):
            same = pc.and_(same, pc.equal(array, label))
        return list(pc.indices_nonzero(same).to_pylist())
