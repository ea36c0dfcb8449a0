"""The guard: a small process between parent and child that cleans up after a run, whatever happens.

It makes the run's folder, starts the child in a session of its own (as a spare user, if it is given one), limits what
the child uses, and reports how it ended. When the parent lets go, deliberately or because it was killed, the guard ends
every process of the run and removes the folder. It imports only the standard library, and little of it, because the
child starts after the guard.

The parent is on the other end of one socket, `life`. The guard sends one line of JSON when the child has started and
one when it has ended. The parent sends `P` when the child is ready and CPU time begins to count, `K` to have the child
killed, and closes the socket to let go.

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

TYPE_CHECKING = False  # importing `typing` for it would delay the child
if TYPE_CHECKING:
    from blobprep.sandbox.control_group import Group

__all__ = ["CANARY", "FOLDERS", "STACKS", "WORK", "main"]

WORK = "work"
FOLDERS = (WORK, "home", "tmp")
"""The folders below the run's folder that belong to the script."""

CANARY = "canary"
"""A file beside those folders that a confined child must not be able to open."""

STACKS = 8 * 1024**3
"""Bytes of memory that suffice for the stacks of all threads a script may have; below this limit stacks are smaller."""

_ROUND = 0.5  # seconds between two checks of whether the lookout thread is making progress
_TICK = 0.02  # seconds between two checks where there is no descriptor that shows the child's end
_STACK = 2 * 1024**2  # bytes of a thread's stack below that limit, instead of the usual eight million
_RESERVED = 6 * 1024**3  # bytes of address space that libraries reserve but do not use
_SMALLEST_FILE = 16 * 1024**2  # bytes; the child's own record may be this large
_PREPARATION = 30  # seconds of CPU time added to the kernel's limit; `Monitor` starts later and is more exact
_DESCRIPTORS = 4096
_CHANNELS = 6  # descriptors that the child starts with, numbered from 0
_SIGNALS = 1024  # pending signals, and timers that send them: the kernel keeps memory for each


def main(arguments: list[str]) -> None:
    """Guard one child.

    Args:
        arguments: life, control, log, broker, stdin, stdout, stderr (numbers of descriptors), the child's user or -1,
            1 where the kernel's controller may be used, the child's limits (`memory=1000,cpu=1.5`), the run's folder,
            and the child's command.
    """
    life, control, log, broker, *standard, uid, controlled = map(int, arguments[:9])
    folder, command = arguments[10], arguments[11:]
    limits = {
        name: float(value) for name, _, value in (limit.partition("=") for limit in arguments[9].split(",")) if name
    }
    group = None
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _make_folder(folder)
    try:
        channels = (*standard, control, log, broker)
        pid = _start(command, folder, channels, limits, uid)
        for descriptor in {channel for channel in channels if channel > 2}:
            os.close(descriptor)
        # The child is already starting: putting it into a group takes the kernel longer than everything else here. The
        # parent asks the child for nothing until the report below says that this is done.
        from blobprep.sandbox.control_group import enclose

        group = enclose(pid, os.path.basename(folder), limits) if controlled else None
        _report(life, {"pid": pid, "folder": folder, "controller": str(group.place) if group else ""})
        ending = _watch(life, pid, folder, limits, group)
        _report(life, ending)
        _wait_for_parent(life)
    finally:
        from blobprep.sandbox.guard.remove_tree import remove_tree

        remove_tree(folder)
        if group is not None:
            group.remove()


def _make_folder(folder: str) -> None:
    for path in (folder, *(os.path.join(folder, name) for name in FOLDERS)):
        os.mkdir(path, 0o700)
    with open(os.path.join(folder, CANARY), "x"):
        pass


def _start(command: list[str], folder: str, channels: tuple[int, ...], limits: dict[str, float], uid: int) -> int:
    """Fork the child; in it, set the session, limits, descriptors, environment and user, then execute the command.

    The guard still has one thread here, so the child may run any Python code between fork and exec.
    """
    _become_subreaper()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        _limit(limits)
        # Move them all out of the way first: a target number may be the source of another channel.
        for target, source in enumerate([_duplicate_above(channel) for channel in channels]):
            os.dup2(source, target)
        os.closerange(_CHANNELS, 1 << 16)
        environment = _build_environment(folder)
        if uid >= 0:
            _become_user(uid, folder)
        os.chdir(os.path.join(folder, WORK))
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.execve(command[0], command, environment)
    except BaseException:
        import traceback

        traceback.print_exc()  # into the log, the only place that can say why there is no child
    finally:
        os._exit(127)


def _become_user(uid: int, folder: str) -> None:
    """Give the run's folder to a user who owns nothing else, and become that user."""
    from blobprep.confinement.kernel import drop_bounding_capabilities

    for parent, _, names in os.walk(folder):
        for path in (parent, *(os.path.join(parent, name) for name in names)):
            os.chown(path, uid, uid)
    drop_bounding_capabilities()  # impossible once this is not root
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _build_environment(folder: str) -> dict[str, str]:
    """Return the child's environment: what the host set, and the run's own folders; copy a shared font list there."""
    lent = os.environ.get("MPLCONFIGDIR", "")  # noqa: TID251  set by the host, like all of this environment
    own = os.path.join(folder, "home", "matplotlib")
    try:
        for name in os.listdir(lent) if lent else ():
            if name.startswith("fontlist-"):
                os.makedirs(own, 0o700, exist_ok=True)
                with open(os.path.join(lent, name), "rb") as source, open(os.path.join(own, name), "xb") as target:
                    target.write(source.read())
    except OSError:  # without it only the first figure is slower
        pass
    return {
        **os.environ,  # noqa: TID251
        "HOME": os.path.join(folder, "home"),
        "TMPDIR": os.path.join(folder, "tmp"),
        "MPLCONFIGDIR": own,
    }


def _duplicate_above(descriptor: int) -> int:
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, _CHANNELS)


def _limit(limits: dict[str, float]) -> None:
    """Let the kernel enforce what it can, so that a script gets an exception where it asks for too much."""
    import resource

    bounds = {resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: _DESCRIPTORS}
    if sys.platform == "linux":
        bounds[resource.RLIMIT_SIGPENDING] = _SIGNALS
    if "memory" in limits:
        bounds[resource.RLIMIT_DATA] = int(limits["memory"])  # private memory, to the byte
        if "disk" in limits:  # address space only loosely: libraries reserve it, and files are mapped
            bounds[resource.RLIMIT_AS] = int(limits["memory"] + limits["disk"]) + _RESERVED
    if "disk" in limits:
        bounds[resource.RLIMIT_FSIZE] = max(int(limits["disk"]), _SMALLEST_FILE)
    if "cpu" in limits:
        bounds[resource.RLIMIT_CPU] = int(limits["cpu"]) + _PREPARATION
    for number, value in bounds.items():
        _, most = resource.getrlimit(number)
        lower = value if most == resource.RLIM_INFINITY else min(value, most)
        try:
            resource.setrlimit(number, (lower, lower))
        except (OSError, ValueError):  # macOS refuses some; `Monitor` checks too
            pass
    if limits.get("memory", STACKS) < STACKS:
        # The C library reads this size when the child starts and gives it to every thread; all of a stack counts as
        # private memory. The child sets it back for its main thread.
        usual, most = resource.getrlimit(resource.RLIMIT_STACK)
        if usual == resource.RLIM_INFINITY or usual > _STACK:
            resource.setrlimit(resource.RLIMIT_STACK, (_STACK, most))
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
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
        if cause := "killed" if b"K" in received else lookout.check():
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
    return "cpu" in limits and seconds >= int(limits["cpu"]) + _PREPARATION


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
