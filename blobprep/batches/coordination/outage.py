"""Whether storage refuses what items ask, and how a batch is held back then. Pure, but for `answers`.

An item that storage refused tells nothing of the item: the account was too busy, or did not answer, after all retries
of its requests. Three such items, without as many others between them that came through, are an outage: no more are
begun, the batch waits, and asks now and then whether storage answers. Then it goes on with half as many items at a time
as before, and with one more for each that comes through.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

from blobprep.batches.items import Item
from blobprep.batches.options import PATIENCE
from blobprep.batches.records import ItemError, ItemRecord, Outages
from blobprep.errors import BlobprepError, StoreUnavailable
from blobprep.manifest import MANIFEST_NAME
from blobprep.settings.workspace import Workspace
from blobprep.stores.cancellation import at_most_once

__all__ = ["FREE", "Outage", "answers", "is_refusal"]

FREE: Final = 5
"""Refusals of one item that cost it no attempt. The batch waits for storage between them, so that more of them are
reasons of its own, such as a blob that the service cannot read."""

_LIMIT: Final = 3.0
_PASS: Final = 0.5  # of a refusal, which an item that comes through makes up for
_FIRST_PAUSE: Final = 2.0
_LONGEST_PAUSE: Final = 60.0
_LONGEST_ASKED: Final = 900.0


def is_refusal(error: ItemError | None) -> bool:
    """Return whether storage refused an item, or did not answer."""
    return error is not None and error.code == StoreUnavailable.__name__


class Outage:
    """What is known of the storage of a batch from its items; used by one thread, told to any.

    Args:
        patience: seconds for which nothing may come through.
        clock: seconds that only grow.
        chance: returns a number from 0 to 1.

    Attributes:
        width: items that may be under way; None for as many as there is room for.
        next_try: when storage is asked again, by the clock; None if the batch is not held back.
        is_over_patience: whether nothing came through for so long that the batch gives up.
    """

    def __init__(
        self,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.width: int | None = None
        self.next_try: float | None = None
        self.is_over_patience = False
        self._patience, self._clock, self._chance = patience, clock, chance
        self._level = 0.0
        self._pauses = 0  # since an item came through
        self._asked = 0.0
        self._silent_since: float | None = None  # the first refusal after which nothing came through
        self._most = 1  # items that were under way together
        self._held_since: float | None = None
        self._count, self._refusals, self._seconds, self._message = 0, 0, 0.0, ""

    @property
    def is_silent(self) -> bool:
        """Return whether nothing came through since an item was refused."""
        return self._silent_since is not None

    def note(self, record: ItemRecord, under_way: int) -> None:
        """Take note of an item that came back.

        Args:
            record: of the item.
            under_way: how many others are.
        """
        self._most = max(self._most, under_way + 1)
        error = record.error
        if error is not None and is_refusal(error):
            self._refusals += 1
            self._level += 1
            self._asked = max(self._asked, min(error.wait, _LONGEST_ASKED))
            self._message = error.message
            if self._silent_since is None:
                self._silent_since = self._clock()
            if self._level >= _LIMIT:
                self.hold()
        elif record.status in ("done", "skipped") or (error is not None and not error.passes):
            self._level = max(0.0, self._level - _PASS)
            self._pauses, self._silent_since = 0, None
            if self.width is not None:
                self.width = None if self.width >= self._most else self.width + 1

    def hold(self) -> None:
        """Hold the batch back for a pause, unless it is already."""
        if self._held_since is None:
            self._held_since = self._clock()
            self._count += 1
            self._pause()

    def may_begin(self, under_way: int, answers: Callable[[], bool]) -> bool:
        """Return whether one more item may be begun now.

        Args:
            under_way: items that are.
            answers: asks storage; called once for each pause, when it is over.
        """
        if self.next_try is not None:
            if self.is_over_patience or self._clock() < self.next_try:
                return False
            if not answers():
                self._pause()
                return False
            self._go_on()
        return self.width is None or under_way < self.width

    def waiting(self) -> tuple[str, float] | None:
        """Return why the batch is held back, and the seconds until storage is asked again; None if it is not."""
        next_try = self.next_try
        return None if next_try is None else (self._message, max(0.0, next_try - self._clock()))

    def told(self) -> Outages:
        """Return what the record says of it."""
        since = self._held_since
        seconds = self._seconds + (0.0 if since is None else self._clock() - since)
        return Outages(self._count, self._refusals, round(seconds, 1), self._message, lasts=since is not None)

    def close(self) -> None:
        """Note that the batch is held back no longer, since it ends."""
        if self._held_since is not None:
            self._seconds += self._clock() - self._held_since
        self._held_since = self.next_try = None

    def _pause(self) -> None:
        """Set when storage is asked again: later each time, and as late as it asked for, but within patience."""
        grown: float = min(_FIRST_PAUSE * 2**self._pauses, _LONGEST_PAUSE)
        now = self._clock()
        last = (now if self._silent_since is None else self._silent_since) + self._patience
        self.is_over_patience = now >= last
        self.next_try = min(now + max(grown * (0.5 + self._chance() / 2), self._asked), max(now, last))
        self._pauses, self._asked = self._pauses + 1, 0.0

    def _go_on(self) -> None:
        self.close()
        self._level = 0.0
        self.width = max(1, (self._most if self.width is None else self.width) // 2)


def answers(item: Item, workspace: Workspace) -> bool:
    """Tell whether the storage of an item answers from here, whatever it says; each request is sent once."""
    with at_most_once():
        for reference in (item.inputs[0].reference, f"{item.output}{MANIFEST_NAME}"):
            try:
                workspace.locate(reference, names=()).properties()
            except StoreUnavailable:
                return False
            except BlobprepError:  # is an answer
                continue
    return True
