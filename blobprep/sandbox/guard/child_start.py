"""The start of the child: a fork of the guard that becomes what an executed command would be.

The guard has one thread here, so the child may run any Python code after the fork. Uses only the standard library, and
little of it: the guard runs this.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # importing `typing` for it would delay the child
if TYPE_CHECKING:
    from typing import Any

__all__ = ["PREPARATION", "STACKS", "WORK", "lend_fonts", "start_child"]

WORK = "work"
"""The folder below the run's folder that the child works in."""

STACKS = 8 * 1024**3
"""Bytes of memory that suffice for the stacks of all threads a script may have; below this limit stacks are smaller."""

PREPARATION = 30
"""Seconds of CPU time added to the kernel's limit; `Monitor` starts later and is more exact."""

_STACK = 2 * 1024**2  # bytes of a thread's stack below that limit, instead of the usual eight million
_RESERVED = 6 * 1024**3  # bytes of address space that libraries reserve but do not use
_SMALLEST_FILE = 16 * 1024**2  # bytes; the child's own record may be this large
_DESCRIPTORS = 4096
_CHANNELS = 6  # descriptors that the child starts with, numbered from 0
_SIGNALS = 1024  # pending signals, and timers that send them: the kernel keeps memory for each
_SET_DUMPABLE = 4  # PR_SET_DUMPABLE
_ATTRIBUTES = 64  # bytes of a `pthread_attr_t`, at least


def start_child(orders: dict[str, Any], channels: tuple[int, ...]) -> int:
    """Fork the child; in it, set the session, limits, descriptors, environment and user.

    Args:
        orders: see `blobprep.sandbox.guard.main`.
        channels: the descriptors that become 0 to 5.

    Returns:
        The child's number; 0 in the child, which goes on here unless it is to execute a command.
    """
    folder, limits, uid, command = orders["folder"], orders["limits"], orders["user"], orders["command"]
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
        lend_fonts(orders["fonts"])
        if uid >= 0:
            _become_user(uid, folder)
        os.chdir(os.path.join(folder, WORK))
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        if command:
            os.execve(command[0], command, {**os.environ, **orders["environment"]})  # noqa: TID251
        _become_fresh(limits)
    except BaseException:
        import traceback

        traceback.print_exc()  # into the log, the only place that can say why there is no child
        os._exit(127)
    return 0


def _become_fresh(limits: dict[str, float]) -> None:
    """Make this process look as if it had been executed: signals, arguments, and the size of stacks."""
    import ctypes

    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = len(sys.argv) - 2  # the guard's own, behind the path of the library
    del sys.argv[2:], sys.orig_argv[len(sys.orig_argv) - arguments :]
    library = ctypes.CDLL(None)
    if limits.get("memory", STACKS) < STACKS and hasattr(library, "pthread_setattr_default_np"):
        attributes = ctypes.create_string_buffer(_ATTRIBUTES)
        library.pthread_attr_init(attributes)
        library.pthread_attr_setstacksize(attributes, ctypes.c_size_t(_STACK))
        library.pthread_setattr_default_np(attributes)


def _become_user(uid: int, folder: str) -> None:
    """Give the run's folder to a user who owns nothing else, and become that user."""
    import ctypes

    from blobprep.confinement.kernel import drop_bounding_capabilities

    for parent, _, names in os.walk(folder):
        for path in (parent, *(os.path.join(parent, name) for name in names)):
            os.chown(path, uid, uid)
    drop_bounding_capabilities()  # impossible once this is not root
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # The kernel takes a process that changes its user for one with secrets, whose own `/proc` belongs to root. This one
    # has none, as it would have none if it were executed.
    ctypes.CDLL(None).prctl(_SET_DUMPABLE, 1, 0, 0, 0)


def lend_fonts(lent: str) -> None:
    """Copy a shared font list, if there is one, to where matplotlib looks for its own."""
    own = os.environ["MPLCONFIGDIR"]  # noqa: TID251  set by the host, like all of this environment
    try:
        for name in os.listdir(lent) if lent else ():
            if name.startswith("fontlist-"):
                os.makedirs(own, 0o700, exist_ok=True)
                with open(os.path.join(lent, name), "rb") as source, open(os.path.join(own, name), "xb") as target:
                    target.write(source.read())
    except OSError:  # without it only the first figure is slower
        pass


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
        bounds[resource.RLIMIT_CPU] = int(limits["cpu"]) + PREPARATION
    for number, value in bounds.items():
        _, most = resource.getrlimit(number)
        lower = value if most == resource.RLIM_INFINITY else min(value, most)
        try:
            resource.setrlimit(number, (lower, lower))
        except (OSError, ValueError):  # macOS refuses some; `Monitor` checks too
            pass
    if limits.get("memory", STACKS) < STACKS:
        # The C library reads this size when a program starts and gives it to every thread (a fork sets it, see
        # `_become_fresh`); all of a stack counts as private memory. The child sets it back for its main thread.
        usual, most = resource.getrlimit(resource.RLIMIT_STACK)
        if usual == resource.RLIM_INFINITY or usual > _STACK:
            resource.setrlimit(resource.RLIMIT_STACK, (_STACK, most))
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass
