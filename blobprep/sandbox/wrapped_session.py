"""A session with a child around another one, which decides when a call goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from blobprep.protocol import ChildRequest
from blobprep.sandbox.call import CallResult, Inputs, OpenOutputs
from blobprep.sandbox.launch import Session
from blobprep.sandbox.run_log import RunLog

__all__ = ["WrappedSession"]


class WrappedSession:
    """A session that is another one but for `admit`; see `blobprep.sandbox.launch.Session`.

    Args:
        session: the one inside.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> Session:
        self._session.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._session.__exit__(*raised)

    @property
    def folder(self) -> str:
        """Return the path of the child's working folder."""
        return self._session.folder

    def require_confined(self) -> tuple[str, ...]:
        """Return how the child is confined, in words."""
        return self._session.require_confined()

    def observe(self, observer: Callable[[str], None]) -> None:
        """Have a function called with what the child begins to do."""
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
        """Ask the child, as soon as that is admitted."""

        def call() -> CallResult:
            return self._session.call(
                request, descriptors, log=log, inputs=inputs, outputs=outputs, seconds=seconds, more=more
            )

        return self.admit(call)

    def admit(self, call: Callable[[], CallResult]) -> CallResult:
        """Make a call and return what comes of it, or raise if it is not to be made."""
        raise NotImplementedError

    def kill(self) -> None:
        """End the child now."""
        self._session.kill()
