"""What stops a job's run from another thread: its child is killed, and its manifest says that it was interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from blobprep.limits import Limits
from blobprep.protocol import Operation
from blobprep.sandbox.call import CallResult
from blobprep.sandbox.isolation import Level
from blobprep.sandbox.launch import Children, Session
from blobprep.sandbox.wrapped_session import WrappedSession

__all__ = ["JobStopped", "StopSwitch"]


class JobStopped(BaseException):
    """The end of a run that is not wanted any more; no error, so that the manifest says `interrupted`."""


class StopSwitch:
    """What stops one run. The run's thread checks it between stages and after its child; any other may turn it.

    Attributes:
        stopped: set once it was turned.
        reason: why, for the manifest.
    """

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.reason = ""
        self._lock = threading.Lock()
        self._session: Session | None = None

    def stop(self, reason: str) -> None:
        """Stop the run now; the first reason counts. Said again, it ends a child that was not there before."""
        with self._lock:
            self.reason = self.reason or reason
            self.stopped.set()
            session = self._session
        if session is not None:
            session.kill()

    def check(self) -> None:
        """Raise if the run is to stop.

        Raises:
            JobStopped: it is.
        """
        if self.stopped.is_set():
            raise JobStopped(self.reason)

    def over(self, children: Children) -> Children:
        """Return a source of children that this switch ends."""

        def start(operation: Operation, level: Level, limits: Limits, **options: Any) -> Session:
            return _Stoppable(children(operation, level, limits, **options), self)

        return start

    def hold(self, session: Session | None) -> None:
        """Note whose call goes on; None for none."""
        with self._lock:
            self._session = session


class _Stoppable(WrappedSession):
    """A session whose call a switch ends."""

    def __init__(self, session: Session, switch: StopSwitch) -> None:
        super().__init__(session)
        self._switch = switch

    def admit(self, call: Callable[[], CallResult]) -> CallResult:
        self._switch.hold(self._session)
        try:
            self._switch.check()
            return call()
        finally:
            self._switch.hold(None)
            self._switch.check()  # what a killed child left is no failure of the script
