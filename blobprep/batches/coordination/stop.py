"""The end of a batch that is asked for from outside: gently at first."""

from __future__ import annotations

from typing import Literal

from blobprep.batches.engines.base import Engine

__all__ = ["Stop"]


class Stop:
    """Asks a batch to end; from any thread, and from a signal's handler.

    Nothing here takes a lock: the handler may run in the middle of anything the batch does.

    Attributes:
        gave_up: whether a batch was ended since its record is another's.
    """

    def __init__(self) -> None:
        self.gave_up = False
        self._asked: Literal[0, 1, 2] = 0
        self._engine: Engine | None = None

    @property
    def level(self) -> Literal[0, 1, 2]:
        """Return 0 to go on; 1 to begin no more items; 2 to end those that run as well."""
        return 2 if self.gave_up else self._asked

    @property
    def is_attached(self) -> bool:
        """Return whether there is an engine; not as long as items are planned."""
        return self._engine is not None

    def request(self) -> int:
        """Ask once more and return the number of items that run.

        The first time no more items are begun, and those that run go on to their end; the second time these are ended
        too. The record is finished either way.
        """
        self._asked = 1 if self.level == 0 else 2
        self._pass_on()
        return 0 if self._engine is None else len(self._engine.running())

    def give_up(self) -> None:
        """End what runs at once: its results could no longer be recorded."""
        self.gave_up = True
        self._pass_on()

    def recover(self) -> None:
        """Let another batch begin after one that gave up, unless somebody asked for an end."""
        self.gave_up, self._engine = False, None

    def attach(self, engine: Engine) -> None:
        """Have an engine stopped from now on; at once, if that was asked for already."""
        self._engine = engine
        self._pass_on()

    def _pass_on(self) -> None:
        if self._engine is not None and self.level:
            self._engine.stop() if self.level == 1 else self._engine.interrupt()
