"""Start a child at a level."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from blobprep.errors import IsolationUnavailable
from blobprep.limits import Limits
from blobprep.protocol import ChildRequest, Operation
from blobprep.sandbox.call import CallResult, Inputs, OpenOutputs
from blobprep.sandbox.guard_process import GuardProcess
from blobprep.sandbox.inline_host import InlineHost
from blobprep.sandbox.isolation import Confinement, Level, Namespace
from blobprep.sandbox.network.broker import Broker
from blobprep.sandbox.network.rules import Rules
from blobprep.sandbox.other_interpreter import list_needed
from blobprep.sandbox.process_host import ProcessHost
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession
from blobprep.sandbox.session_log import SessionLog
from blobprep.sandbox.template import Template

__all__ = ["Children", "Session", "start"]


class Session(Protocol):
    """A session with a child as far as a run needs it, see `ChildSession`.

    A context manager of one call, and of those about what it left.
    """

    def __enter__(self) -> Session: ...

    def __exit__(self, *_: object) -> None: ...

    @property
    def folder(self) -> str:
        """Return the path of the child's working folder, after the first call."""
        ...

    def require_confined(self) -> tuple[str, ...]:
        """Return how the child is confined, in words; raises if it cannot be."""
        ...

    def observe(self, observer: Callable[[str], None]) -> None:
        """Have a function called with what the child begins to do."""
        ...

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
        """Ask the child, and wait until it has done that, or has ended."""
        ...

    def kill(self) -> None:
        """End the child now."""
        ...


class Children(Protocol):
    """A source of children; `start` is the plain one, which starts a process for each."""

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
        """Return a session with a child, see `start`; the caller closes it."""
        ...


def start(
    operation: Operation,
    level: Level,
    limits: Limits,
    *,
    rules: Rules | None = None,
    debug: bool = False,
    namespace: Namespace = "auto",
    interpreter: str = "",
    means: Confinement | None = None,
    ready: list[GuardProcess] | None = None,
    template: Template | None = None,
) -> ChildSession:
    """Start a child; it imports its libraries while the parent goes on.

    Args:
        operation: what it will be asked first.
        level: of isolation; at `strict` the child is asked only once it has confined itself and proved it.
        limits: enforced from the start; time by `ChildSession.call`, figures by who takes them.
        rules: what it may reach, nothing where None; at level `off` and under the debugger they do not bind it.
        debug: leave it this terminal, under the debugger.
        namespace: whether `strict` takes one: `auto`, `require` or `off`.
        interpreter: the path of another interpreter that scripts run in; empty for the child's own.
        means: of confinement; those that fit this machine best where None.
        ready: a guard that was started ahead, which is taken out if it is used.
        template: forks the guard, where the child is a fork of it.

    Raises:
        IsolationUnavailable: this machine cannot enforce the level; nothing was started.
    """
    log = SessionLog()
    if level == "off":
        return ChildSession(InlineHost(), log)  # nothing can be ended there, so that nothing is limited
    if sys.platform == "win32":
        raise IsolationUnavailable(
            f'isolation "{level}" needs a POSIX system; nothing was run',
            remedy="use the Windows Subsystem for Linux",
        )
    from blobprep.sandbox.kernel_support import choose_here, detect

    if level == "process":
        means = None
    elif means is None:
        means = choose_here(namespace, list_needed(interpreter) if interpreter else ())
    controlled = means.controlled if means is not None else not detect().no_controller
    executed = debug or (means is not None and means.namespace)
    if template is not None and not executed:
        guard = template.start_guard()
    elif ready and not debug:
        guard = ready.pop()
    else:
        guard = GuardProcess(debug=debug, ahead=operation == "run" and not executed)
    try:
        broker = Broker(guard.network, rules or Rules(), log.say)
    except BaseException:
        guard.dismiss()
        raise
    try:
        host = ProcessHost(
            operation, guard, limits=limits, debug=debug, means=means, controlled=controlled, interpreter=interpreter
        )
    except BaseException:
        broker.close()
        guard.dismiss()
        raise
    return ChildSession(host, log, broker, most_log=limits.log)
