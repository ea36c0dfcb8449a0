"""Numbers of distinct values, counted in bounded memory: the smallest hashes of all values are kept.

While there are fewer distinct hashes than are kept, their number is exact. Beyond that it follows from how densely the
smallest ones lie, with a relative standard error of 1/√(kept − 2).

Source:
    Bar-Yossef, Jayram, Kumar, Sivakumar and Trevisan, "Counting distinct elements in a data stream", 2002; the
    unbiased estimate and its error: Beyer, Haas, Reinwald, Sismanis and Gemulla, "On synopses for distinct-value
    estimation under multiset operations", 2007.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["DistinctSketch", "as_bytes", "hash_bytes", "hash_numbers", "scrambled"]

Hashes = npt.NDArray[np.uint64]

_KEPT: Final = 1 << 14
"""An error of 0.8 %."""

_LONG: Final = 1 << 10
"""Bytes of a value from which it is hashed by itself."""

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


class DistinctSketch:
    """The smallest hashes of the values so far.

    Args:
        kept: how many at most.

    Attributes:
        hashes: increasing.
        is_full: whether there were more.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self.hashes: Hashes = np.empty(0, np.uint64)
        self.is_full = False

    def add(self, hashes: Hashes) -> None:
        """Add the hashes of more values."""
        if self.is_full:
            hashes = hashes[hashes < self.hashes[-1]]
        if not len(hashes):
            return
        merged = np.sort(np.concatenate((self.hashes, hashes)))
        merged = merged[np.concatenate(([True], merged[1:] != merged[:-1]))]
        self.is_full = self.is_full or len(merged) > self._kept
        self.hashes = merged[: self._kept]

    def merge(self, other: DistinctSketch) -> None:
        """Add the values of another sketch that keeps as many."""
        self.add(other.hashes)
        self.is_full = self.is_full or other.is_full

    def estimate(self, most: int | None = None) -> tuple[int, float]:
        """Return the number of distinct values, and its relative standard error, 0 where it is exact.

        Args:
            most: values that were added, where that is known; no more of them are distinct.
        """
        if not self.is_full:
            return len(self.hashes), 0.0
        largest = (float(self.hashes[-1]) + 1.0) / 2.0**64
        found = round((len(self.hashes) - 1) / largest)
        return found if most is None else min(found, most), 1 / math.sqrt(len(self.hashes) - 2)


def scrambled(numbers: Hashes) -> Hashes:
    """Return numbers of 64 bits, each changed to another one that depends on all of its bits; none occurs twice.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
    """
    mixed = numbers + _STEP
    mixed ^= mixed >> np.uint64(30)
    mixed *= _FIRST
    mixed ^= mixed >> np.uint64(27)
    mixed *= _SECOND
    mixed ^= mixed >> np.uint64(31)
    return mixed


def hash_numbers(numbers: npt.NDArray[Any]) -> Hashes:
    """Hash integers or doubles of 64 bits; both zeros are one number."""
    if numbers.dtype.kind == "f":
        numbers = numbers + 0.0
    return scrambled(np.ascontiguousarray(numbers).view(np.uint64))


def hash_bytes(values: Any) -> Hashes:
    """Hash an array of large strings or large binary values, none of them missing.

    A value's hash is the sum of its bytes, each times a random number that belongs to its place.
    """
    _, offsets_buffer, data_buffer = values.buffers()
    if not len(values):
        return np.empty(0, np.uint64)
    offsets = np.frombuffer(offsets_buffer, np.int64, len(values) + 1, values.offset * 8)
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    hashes = scrambled(lengths.astype(np.uint64))
    total = int(offsets[-1] - offsets[0])
    if not total:
        return scrambled(hashes)
    data = np.frombuffer(data_buffer, np.uint8, total, int(offsets[0]))
    short = (lengths > 0) & (lengths <= _LONG)
    if short.any():
        hashes[short] ^= _hash_short(data, starts[short], lengths[short])
    for at in np.flatnonzero(lengths > _LONG):
        value = data[starts[at] : starts[at] + lengths[at]]
        hashes[at] ^= np.frombuffer(hashlib.blake2b(value.data, digest_size=8).digest(), np.uint64)[0]
    return scrambled(hashes)


def _hash_short(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> Hashes:
    firsts = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) - np.repeat(firsts, lengths)
    if len(places) != len(data):  # there are long values between these
        data = data[places + np.repeat(starts, lengths)]
    sums: Hashes = np.add.reduceat(_FACTORS[places] * data, firsts)
    return sums


_FACTORS: Final = scrambled(np.arange(_LONG, dtype=np.uint64)) | np.uint64(1)


def as_bytes(array: Any) -> Any:
    """Return texts or binary values as large binary ones; the values are not copied."""
    return array.cast(pa.large_binary())
