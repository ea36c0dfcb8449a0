"""A host that runs the child in a process of its own, under a guard: levels `process` and `strict`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from blobprep.confinement.plan import Plan
from blobprep.limits import Limits
from blobprep.protocol import Operation, Preparation, encode_preparation
from blobprep.sandbox.fonts import font_cache, has_font_cache
from blobprep.sandbox.guard.main import CANARY, FOLDERS, WORK
from blobprep.sandbox.guard.remove_tree import remove_tree
from blobprep.sandbox.host import Channels, Report
from blobprep.sandbox.isolation import Confinement, describe_bounds
from blobprep.sandbox.namespaces import namespace_prefix

__all__ = ["ProcessHost"]

_ROOT: Final = str(Path(__file__).parents[2])
_GUARD: Final = (
    "import sys; sys.path.append(sys.argv[1]); from blobprep.sandbox.guard.main import main; main(sys.argv[2:])"
)
_CHILD: Final = "import sys; sys.path.append(sys.argv[1]); from blobprep.child.main import main; main()"
_SIGNALED: Final = 128
_GRACE: Final = 30.0  # seconds a guard has to clean up
_GUARDED: Final = ("memory", "cpu", "disk", "files", "processes")
_ENVIRONMENT: Final = {
    # Nothing of the parent's environment reaches a script: it may hold credentials.
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "USER": "blobprep",
    "LOGNAME": "blobprep",
    "MPLBACKEND": "Agg",
}
_SCARCE: Final = 4 * 1024**3  # bytes of memory; with more, what libraries reserve does not matter
_SPARING: Final = {
    # Arrow's own pool, faster by half, reserves a gigabyte that a limit on memory would count.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
}


def _environment(operation: str, limits: Limits) -> dict[str, str]:
    """Return the environment of guard and child; the guard completes it with the run's own folders."""
    fonts = font_cache() if operation == "run" else None
    lent = {"MPLCONFIGDIR": str(fonts)} if fonts is not None and has_font_cache(fonts) else {}
    sparing = _SPARING if limits.memory is not None and limits.memory < _SCARCE else {}
    return _ENVIRONMENT | sparing | lent


def _guarded(limits: Limits) -> str:
    """Return the limits that the guard enforces, in the form it reads."""
    values = {name: getattr(limits, name) for name in _GUARDED}
    return ",".join(f"{name}={value}" for name, value in values.items() if value is not None)


class ProcessHost:
    """A child in a process of its own, under a guard that cleans up even when this process is killed.

    Args:
        operation: what the child will be asked first, so that it imports the right libraries at once.
        broker: the child's end of the broker's socket; closed here.
        limits: those that do not need the parent hold from the start.
        debug: leave it this terminal, and the network as it is.
        means: how it confines itself before anything else; None for no confinement.
        controlled: whether the kernel's controller may bound it, where there is one.
    """

    def __init__(
        self,
        operation: Operation,
        broker: socket.socket,
        *,
        limits: Limits,
        debug: bool = False,
        means: Confinement | None = None,
        controlled: bool = True,
    ) -> None:
        self._run = os.path.join(tempfile.gettempdir(), f"blobprep-{os.urandom(8).hex()}")
        before, plan = _confinement(means, self._run, limits) if means is not None else ([], "")
        self.preparation = encode_preparation(Preparation(operation, plan, "direct" if debug else "brokered"))
        self.folder = ""
        self.measures: tuple[str, ...] = ()
        self._session = 0
        self._namespace = means is not None and means.namespace
        uid = -1 if means is None or means.uid is None else means.uid
        self._life, guard_life = socket.socketpair()
        control, child_control = socket.socketpair()
        log, child_log = os.pipe()
        out, child_out = (None, 1) if debug else os.pipe()
        err, child_err = (None, 2) if debug else os.pipe()
        null = os.open(os.devnull, os.O_RDONLY)
        self.channels = Channels(control, log, out, err)
        theirs = [child_log, null] if debug else [child_log, null, child_out, child_err]
        numbers = [guard_life.fileno(), child_control.fileno(), child_log, broker.fileno()]
        numbers += [0 if debug else null, child_out, child_err]
        guard = [sys.executable, "-I", "-S", "-B", "-c", _GUARD, _ROOT]
        its_own = [*map(str, (*numbers, uid, int(controlled))), _guarded(limits), self._run]
        child = [sys.executable, "-I", "-B", "-u", "-X", "faulthandler"]
        child += ["-X", "frozen_modules=off"] if debug else []  # else debugpy warns that it may miss some
        child += ["-c", _CHILD, _ROOT]
        try:
            self._guard = subprocess.Popen(
                [*guard, *its_own, *before, *child],
                stdin=None if debug else subprocess.DEVNULL,
                stdout=None if debug else subprocess.DEVNULL,
                stderr=child_err,
                env=_environment(operation, limits),
                pass_fds=[number for number in numbers if number > 2],
                start_new_session=not debug,
            )
        finally:
            guard_life.close()
            child_control.close()
            broker.close()
            for descriptor in theirs:
                os.close(descriptor)

    def work(self) -> None:
        """Return at once: the child answers in its own process."""

    def life(self) -> socket.socket:
        """Return the guard's socket."""
        return self._life

    def ended(self, line: bytes) -> Report | None:
        """Read a report of the guard; its first one names the run's folder."""
        report = json.loads(line)
        if "folder" in report:
            self._session = report["pid"]
            self.folder = os.path.join(report["folder"], WORK)
            self.measures = (describe_bounds(report["controller"]),)
            return None
        code = report["exit"]
        if self._namespace and code > _SIGNALED:  # bubblewrap reports the signal that ended a child so
            code = _SIGNALED - code
        return Report(code, report["cause"], report["crowded"])

    def start_clock(self) -> None:
        """Have the guard count the child's CPU time from now on."""
        self._tell(b"P")

    def kill(self) -> None:
        """Have the guard kill the child."""
        self._tell(b"K")

    def _tell(self, word: bytes) -> None:
        with suppress(OSError):  # it has ended
            self._life.send(word)

    def end(self) -> None:
        """Let go of the guard, which ends all processes of the run and removes its folder; wait until it has."""
        with suppress(OSError):
            self._life.shutdown(socket.SHUT_WR)
        try:
            self._guard.wait(_GRACE)
        except subprocess.TimeoutExpired:
            # A script stopped it, or left more than can be ended in time. While the guard is there, no other process
            # can have the session's number.
            with suppress(OSError):
                if self._session:
                    os.killpg(self._session, signal.SIGKILL)
            self._guard.kill()
            self._guard.wait()
        if self.folder:  # else it was never made, and what has its name is not ours
            remove_tree(self._run)  # only where the guard itself was killed is anything left

    def close(self) -> None:
        """Close the parent's ends."""
        self.channels.close()
        self._life.close()


def _confinement(means: Confinement, run: str, limits: Limits) -> tuple[list[str], str]:
    """Return what stands before a child's command, and the plan for confining itself."""
    from blobprep.sandbox.readable_paths import DEVICES, readable_paths

    readable = readable_paths()
    writable = tuple(os.path.join(run, name) for name in FOLDERS)
    plan = Plan(
        means.landlock,
        means.namespace,
        readable,
        writable,
        DEVICES,
        canary=os.path.join(run, CANARY),
        processes=(os.getpid(),),
        tasks=0 if means.uid is None else limits.processes or 0,
    )
    before = namespace_prefix(readable, writable, DEVICES, os.path.join(run, WORK)) if means.namespace else []
    return before, plan.encode()
