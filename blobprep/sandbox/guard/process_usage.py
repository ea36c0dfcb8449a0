"""What processes use, as `/proc` tells: memory, threads, CPU time, and what the kernel keeps for them besides.

Standard library only, and little of it: the guard runs this. A script decides how much there is to be read; every look
reads no more than a bound, and what is beyond it counts as too much.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Collection

__all__ = ["Usage", "children_of", "holds_too_many_locks", "live", "proportional", "tree"]

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_RESIDENT = ("VmRSS:", "VmSwap:", "VmPTE:", "HugetlbPages:")
_THREADS_ASKED = 16  # of them only the first of a process can have ended and still be there
_PIPE = 16 * _PAGE  # what one holds; more is refused to a confined script
_BUFFER = 212_992  # bytes that a socket may send before they are read, where the kernel does not say
_WATCHED = 256  # bytes of a descriptor that an epoll descriptor watches
_TEXT = 1024**2  # bytes of a file of `/proc` that are read
_LOCKS = (
    5000  # on files, whose lines are read: no controller counts them, and with so many they are a way to fill memory
)


class Usage:
    """What one process uses; nothing of one that has ended.

    Args:
        pid: its number.

    Attributes:
        seconds: of CPU time of all its threads, with those of the children it has waited for.
        threads: of it.
        memory: bytes resident or swapped out, those it shares too, and the tables of its pages.
        resident: those of them that other processes may share.
    """

    def __init__(self, pid: int) -> None:
        self.pid, self.seconds, self.threads, self.memory, self.resident = pid, 0.0, 0, 0, 0
        self.path = f"/proc/{pid}"
        try:
            with open(f"{self.path}/stat", "rb") as file:
                words = file.read().rpartition(b")")[2].split()  # a process may have any name in the parentheses
            self.seconds = sum(map(int, words[11:15])) / _TICKS
            self.threads = int(words[17])
            self.path = live(pid, words[0])
            with open(f"{self.path}/status") as status:
                sizes = dict(line.split(None, 1) for line in status if line.startswith(_RESIDENT))
            values = {name: int(size.split()[0]) * 1024 for name, size in sizes.items()}
            self.memory, self.resident = sum(values.values()), values.get("VmRSS:", 0)
        except (OSError, IndexError, ValueError):
            pass

    def kept(self) -> float:
        """Return the bytes that the kernel may keep behind its descriptors: in sockets, pipes, lists and texts.

        A socket counts as if it were full, as looking into it would take a descriptor of it; lists that are too long to
        be read are without end. A text of `/proc` about a descriptor is kept while it is open, as long as the list is.
        """
        seen: set[str] = set()
        total, unread = 0.0, _TEXT
        try:
            names = os.listdir(f"{self.path}/fd")
        except OSError:
            return 0
        for name in names:
            try:
                target = os.readlink(f"{self.path}/fd/{name}")
                if target in seen:
                    continue
                if target.startswith(("socket:", "pipe:")):
                    seen.add(target)
                    total += _PIPE if target.startswith("pipe:") else _socket()
                elif "/fdinfo/" in target:
                    total += _TEXT
                elif target == "anon_inode:[eventpoll]":
                    text = _bounded(f"{self.path}/fdinfo/{name}", unread)
                    unread -= len(text)
                    total += text.count(b"tfd:") * _WATCHED if unread > 0 else float("inf")
            except OSError:
                continue
        return total


def proportional(usage: Usage) -> int:
    """Return bytes of a process as `memory`, each page divided among those that share it.

    The resident sets are cheap to add up, but forked processes share pages, which are then counted more than once; this
    takes the kernel longer, and is asked only where the sum is too much.
    """
    try:
        with open(f"{usage.path}/smaps_rollup", "rb") as file:
            shared = sum(int(line.split()[1]) for line in file if line.startswith(b"Pss:")) * 1024
            return usage.memory - usage.resident + shared
    except (OSError, IndexError):  # it has ended, or became another user's
        return usage.memory


def live(pid: int, state: bytes = b"") -> str:
    """Return the folder in `/proc` of a thread of a process that tells what the process holds.

    The first thread can end before the others; what its folder then tells is nothing.

    Args:
        pid: of the process.
        state: of its first thread, if it is known.
    """
    path = f"/proc/{pid}"
    try:
        if not state:
            with open(f"{path}/stat", "rb") as file:
                state = file.read().rpartition(b")")[2].split()[0]
        if state not in b"ZX":
            return path
        for thread in os.listdir(f"{path}/task")[:_THREADS_ASKED]:
            with open(f"{path}/task/{thread}/stat", "rb") as file:
                if file.read().rpartition(b")")[2].split()[0] not in b"ZX":
                    return f"{path}/task/{thread}"
    except (OSError, IndexError):
        pass
    return path


def holds_too_many_locks(pids: Collection[int]) -> bool:
    """Tell whether processes hold more locks on files than any program needs."""
    try:
        text = _bounded("/proc/locks", _TEXT)
    except OSError:
        return False
    if text.count(b"\n") <= _LOCKS:
        return False
    holders = re.findall(rb" (?:READ|WRITE) +(\d+) ", text)
    wanted = {str(pid).encode() for pid in pids}
    return sum(holder in wanted for holder in holders) > _LOCKS


def tree(pid: int) -> list[int]:
    """Return a child, the orphans that fell to this process, and all that they started."""
    found = list(dict.fromkeys((pid, *children_of(os.getpid()))))
    for each in found:  # grows
        found += children_of(each)
    return found


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started, whichever of its threads it was."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += map(int, file.read().split())
    except OSError:  # it has ended
        pass
    return found


@functools.cache
def _socket() -> int:
    """Return what a socket holds that is full: the last piece may go beyond what it is allowed by half."""
    try:
        with open("/proc/sys/net/core/wmem_default") as file:
            return int(file.read()) * 3 // 2
    except (OSError, ValueError):
        return _BUFFER * 3 // 2


def _bounded(path: str, most: int) -> bytes:
    """Read a file of `/proc`, which gives a page at a time, up to a bound."""
    text = bytearray()
    with open(path, "rb", buffering=0) as file:
        while len(text) < most and (piece := file.read(1 << 16)):
            text += piece
    return bytes(text)
