"""Rows that repeat the header, as a text has that is several texts put together."""

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
    """The rows of a text that repeat its header: found when it is read first, left out whenever it is read.

    One label alone may well be a value below it; so a text of one column has none, nor one without some label.

    Attributes:
        header: the cells of the header, as pyarrow's values: Python's own would have it import pandas.
        numbers: of the rows, in the order of the text.
    """

    header: list[Any] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def drop_from(self, batch: pa.RecordBatch, before: int, first_time: bool) -> pa.RecordBatch:
        """Return a batch without such rows.

        Args:
            batch: of some rows; of all columns where they are read first.
            before: how many rows came before it.
            first_time: whether they are.
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
        """Return the ledger of what was left out."""
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
