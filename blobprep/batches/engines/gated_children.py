"""Children that compute a few at a time, while the fetches and commits of other items go on, and that can all be ended.

Threads: each item has its own. `interrupt` is called from any thread, also by a signal's handler; it takes no lock that
an item could hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from blobprep.limits import Limits
from blobprep.protocol import ChildRequest, Operation
from blobprep.sandbox.admission import Admission
from blobprep.sandbox.call import CallResult, Inputs, OpenOutputs
from blobprep.sandbox.isolation import Level, Namespace
from blobprep.sandbox.launch import Children, Session
from blobprep.sandbox.network.rules import Rules
from blobprep.sandbox.run_log import RunLog

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


class _GatedSession:
    def __init__(self, gate: GatedChildren, session: Session) -> None:
        self._gate, self._session = gate, session

    def __enter__(self) -> Session:
        self._session.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._session.__exit__(*raised)

    @property
    def folder(self) -> str:
        return self._session.folder

    def require_confined(self) -> tuple[str, ...]:
        return self._session.require_confined()

    def observe(self, observer: Callable[[str], None]) -> None:
        self._session.observe(observer)

    def call(
        self,
        request: ChildRequest,
        descriptors: Mapping[str, int],
        *,
        log: RunLog,
        inputs: Inputs | None = None,
        outputs: OpenOutputs | None = None,
        seconds: float | None = None,
        more: bool = False,
    ) -> CallResult:
        def call() -> CallResult:
            return self._session.call(
                request, descriptors, log=log, inputs=inputs, outputs=outputs, seconds=seconds, more=more
            )

        return self._gate.admit(self._session, call)

    def kill(self) -> None:
        self._session.kill()
