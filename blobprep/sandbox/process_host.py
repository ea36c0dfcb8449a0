"""A host that runs the child in a process of its own, under a guard: levels `process` and `strict`."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Final

from blobprep.confinement.plan import Plan
from blobprep.limits import Limits
from blobprep.protocol import Network, Operation, OtherInterpreter, Preparation, encode_preparation
from blobprep.sandbox.fonts import lendable_fonts
from blobprep.sandbox.guard.child_start import WORK
from blobprep.sandbox.guard.main import CANARY, FOLDERS
from blobprep.sandbox.guard.remove_tree import remove_tree
from blobprep.sandbox.guard_process import GuardProcess, Process, child_command
from blobprep.sandbox.host import Channels, Report
from blobprep.sandbox.isolation import Confinement, describe_bounds
from blobprep.sandbox.namespaces import namespace_prefix
from blobprep.sandbox.other_interpreter import loader_of

__all__ = ["ProcessHost"]

_SIGNALED: Final = 128
_GRACE: Final = 30.0  # seconds a guard has to clean up
_GUARDED: Final = ("memory", "cpu", "disk", "files", "processes")
_SCARCE: Final = 4 * 1024**3  # bytes of memory; with more, what libraries reserve does not matter
_SPARING: Final = {
    # Arrow's own pool, faster by half, reserves a gigabyte that a limit on memory would count.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
}


def _guarded(limits: Limits) -> dict[str, float]:
    """Return the limits that the guard enforces."""
    values = {name: getattr(limits, name) for name in _GUARDED}
    return {name: value for name, value in values.items() if value is not None}


class ProcessHost:
    """A child in a process of its own, under a guard that cleans up even when this process is killed.

    Args:
        operation: what the child will be asked first, so that it imports the right libraries at once.
        guard: has got no orders yet.
        limits: those that do not need the parent hold from the start.
        debug: leave the network as it is; the guard has this terminal.
        means: how it confines itself before anything else; None for no confinement.
        controlled: whether the kernel's controller may bound it, where there is one.
        interpreter: the path of another interpreter that the script runs in; empty for the child's own.
    """

    def __init__(
        self,
        operation: Operation,
        guard: GuardProcess,
        *,
        limits: Limits,
        debug: bool = False,
        means: Confinement | None = None,
        controlled: bool = True,
        interpreter: str = "",
    ) -> None:
        self._run = guard.folder
        before, plan = _confinement(means, self._run, limits, interpreter) if means is not None else ([], "")
        network: Network = "direct" if debug else "brokered"
        other = _other_interpreter(interpreter, plan) if interpreter else None
        self.preparation = encode_preparation(Preparation(operation, plan, network, other))
        self.folder = ""
        self.measures: tuple[str, ...] = ()
        self.pid = 0
        self._counts = limits.cpu is not None
        self._namespace = means is not None and means.namespace
        uid = -1 if means is None or means.uid is None else means.uid
        self._life, self._guard = guard.life, guard.process
        self.channels = Channels(guard.control, guard.log, guard.out, guard.err)
        sparing = _SPARING if limits.memory is not None and limits.memory < _SCARCE else {}
        # Libraries read how to be sparing when they are loaded, and those of other systems need not survive a fork.
        executed = bool(before or sparing) or sys.platform != "linux"
        guard.give(
            {
                "folder": self._run,
                "limits": _guarded(limits),
                "user": uid,
                "controlled": controlled,
                "fonts": lendable_fonts() if operation == "run" else "",
                "environment": sparing,
                "command": [*before, *child_command(debug=debug)] if executed else [],
            }
        )

    def work(self) -> None:
        """Return at once: the child answers in its own process."""

    def life(self) -> socket.socket:
        """Return the guard's socket."""
        return self._life

    def ended(self, line: bytes) -> Report | None:
        """Read a report of the guard; its first one names the run's folder."""
        report = json.loads(line)
        if "folder" in report:
            self.pid = report["pid"]
            self.folder = os.path.join(report["folder"], WORK)
            self.measures = (describe_bounds(report["controller"]),)
            return None
        code = report["exit"]
        if self._namespace and code > _SIGNALED:  # bubblewrap reports the signal that ended a child so
            code = _SIGNALED - code
        return Report(code, report["cause"], report["crowded"])

    def start_clock(self) -> None:
        """Have the guard count the child's CPU time from now on, if it is limited: finding it out takes a while."""
        if self._counts:
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
            _await_end(self._guard, _GRACE)
        except subprocess.TimeoutExpired:
            # A script stopped it, or left more than can be ended in time. While the guard is there, no other process
            # can have the session's number.
            with suppress(OSError):
                if self.pid:
                    os.killpg(self.pid, signal.SIGKILL)
            self._guard.kill()
            self._guard.wait()
        if self.folder:  # else it was never made, and what has its name is not ours
            remove_tree(self._run)  # only where the guard itself was killed is anything left

    def close(self) -> None:
        """Close the parent's ends."""
        self.channels.close()
        self._life.close()


def _await_end(process: Process, seconds: float) -> None:
    """Wait until a process has ended; `Popen.wait` would look for that at ever longer intervals."""
    if isinstance(process, subprocess.Popen):
        with suppress(AttributeError, OSError):  # macOS, or an old kernel
            descriptor = os.pidfd_open(process.pid)
            try:
                ends = select.poll()
                ends.register(descriptor, select.POLLIN)
                ends.poll(seconds * 1000)
                seconds = 0.0
            finally:
                os.close(descriptor)
    process.wait(seconds)


def _confinement(means: Confinement, run: str, limits: Limits, interpreter: str) -> tuple[list[str], str]:
    """Return what stands before a child's command, and the plan for confining itself."""
    from blobprep.sandbox.readable_paths import DEVICES, readable_by, readable_paths

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
    if not means.namespace:
        return [], plan.encode()
    seen = (*readable, *readable_by(interpreter)) if interpreter else readable
    return namespace_prefix(seen, writable, DEVICES, os.path.join(run, WORK)), plan.encode()


def _other_interpreter(path: str, plan: str) -> OtherInterpreter:
    """Return how another interpreter is started: confined as the child is, but for what it reads and executes."""
    if not plan:
        return OtherInterpreter(path)
    from blobprep.sandbox.readable_paths import readable_by

    executable = (os.path.realpath(path), *loader_of(path))
    confined = replace(Plan.decode(plan), readable=readable_by(path), executable=executable)
    return OtherInterpreter(path, confined.encode())
