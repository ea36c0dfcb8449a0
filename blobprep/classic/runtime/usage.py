"""What was restored in this process: each name, how often, and the line of the script that came first.

Threads: any thread of the script may reach for a name, so a lock orders the notes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

__all__ = ["USAGE", "Usage", "Use"]


@dataclass(slots=True)
class Use:
    """A restored name that was used.

    Attributes:
        name: the full name.
        gone: the version of the library that no longer has it.
        how: what it does, in one sentence.
        choice: what it decided where then and now differ, may be empty.
        file: of the script, where it was used first.
        line: there.
        count: the number of times.
    """

    name: str
    gone: str
    how: str
    choice: str
    file: str
    line: int
    count: int = 1

    @property
    def told(self) -> str:
        """The sentence for the log."""
        times = "time" if self.count == 2 else "times"
        more = "" if self.count == 1 else f", and {self.count - 1} more {times}"
        choice = f" ({self.choice})" if self.choice else ""
        return f"{self.file}, line {self.line}{more}: {self.name}, gone since {self.gone}: {self.how}{choice}"


@dataclass(slots=True)
class Usage:
    """The names that were used, in the order of their first use."""

    uses: dict[tuple[str, str], Use] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _silent: threading.local = field(default_factory=threading.local)

    def note(self, name: str, gone: str, how: str, choice: str, frame: FrameType) -> None:
        """Note that a line of the script uses a name."""
        if getattr(self._silent, "on", False):
            return
        with self._lock:
            known = self.uses.get((name, how))
            if known is not None:
                known.count += 1
                return
            self.uses[(name, how)] = Use(name, gone, how, choice, frame.f_code.co_filename, frame.f_lineno)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Note nothing in a block: what restores a name may itself use restored names."""
        before = getattr(self._silent, "on", False)
        self._silent.on = True
        try:
            yield
        finally:
            self._silent.on = before

    def taken(self) -> list[Use]:
        """Return what was used, and forget it."""
        with self._lock:
            found = list(self.uses.values())
            self.uses.clear()
            return found


USAGE: Final = Usage()
"""Of this process: classes and modules are restored for the whole of it."""
