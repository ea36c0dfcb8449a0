"""The guard: a small process between parent and child that cleans up after a run, whatever happens.

It makes the run's folder, starts the child in a session of its own (as a spare user, if it is given one), limits what
the child uses, and reports how it ended. When the parent lets go, deliberately or because it was killed, the guard ends
every process of the run and removes the folder. Its own modules use only the standard library, and little of it; what
the child needs may have been imported beside them, see `blobprep.sandbox.guard_process`.

The parent is on the other end of one socket, `life`. It sends its orders first, as JSON after their length; a guard
that gets none has made nothing and ends. The guard sends one line of JSON when the child has started and one when it
has ended. Meanwhile the parent sends `P` when the child is ready and CPU time begins to count, `C` to have everything
checked that is checked when a child ends, which takes one line of JSON more, `K` to have the child killed, and closes
the socket to let go.

The child is a fork of the guard, which spares it the start of an interpreter and its imports. It gets what executing a
command would give it: its own session, limits, descriptors, signals, environment, user and arguments. The guard holds
nothing that the child may not see: it was started without the parent's environment and memory. Where the child must be
executed, such as in a namespace, the orders have a command.

The guard has two threads. The main thread starts the child, waits for it and for the parent (`_watch`), kills, reports
and cleans up. The lookout thread (`lookout`) does nothing but check the limits: a script can make a read of `/proc` or
a walk over its folder block, and the main thread must hear the parent even then. The lookout thread starts after the
fork, so the child never inherits a lock that it holds. They share one pipe, by which the lookout thread wakes the main
thread, and the fields of `Lookout` and `Monitor`; each field has one writer (see there).
"""

from __future__ import annotations

import os
import signal
import sys

from blobprep.sandbox.guard.child_start import PREPARATION, WORK, start_child

TYPE_CHECKING = False  # importing `typing` for it would delay the child
if TYPE_CHECKING:
    from typing import Any

    from blobprep.sandbox.control_group import Group

__all__ = ["CANARY", "FOLDERS", "main"]

FOLDERS = (WORK, "home", "tmp")
"""The folders below the run's folder that belong to the script."""

CANARY = "canary"
"""A file beside those folders that a confined child must not be able to open."""

_ROUND = 0.5  # seconds between two checks of whether the lookout thread is making progress
_TICK = 0.02  # seconds between two checks where there is no descriptor that shows the child's end


def main(descriptors: list[str]) -> None:
    """Guard one child as the parent orders; return in the child only, which then does its work.

    The orders have the run's `folder`, the child's `limits` by name, its `user` or -1, `controlled` where the kernel's
    controller may be used, the folder of a list of `fonts` to copy or an empty text, the `command` to execute, empty
    for a fork, and what that adds to the `environment`.

    Args:
        descriptors: numbers of life, control, log and broker. Standard streams are the child's from the start.
    """
    life, control, log, broker = map(int, descriptors)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    orders = _receive_orders(life)
    if orders is None:
        os._exit(0)
    _make_folder(orders["folder"])
    _become_subreaper()
    channels = (0, 1, 2, control, log, broker)
    pid = start_child(orders, channels)
    if pid:
        _guard(life, pid, channels, orders)
        os._exit(0)


def _guard(life: int, pid: int, channels: tuple[int, ...], orders: dict[str, Any]) -> None:
    """Watch over the child, report, and clean up."""
    folder, limits = orders["folder"], orders["limits"]
    group = None
    try:
        _let_go(channels)
        # The child is already starting: putting it into a group takes the kernel longer than everything else here. The
        # parent asks the child for nothing until the report below says that this is done.
        from blobprep.sandbox.control_group import enclose

        group = enclose(pid, os.path.basename(folder), limits) if orders["controlled"] else None
        _report(life, {"pid": pid, "folder": folder, "controller": str(group.place) if group else ""})
        ending = _watch(life, pid, folder, limits, group)
        _report(life, ending)
        _wait_for_parent(life)
    finally:
        from blobprep.sandbox.guard.remove_tree import remove_tree

        remove_tree(folder)
        if group is not None:
            group.remove()


def _receive_orders(life: int) -> dict[str, Any] | None:
    """Wait for the orders, which come after their length in eight digits; None if the parent has let go."""
    import json

    try:
        length = int(_read_exactly(life, 8) or b"0")
        orders: dict[str, Any] | None = json.loads(_read_exactly(life, length) or b"null")
    except OSError:
        return None
    return orders


def _read_exactly(life: int, length: int) -> bytes:
    """Read so many bytes and no more: what follows is for the watch. Return nothing if the parent has let go."""
    data = b""
    while len(data) < length:
        piece = os.read(life, length - len(data))
        if not piece:
            return b""
        data += piece
    return data


def _let_go(channels: tuple[int, ...]) -> None:
    """Close the child's channels, which end with the child; keep standard error for a fault of the guard itself."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    for descriptor in (null, *(channel for channel in channels if channel > 2)):
        os.close(descriptor)


def _make_folder(folder: str) -> None:
    for path in (folder, *(os.path.join(folder, name) for name in FOLDERS)):
        os.mkdir(path, 0o700)
    with open(os.path.join(folder, CANARY), "x"):
        pass


def _become_subreaper() -> None:
    """Adopt the run's orphans, so that no process outlives the run; Linux only."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _wait_for_parent(life: int) -> None:
    """Wait until the parent has taken what it needs from the run's folder and lets go."""
    try:
        while os.read(life, 64):
            pass
    except OSError:
        pass


def _watch(life: int, pid: int, folder: str, limits: dict[str, float], group: Group | None) -> dict[str, object]:
    """Wait until the child ends, exceeds a limit, or the parent kills it or lets go; then end every process of the run.

    Only this thread reaps the child, so its process number stays valid until `wait4` returns it.
    """
    from blobprep.sandbox.guard.lookout import Lookout
    from blobprep.sandbox.guard.monitor import Monitor

    monitor = Monitor(pid, folder, limits, group)
    lookout = Lookout(monitor)  # starts the second thread; from now on only that thread calls `monitor.check`
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            cause = ""
            break
        received = _poll(life, pid, lookout.readable)
        if b"P" in received:
            monitor.start_clock()
        cause = "killed" if b"K" in received else lookout.check()
        if not cause and b"C" in received and lookout.close():  # the monitor is free now
            cause = monitor.check() or monitor.check_at_end()
            if not cause:
                lookout = Lookout(monitor)
                _report(life, {"checked": True, "crowded": monitor.crowded})
        if cause:
            _signal(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            break
    lookout.close()  # joins the thread, unless it is stuck: then its pipe stays open, and it dies with this process
    if group is not None:
        group.kill()
    _kill_all(pid)
    code = os.waitstatus_to_exitcode(status)
    if not cause and code in (-signal.SIGXCPU, -signal.SIGKILL) and _is_spent(usage.ru_utime + usage.ru_stime, limits):
        cause = "cpu"
    cause = cause or monitor.check_at_end()
    return {"exit": code, "cause": cause, "crowded": monitor.crowded}


def _is_spent(seconds: float, limits: dict[str, float]) -> bool:
    return "cpu" in limits and seconds >= int(limits["cpu"]) + PREPARATION


def _poll(life: int, pid: int, exceeded: int) -> bytes:
    """Wait briefly for a message from the parent, the child's end, or an exceeded limit.

    Args:
        life: the socket to the parent.
        pid: the child's.
        exceeded: a descriptor that is readable once a limit is exceeded.

    Returns:
        what the parent sent; `K` if it has let go; empty otherwise.
    """
    import select

    watched = select.poll()  # `select.select` does not take descriptors above 1023
    watched.register(life, select.POLLIN)
    watched.register(exceeded, select.POLLIN)
    seconds, child = _ROUND, -1
    try:
        child = os.pidfd_open(pid)
        watched.register(child, select.POLLIN)
    except (AttributeError, OSError):  # macOS, or an old kernel: check at intervals
        seconds = _TICK
    try:
        ready = [descriptor for descriptor, _ in watched.poll(seconds * 1000)]
    finally:
        if child >= 0:
            os.close(child)
    if life not in ready:
        return b""
    try:
        return os.read(life, 64) or b"K"
    except OSError:
        return b"K"


def _kill_all(pid: int) -> None:
    """Kill the session and every orphan that this process has adopted, until no child is left."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass
    from blobprep.sandbox.guard.process_usage import children_of

    for _ in range(1000):  # bounded: a process that forks faster than it dies must not keep the guard forever
        for child in children_of(os.getpid()):
            _signal(child, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        pass


def _report(life: int, values: dict[str, object]) -> None:
    import json

    try:
        os.write(life, json.dumps(values).encode() + b"\n")
    except OSError:
        pass
