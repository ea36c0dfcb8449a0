"""Stores that misbehave in ways the real ones rarely do."""

from __future__ import annotations

import threading

from blobprep.stores.memory import MemoryStore

__all__ = ["ChangingStore", "CountingStore", "FailingStore"]


class ChangingStore(MemoryStore):
    """A store in which somebody replaces a blob once it has been looked at."""

    def properties(self, container, blob, **which):
        found = super().properties(container, blob, **which)
        self.write(container, blob, b"other" * 4, content_type=found.content_type)
        return found


class CountingStore(MemoryStore):
    """A store that counts how many ranges are read and not yet asked for."""

    def __init__(self, account):
        super().__init__(account)
        self.reads = 0
        self._counting = threading.Lock()

    def read(self, container, blob, **how):
        with self._counting:
            self.reads += 1
        return super().read(container, blob, **how)


class FailingStore(MemoryStore):
    """A store that breaks at the given read."""

    def __init__(self, account, error, at=3):
        super().__init__(account)
        self._error = error
        self._left = at

    def read(self, container, blob, **how):
        self._left -= 1
        if self._left == 0:
            raise self._error
        return super().read(container, blob, **how)
