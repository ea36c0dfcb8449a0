"""The blobs of a batch that meet its conditions, with the keys of their items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from blobprep.batches.plan.conditions import Condition, Subject
from blobprep.batches.plan.item_maker import ItemMaker
from blobprep.batches.plan.parts import ALWAYS, parts_of, unknown_part
from blobprep.batches.plan.sources import FoundBlob
from blobprep.errors import BlobNotFound

__all__ = ["Choice"]

_OF_BYTES: Final = frozenset({"size", "modified"})


class Choice:
    """The blobs that meet all conditions.

    Args:
        conditions: of the batch.
        maker: knows their keys.
        printed: what was listed.
    """

    def __init__(self, conditions: tuple[Condition, ...], maker: ItemMaker, printed: str) -> None:
        self._conditions, self._maker, self._printed = conditions, maker, printed
        self._tested = self._chosen = 0
        self._lacking: Counter[str] = Counter()

    def rows(self, found: Iterable[FoundBlob]) -> Iterator[tuple[str, FoundBlob, Mapping[str, str]]]:
        """Yield blobs with the keys of their items and their parts."""
        for blob in found:
            parts = parts_of(blob)
            self._tested += 1
            if not self._conditions or self._meets(blob, parts):
                self._chosen += 1
                yield self._maker.key(blob, parts), blob, parts

    def may_meet(self, blob: FoundBlob) -> bool:
        """Return whether a blob that is not there yet could meet all conditions, whatever its size and time are."""
        about = [condition for condition in self._conditions if condition.part not in _OF_BYTES]
        if not about:
            return True
        values = self._maker.values(blob.place.container, blob.name, parts_of(blob))
        return all(condition.holds(Subject(values, 0, None)) for condition in about)

    def notes(self, again: int) -> Iterator[str]:
        """Yield what the user should know; `again` blobs were listed twice.

        Raises:
            InvalidOption: no blob has a part that a condition is about.
            BlobNotFound: no blob meets the conditions.
        """
        for condition in self._conditions:
            if self._tested and self._lacking[condition.text] == self._tested:
                raise unknown_part(
                    condition.part, f"--where {condition.text!r}", (*self._maker.named, *ALWAYS, "size", "modified")
                )
        if not self._chosen:
            raise BlobNotFound(
                f"none of the {self._tested} blobs of {self._printed} meets --where",
                remedy="check the conditions: all of them must hold",
            )
        if left_out := self._tested - self._chosen:
            yield f"{left_out} of {self._tested} blobs do not meet --where"
        if again:
            yield f"{again} blobs were listed twice, and are read once"

    def _meets(self, blob: FoundBlob, parts: Mapping[str, str]) -> bool:
        values = self._maker.values(blob.place.container, blob.name, parts)
        subject = Subject(values, blob.size, blob.modified)
        meets = True
        for condition in self._conditions:
            holds = condition.holds(subject)
            if holds is None:
                self._lacking[condition.text] += 1
            meets = meets and bool(holds)
        return meets
