"""Statistics of columns of texts and of binary values: lengths, distinct and frequent values."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.profile.chosen import MOST, Chosen
from blobprep.child.profile.clock import Clock
from blobprep.child.profile.rows import blocks
from blobprep.child.profile.sketches import DistinctSketch, hash_bytes
from blobprep.protocol.profiles import FrequentValue

__all__ = ["SHORT", "WordStatistics", "cut"]

SHORT: Final = 200
"""Characters of a frequent value, and of the first and last in order; what is longer is cut and ends in an ellipsis."""

_FREQUENT: Final = 10
_FEW: Final = 4096
"""Distinct values that are counted in all rows, however many there are."""

_BYTES: Final = 1 << 25
"""Bytes of values that Arrow may hold once more, to find out which are the same; of larger ones hashes are compared."""


class WordStatistics:
    """What is known of a column of texts or binary values.

    Args:
        data: the column.
        chosen: the rows that distributions are taken from.
        values: whether single values may be copied; those that are binary never are.

    Attributes:
        facts: fields of its profile.
    """

    def __init__(self, data: Any, chosen: Chosen, *, values: bool) -> None:
        self.facts: dict[str, Any] = {}
        self._data, self._chosen = data, chosen
        self._is_text = pa.types.is_string(data.type) or pa.types.is_large_string(data.type)
        self._values = values and self._is_text
        self._sketch = DistinctSketch()
        self._repeats = True  # the values of the block before
        self._low: Any = None
        self._high: Any = None

    def scan(self, clock: Clock) -> None:
        """Compute what takes one pass over all rows: missing values, lengths, range, distinct values of many.

        Raises:
            TimeIsUp: before the end; no facts are added then.
        """
        count = total = shortest = longest = 0
        for block in blocks(self._data, clock):
            present = block.drop_null() if block.null_count else block
            if not len(present):
                continue
            lengths = (pc.utf8_length if self._is_text else pc.binary_length)(present).to_numpy(zero_copy_only=False)
            shortest = int(lengths.min()) if not count else min(shortest, int(lengths.min()))
            longest = max(longest, int(lengths.max()))
            count, total = count + len(present), total + int(lengths.sum(dtype=np.int64))
            if self._values:
                self._extend(pc.min_max(present))
            if not self._chosen.is_all:
                self._add_distinct(present)
        self.facts |= {"count": count, "missing": len(self._data) - count}
        if not count:
            return
        self.facts |= {"shortest": shortest, "longest": longest, "mean_length": total / count}
        if self._values:
            self.facts |= {"minimum": cut(self._low.as_py()), "maximum": cut(self._high.as_py())}
        if not self._chosen.has_all(count):
            self.facts["unique"], self.facts["unique_error"] = self._sketch.estimate(count)

    def describe(self, clock: Clock) -> None:
        """Find the most frequent values, and count distinct ones where that is not done yet.

        Raises:
            TimeIsUp: before the end.
        """
        count = self.facts["count"]
        if not count:
            self.facts["unique"] = 0
            return
        if self._chosen.has_all(count):
            few = self._data.nbytes <= _BYTES
            found, values = self._count_all(clock) if few else self._count_by_hash(clock)
            self.facts |= {"unique": len(found), "unique_error": 0.0}
        elif not self._values:
            return
        elif self.facts["unique"] <= _FEW and not self.facts["unique_error"]:
            found, values = self._count_all(clock)
        else:
            data = self._chosen.of(self._data, min(MOST, max(1, MOST * _BYTES // max(1, self._data.nbytes))))
            found, values = _counted(pc.value_counts(data))
            self.facts["frequent_rows"] = len(data)
        if self._values:
            self.facts["frequent"] = _most_frequent(found, values)

    def _add_distinct(self, values: Any) -> None:
        if self._repeats:
            once = pc.unique(values)
            self._repeats, values = len(once) < len(values) // 4, once
        self._sketch.add(hash_bytes(values.cast(pa.large_binary())))

    def _extend(self, bounds: Any) -> None:
        low, high = bounds["min"], bounds["max"]
        if self._low is None or pc.less(low, self._low).as_py():
            self._low = low
        if self._high is None or pc.greater(high, self._high).as_py():
            self._high = high

    def _count_all(self, clock: Clock) -> tuple[Any, Any]:
        """Count the values of all rows; there are few of them, or few rows."""
        if len(self._data) <= MOST:
            return _counted(pc.value_counts(self._data))
        parts = [_counted(pc.value_counts(block)) for block in blocks(self._data, clock)]
        values = pa.concat_arrays([part for _, part in parts])
        encoded = values.dictionary_encode()
        places = encoded.indices.to_numpy(zero_copy_only=False)
        counts = np.bincount(places, np.concatenate([part for part, _ in parts]), len(encoded.dictionary))
        return counts.astype(np.int64), encoded.dictionary

    def _count_by_hash(self, clock: Clock) -> tuple[Any, Any]:
        """Count the values of all rows without a copy of them: those with one hash of 64 bits are taken for one."""
        hashes, rows, start = [], [], 0
        for block in blocks(self._data, clock):
            present = block.is_valid().to_numpy(zero_copy_only=False)
            rows.append(np.flatnonzero(present) + start)
            hashes.append(hash_bytes(block.drop_null().cast(pa.large_binary())))
            start += len(block)
        _, first, counts = np.unique(np.concatenate(hashes), return_index=True, return_counts=True)
        return counts, _Rows(self._data, np.concatenate(rows)[first])


class _Rows:
    """Values that are taken from rows of a column when they are needed."""

    def __init__(self, data: Any, rows: Any) -> None:
        self._data, self._rows = data, rows

    def take(self, places: Any) -> Any:
        """Return the values at some places."""
        return self._data.take(pa.array(self._rows[places.to_numpy()])).combine_chunks()


def cut(text: str) -> str:
    """Return a text, or its start with an ellipsis where it is long."""
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def _counted(found: Any) -> tuple[Any, Any]:
    """Return the counts and the values of a count of values, without those that are missing."""
    values, counts = found.field("values"), found.field("counts").to_numpy(zero_copy_only=False)
    if values.null_count:
        present = values.is_valid()
        values, counts = values.filter(present), counts[present.to_numpy(zero_copy_only=False)]
    return counts, values


def _most_frequent(counts: Any, values: Any) -> tuple[FrequentValue, ...]:
    """Return the most frequent values; none where every value occurs once."""
    most = np.argsort(-counts, kind="stable")[:_FREQUENT]
    if counts[most[0]] == 1:
        return ()
    texts = values.take(pa.array(most))
    lengths = pc.utf8_length(texts).to_pylist()
    shown = pc.utf8_slice_codeunits(texts, 0, SHORT).to_pylist() if max(lengths) > SHORT else texts.to_pylist()
    return tuple(
        FrequentValue(text if length <= SHORT else text[: SHORT - 1] + "…", count, length)
        for text, count, length in zip(shown, counts[most].tolist(), lengths, strict=True)
    )
