"""Stores that misbehave in ways the real ones rarely do."""

from __future__ import annotations

import threading

from blobprep.stores.memory import MemoryStore

__all__ = ["ChangingStore", "CountingStore", "FailingStore", "HookedStore"]


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


class HookedStore(MemoryStore):
    """A store in which something happens right before a blob is read or deleted."""

    def __init__(self, account):
        super().__init__(account)
        self._hooks = {}

    def before(self, what, blob, act, times=1):
        self._hooks[what, blob] = (act, times)

    def _come(self, what, blob):
        act, times = self._hooks.get((what, blob), (None, 0))
        if times:
            self._hooks[what, blob] = (act, times - 1)
            act()

    def read(self, container, blob, **how):
        if container == "raw":
            self._come("read", blob)
        return super().read(container, blob, **how)

    def delete(self, container, blob, **how):
        self._come("delete", blob)
        super().delete(container, blob, **how)
