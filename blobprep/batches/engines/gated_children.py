"""Children that compute a few at a time, while the fetches and commits of other items go on, and that can all be ended.

Threads: each item has its own. `interrupt` is called from any thread, also by a signal's handler; it takes no lock that
an item could hold.
"""

from __future__ import annotations

from collections.abc import Callable

from blobprep.limits import Limits
from blobprep.protocol import Operation
from blobprep.sandbox.admission import Admission
from blobprep.sandbox.call import CallResult
from blobprep.sandbox.isolation import Level, Namespace
from blobprep.sandbox.launch import Children, Session
from blobprep.sandbox.network.rules import Rules
from blobprep.sandbox.wrapped_session import WrappedSession

__all__ = ["GatedChildren"]


class GatedChildren:
    """A source of children (`blobprep.sandbox.launch.Children`) whose calls wait for one another.

    Args:
        children: the source behind it.
        admission: lets calls through.

    Attributes:
        interrupted: whether all calls end at once.
    """

    def __init__(self, children: Children, admission: Admission) -> None:
        self._children, self._admission = children, admission
        self._sessions: dict[int, Session] = {}  # those that are open, by their identity
        self.interrupted = False

    def __call__(
        self,
        operation: Operation,
        level: Level,
        limits: Limits,
        *,
        rules: Rules | None = None,
        debug: bool = False,
        namespace: Namespace = "auto",
        interpreter: str = "",
    ) -> Session:
        """Return a session with a child; see `blobprep.sandbox.launch.start`."""
        self.require_going_on()
        session = self._children(
            operation, level, limits, rules=rules, debug=debug, namespace=namespace, interpreter=interpreter
        )
        return _GatedSession(self, session)

    def interrupt(self) -> None:
        """End all calls, now and from now on, with `KeyboardInterrupt` in their threads."""
        self.interrupted = True
        for session in list(self._sessions.values()):
            session.kill()

    def require_going_on(self) -> None:
        """Raise `KeyboardInterrupt` once `interrupt` was called."""
        if self.interrupted:
            raise KeyboardInterrupt

    def admit(self, session: Session, call: Callable[[], CallResult]) -> CallResult:
        """Make a call of a session once there is room for it."""
        with self._admission.admitted():
            self._sessions[id(session)] = session
            try:
                self.require_going_on()  # after the session can be found: one of the two sees the other
                return call()
            finally:
                del self._sessions[id(session)]
                self.require_going_on()  # whatever came of it


class _GatedSession(WrappedSession):
    def __init__(self, gate: GatedChildren, session: Session) -> None:
        super().__init__(session)
        self._gate = gate

    def admit(self, call: Callable[[], CallResult]) -> CallResult:
        return self._gate.admit(self._session, call)
