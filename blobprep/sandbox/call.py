"""A call to a child: what the caller gives to it, how it goes, and what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from blobprep.protocol import FrameError
from blobprep.sandbox.network.connection_log import ConnectionRecord

if TYPE_CHECKING:
    from blobprep.sandbox.session import ChildSession

__all__ = ["Call", "CallResult", "Ending", "Inputs", "OpenOutputs", "WholeInputs"]

# A script could send frames over and over, which would cost the parent more than the script.
_LATE: Final = 1 << 10  # about earlier requests, during a call: threads of libraries that were still reading ahead
_NEEDS: Final = 1 << 16  # during a call to a child in which a script has run before


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended, and the child with it unless the call was not the last.

    Attributes:
        code: exit status; negative for the number of the signal that ended it; None where it is not known, or the
            child goes on.
        cause: empty, the word of a limit's error (`memory`, `time`, …), or `killed` (the parent wanted it).
        asked: whether the child was asked anything in this session (it confined itself).
        complete: whether it said that it had done all that this call asked.
        scripted: whether code of the user's had begun to run in this session: from then on, what the child says is the
            script's word.
        crowded: whether it came near its limit of threads and processes.
        used: whether code of the user's had begun to run before this call.
    """

    code: int | None
    cause: str
    asked: bool
    complete: bool
    crowded: bool = False
    scripted: bool = False
    used: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether the child has done all that this call asked, and can be asked again."""
        return self.complete and self.code is None and not self.cause


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a call.

    Attributes:
        ending: how it ended.
        facts: what the child wrote about it, not checked yet; empty where it wrote nothing.
        attempts: what the child tried to reach during this call.
    """

    ending: Ending
    facts: bytes
    attempts: tuple[ConnectionRecord, ...] = ()


class Inputs(Protocol):
    """Inputs that arrive while a child works. All but `need` and `stop` are called by the thread that calls."""

    def start(self, announce: Callable[[str, int, int], None], on_failure: Callable[[], None]) -> None:
        """Begin once the child was asked.

        Args:
            announce: to be called with port, offset and end of each range that is there, from any thread.
            on_failure: to be called when the rest will never come, from any thread.
        """
        ...

    def need(self, port: str, offset: int, length: int) -> None:
        """Fetch a range next, that the child waits for. Called from the pump's thread: it must return at once."""
        ...

    def release(self, port: str, end: int) -> None:
        """Let go of what is before `end`, if what the child needs again can be fetched again. As `need`."""
        ...

    def stop(self) -> None:
        """Fetch nothing more: the child needs no more. Called from the pump's thread: it must return at once."""
        ...

    def wait_until_there(self) -> None:
        """Wait until all that does not wait for a `need` is there, or nothing more will come."""
        ...

    def close(self) -> None:
        """Fetch nothing more, and wait for what is under way."""
        ...


OpenOutputs = Callable[["ChildSession"], AbstractContextManager[Mapping[str, int]]]
"""Opens what a child writes to, by name. It is given the session, to end a child whose outputs cannot be taken or are
beyond a limit; on leaving the context the descriptors are closed here, so that a stream ends with the child's."""


class WholeInputs:
    """Inputs that are complete from the start.

    Args:
        sizes: their bytes, by port.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._sizes = sizes

    def start(self, announce: Callable[[str, int, int], None], on_failure: Callable[[], None]) -> None:
        """Announce all of them."""
        for port, size in self._sizes.items():
            announce(port, 0, size)

    def need(self, port: str, offset: int, length: int) -> None:
        """Do nothing: it is announced already."""

    def release(self, port: str, end: int) -> None:
        """Do nothing: it is the caller's."""

    def stop(self) -> None:
        """Do nothing."""

    def wait_until_there(self) -> None:
        """Return at once."""

    def close(self) -> None:
        """Do nothing."""


class Call:
    """The state of a call in progress.

    The caller's thread makes it and waits for `done`; from then on the pump alone changes it, but for `sent`, which the
    announcer does.

    Args:
        number: of its request, from 1 on.
        inputs: of the request.
        last: whether the child ends after it.
        suspect: whether a script has run in the child before.

    Attributes:
        done: set when the child has ended, or has said that it is done and goes on.
        last: whether the child ends after it; a child that cannot go on says so when it is done.
        sent: set when the request was sent, or cannot be.
        asked: whether it was sent; valid once `sent` is set.
        complete: whether the child said that it is done.
        suspect: whether code of the user's had begun to run before.
    """

    def __init__(self, number: int, inputs: Inputs | None, *, last: bool, suspect: bool = False) -> None:
        self.number = number
        self.last = last
        self.suspect = suspect
        self.done = threading.Event()
        self.sent = threading.Event()
        self.asked = False
        self.complete = False
        self._inputs = inputs
        self._scripted = False
        self._late = self._needs = 0

    def note_sent(self, sent: bool) -> None:
        """Note whether the child could be asked; from the announcer's thread."""
        self.asked = sent
        self.sent.set()

    def is_late(self, number: int) -> bool:
        """Return whether a frame is about an earlier request, and so to be ignored.

        Raises:
            FrameError: it is about a request that was not made, or there are too many late ones.
        """
        if number > self.number:
            raise FrameError(f"a frame about request {number}, which was not made")
        if number == self.number and not self.done.is_set():
            return False
        self._late += 1
        if self._late > _LATE:
            raise FrameError("too many frames about earlier requests")
        return True

    def need(self, port: str, offset: int, length: int) -> None:
        """Pass on a range that the child waits for."""
        self._count_need("need")
        if self._inputs is not None:
            self._inputs.need(port, offset, length)

    def release(self, port: str, end: int) -> None:
        """Pass on that the child has read what is before a place."""
        self._count_need("release")
        if self._inputs is not None:
            self._inputs.release(port, end)

    def _count_need(self, frame: str) -> None:
        self._needs += self.suspect
        if self._scripted or self._needs > _NEEDS:  # once its script begins it has all of its inputs
            raise FrameError(f"unexpected frame {frame!r}")

    def start_script(self) -> None:
        """Note that code of the user's begins to run."""
        if self._scripted:
            raise FrameError("unexpected frame 'script'")
        self._scripted = True

    def complete_once(self) -> None:
        """Note that the child says it is done."""
        if self.complete:
            raise FrameError("unexpected frame 'ended'")
        self.complete = True

    def finish(self) -> None:
        """Let the caller go on; nothing more is fetched. Harmless when it is done."""
        if self._inputs is not None:
            self._inputs.stop()
        self.done.set()
