"""One copy on its way, in one part or several."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Protocol

from blobprep.errors import BlobprepError
from blobprep.stores import BLOCK_SIZE, IfAbsent
from blobprep.transfer.equality import are_equal
from blobprep.transfer.pairs import Copy, Written, exists_already
from blobprep.transfer.ranges import Range

__all__ = ["Carrier", "Move"]


class Carrier(Protocol):
    """What makes one copy: `move` in several threads at once, all else in the thread that leads it."""

    @property
    def parts(self) -> Sequence[Range]:
        """Return its parts."""
        ...

    @property
    def written(self) -> Written | None:
        """Return what was published, once it is."""
        ...

    def move(self, part: Range) -> int:
        """Copy one part; return its size in bytes. The only part is published with it."""
        ...

    def held(self, part: Range) -> int:
        """Return the bytes of memory that a part takes."""
        ...

    def finish(self) -> Written:
        """Publish the copy, every part of which has been moved."""
        ...

    def give_up(self) -> None:
        """End all waits of its parts for each other."""
        ...

    def abandon(self) -> None:
        """Discard what was staged."""
        ...


class Move:
    """One copy under way.

    Args:
        copy: what goes where.
        attempt: which one, from 1.
        carrier: makes it.

    Attributes:
        error: the first that a part ended with.
        under_way: the number of its parts that threads work on.
        moved: bytes of the parts that have been moved.
    """

    def __init__(self, copy: Copy, attempt: int, carrier: Carrier) -> None:
        self.copy, self.attempt, self.carrier = copy, attempt, carrier
        self.error: BlobprepError | None = None
        self.under_way = self.moved = 0
        self._arrived = 0
        self._began: float | None = None

    def begin_part(self) -> None:
        """Note that a thread is going to work on a part."""
        self.under_way += 1
        self._began = self._began or monotonic()

    @property
    def seconds(self) -> float:
        """Return how long it has been under way."""
        return 0.0 if self._began is None else monotonic() - self._began

    def look(self) -> int:
        """Return 1 if the target has the bytes of the source, else 0."""
        copy = self.copy
        assert copy.existing is not None
        is_equal = are_equal((copy.source, copy.state), (copy.target, copy.existing))
        if not is_equal and isinstance(copy.condition, IfAbsent):
            raise exists_already(copy.target)
        return int(is_equal)

    def held(self, part: Range | None) -> int:
        """Return the bytes of memory that a part takes, or a look."""
        return BLOCK_SIZE if part is None else self.carrier.held(part)

    def arrive(self) -> bool:
        """Count a part that has been moved, and return whether it was the last."""
        self._arrived += 1
        return self._arrived == len(self.carrier.parts)

    def fail(self, error: BlobprepError) -> None:
        """Note why it failed; the first reason counts."""
        self.error = self.error or error
        self.carrier.give_up()
