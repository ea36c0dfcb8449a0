"""Items that are tried again: kept in a file of this machine, since in an outage all of them may be."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from blobprep.batches.items import Item
from blobprep.unnamed_files import disk_file

__all__ = ["Retries", "Retry", "pause_before"]

_FIRST_PAUSE: Final = 2.0
_LONGEST_PAUSE: Final = 120.0


def pause_before(round_number: int, chance: Callable[[], float] = random.random) -> float:
    """Return the seconds before a round of attempts; they grow, and differ so that batches do not meet again.

    Args:
        round_number: from 2.
        chance: returns a number from 0 to 1.
    """
    longest: float = min(_FIRST_PAUSE * 4 ** (round_number - 2), _LONGEST_PAUSE)
    return longest * (0.5 + chance() / 2)


@dataclass(frozen=True, slots=True)
class Retry:
    """An item that is tried again.

    Attributes:
        place: of the item in the plan.
        item: what to run.
        fingerprint: of the item.
        attempt: the number of the next attempt.
        lost: attempts at which its worker was lost.
        refused: how often storage refused it.
    """

    place: int
    item: Item
    fingerprint: str
    attempt: int
    lost: int = 0
    refused: int = 0


class Retries:
    """The items of the next round, in the order in which they failed; to be closed."""

    def __init__(self) -> None:
        self._file = os.fdopen(disk_file(), "r+b")
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, retry: Retry) -> None:
        """Take an item for the next round."""
        values = (retry.place, retry.item.to_json(), retry.fingerprint, retry.attempt, retry.lost, retry.refused)
        self._file.seek(0, os.SEEK_END)
        self._file.write(json.dumps(values, separators=(",", ":")).encode() + b"\n")
        self._count += 1

    def __iter__(self) -> Iterator[Retry]:
        """Yield the items; none may be added meanwhile."""
        self._file.seek(0)
        for line in self._file:
            place, item, *others = json.loads(line)
            yield Retry(place, Item.from_json(item), *others)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()
