"""What processes use according to `/proc`: memory, threads, CPU time, and memory that the kernel keeps for them.

A script decides how much there is to read, so every read has a bound, and anything beyond it counts as too much.

Uses only the standard library, and little of it: the guard runs this.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Collection

__all__ = ["Usage", "children_of", "holds_too_many_locks", "live_folder", "process_tree", "proportional_memory"]

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_RESIDENT = ("VmRSS:", "VmSwap:", "VmPTE:", "HugetlbPages:")
_THREADS_ASKED = 16  # of a process; only its first thread can have ended and still be listed
_PIPE = 16 * _PAGE  # bytes that a pipe holds; a confined script cannot have larger ones
_BUFFER = 212_992  # bytes that a socket may hold unread, where the kernel does not report it
_WATCHED = 256  # bytes that the kernel keeps for each descriptor in an epoll set
_TEXT = 1024**2  # bytes to read of a file in `/proc`
_LOCKS = 5000  # locks on files; no controller counts them, and a script could fill memory with more


class Usage:
    """What one process uses; all zero for a process that has ended.

    Args:
        pid: its number.

    Attributes:
        seconds: CPU time of all its threads and of the children it has waited for.
        threads: how many it has.
        memory: bytes resident or swapped out, shared ones included, and its page tables.
        resident: the part of them that is resident, and may be shared with other processes.
    """

    def __init__(self, pid: int) -> None:
        self.pid, self.seconds, self.threads, self.memory, self.resident = pid, 0.0, 0, 0, 0
        self.path = f"/proc/{pid}"
        try:
            with open(f"{self.path}/stat", "rb") as file:
                words = file.read().rpartition(b")")[2].split()  # the name in the parentheses may contain anything
            self.seconds = sum(map(int, words[11:15])) / _TICKS
            self.threads = int(words[17])
            self.path = live_folder(pid, words[0])
            with open(f"{self.path}/status") as status:
                sizes = dict(line.split(None, 1) for line in status if line.startswith(_RESIDENT))
            values = {name: int(size.split()[0]) * 1024 for name, size in sizes.items()}
            self.memory, self.resident = sum(values.values()), values.get("VmRSS:", 0)
        except (OSError, IndexError, ValueError):
            pass

    def kernel_memory(self) -> float:
        """Return the bytes that the kernel may hold behind its descriptors: in sockets, pipes, epoll sets and texts.

        A socket counts as full, since measuring it would take a descriptor of it. An epoll set that is too long to read
        counts as infinite. The kernel keeps the text of an open file of `/proc` about an epoll set, which can be as
        long as the set.
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
                    total += _PIPE if target.startswith("pipe:") else _socket_size()
                elif "/fdinfo/" in target:
                    total += _TEXT
                elif target == "anon_inode:[eventpoll]":
                    text = _read_bounded(f"{self.path}/fdinfo/{name}", unread)
                    unread -= len(text)
                    total += text.count(b"tfd:") * _WATCHED if unread > 0 else float("inf")
            except OSError:
                continue
        return total


def proportional_memory(usage: Usage) -> int:
    """Return the memory of a process, with each page divided among the processes that share it.

    Resident sets are cheap to add up, but forked processes share pages, which are then counted more than once. This is
    more work for the kernel, so it is used only where the plain sum is too much.
    """
    try:
        with open(f"{usage.path}/smaps_rollup", "rb") as file:
            shared = sum(int(line.split()[1]) for line in file if line.startswith(b"Pss:")) * 1024
            return usage.memory - usage.resident + shared
    except (OSError, IndexError):  # it has ended, or now belongs to another user
        return usage.memory


def live_folder(pid: int, state: bytes = b"") -> str:
    """Return the folder in `/proc` of a thread of a process that is still running.

    The first thread can end before the others, and its folder is then empty of what the process holds.

    Args:
        pid: of the process.
        state: of its first thread, if known.
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
    """Return whether processes hold more locks on files than any program needs."""
    try:
        text = _read_bounded("/proc/locks", _TEXT)
    except OSError:
        return False
    if text.count(b"\n") <= _LOCKS:
        return False
    holders = re.findall(rb" (?:READ|WRITE) +(\d+) ", text)
    wanted = {str(pid).encode() for pid in pids}
    return sum(holder in wanted for holder in holders) > _LOCKS


def process_tree(pid: int) -> list[int]:
    """Return a child, the orphans that this process has adopted, and everything that they started."""
    found = list(dict.fromkeys((pid, *children_of(os.getpid()))))
    for process in found:  # grows meanwhile
        found += children_of(process)
    return found


def children_of(pid: int) -> list[int]:
    """Return the processes that any thread of a process started."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += map(int, file.read().split())
    except OSError:  # it has ended
        pass
    return found


@functools.cache
def _socket_size() -> int:
    """Return the bytes that a full socket holds: the last piece may exceed its limit by half."""
    try:
        with open("/proc/sys/net/core/wmem_default") as file:
            return int(file.read()) * 3 // 2
    except (OSError, ValueError):
        return _BUFFER * 3 // 2


def _read_bounded(path: str, most: int) -> bytes:
    """Read a file of `/proc`, which returns a page at a time, up to a bound."""
    text = bytearray()
    with open(path, "rb", buffering=0) as file:
        while len(text) < most and (piece := file.read(1 << 16)):
            text += piece
    return bytes(text)
