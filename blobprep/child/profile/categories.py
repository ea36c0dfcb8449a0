"""Statistics of columns with a list of categories: categorical ones, and truth values."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.profile.clock import Clock
from blobprep.child.profile.rows import blocks
from blobprep.child.profile.words import cut
from blobprep.protocol.profiles import FrequentValue
from blobprep.tables.cell_text import row_texts

__all__ = ["BooleanStatistics", "CategoryStatistics", "with_one_list"]

_FREQUENT: Final = 10


class CategoryStatistics:
    """What is known of a categorical column: every row counts, since categories are numbers already.

    Args:
        data: the column.
        values: whether single values may be copied.

    Attributes:
        facts: fields of its profile.
    """

    def __init__(self, data: Any, *, values: bool) -> None:
        self.facts: dict[str, Any] = {}
        self._data, self._values = data, values

    def scan(self, clock: Clock) -> None:
        """Count the categories in all rows.

        Raises:
            TimeIsUp: before the end; no facts are added then.
        """
        data = with_one_list(self._data)
        labels = data.chunk(0).dictionary if data.num_chunks else pa.array([], data.type.value_type)
        counts = np.zeros(len(labels), np.int64)
        for block in blocks(data, clock):
            indices = block.indices.drop_null().to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
            counts += np.bincount(indices, minlength=len(labels))
        labels, counts = _distinct(labels, counts)
        count = int(counts.sum())
        self.facts |= {
            "count": count,
            "missing": len(self._data) - count,
            "unique": int(np.count_nonzero(counts)),
        }
        if self._values and count:
            most = np.argsort(-counts, kind="stable")[:_FREQUENT]
            most = most[counts[most] > 0]
            texts = [text or "" for (text,) in row_texts(pa.table({"": labels.take(pa.array(most))}))]
            self.facts["frequent"] = tuple(
                FrequentValue(cut(text), number, len(text))
                for text, number in zip(texts, counts[most].tolist(), strict=True)
            )

    def describe(self, clock: Clock) -> None:
        """Do nothing: the scan has told all."""


class BooleanStatistics:
    """What is known of a column of truth values.

    Args:
        data: the column.
        values: whether single values may be copied.

    Attributes:
        facts: fields of its profile.
    """

    def __init__(self, data: Any, *, values: bool) -> None:
        self.facts: dict[str, Any] = {}
        self._data, self._values = data, values

    def scan(self, clock: Clock) -> None:
        """Count them."""
        count = len(self._data) - self._data.null_count
        true = sum(chunk.true_count for chunk in self._data.chunks)
        counts = {"True": true, "False": count - true}
        self.facts |= {
            "count": count,
            "missing": self._data.null_count,
            "unique": sum(number > 0 for number in counts.values()),
        }
        if self._values:
            falling = sorted(counts.items(), key=lambda pair: -pair[1])
            self.facts["frequent"] = tuple(FrequentValue(text, n, len(text)) for text, n in falling if n)

    def describe(self, clock: Clock) -> None:
        """Do nothing: the scan has told all."""


def with_one_list(column: Any) -> Any:
    """Return a categorical column whose chunks have the same list of categories."""
    try:
        return column.unify_dictionaries()
    except pa.ArrowInvalid:  # a list has a missing category, which one made anew has not
        made = [chunk.dictionary_decode().dictionary_encode() for chunk in column.chunks]
        return pa.chunked_array(made).unify_dictionaries()


def _distinct(labels: Any, counts: Any) -> tuple[Any, Any]:
    """Return the categories once each, and without a missing one; Arrow's lists may have both."""
    once = pc.unique(labels)
    if pa.types.is_floating(once.type):
        once = once.filter(pc.invert(pc.is_nan(once)))
    once = once.drop_null()
    if len(once) == len(labels):
        return labels, counts
    places = pc.index_in(labels, value_set=once)
    known = places.is_valid().to_numpy(zero_copy_only=False)
    places = places.fill_null(0).to_numpy(zero_copy_only=False)
    return once, np.bincount(places[known], counts[known], len(once)).astype(np.int64)
