"""The process that holds a claim, marked so that its end is seen at once from the same machine."""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from blobprep.manifest import ClaimRecord

__all__ = ["is_alive", "this_process"]


def this_process(planned: Iterable[str]) -> ClaimRecord:
    """Describe this process as one that claims a prefix, and what it is going to write."""
    return ClaimRecord(*_mark(os.getpid()), tuple(planned))


def is_alive(record: ClaimRecord) -> bool | None:
    """Tell whether a claim's process is alive; None if it is on another machine or in another namespace."""
    if sys.platform != "linux" or record.host != _host():
        return None
    pid, _, start = record.process.partition(":")
    return pid.isdigit() and _start_of(int(pid)) == start != ""


@functools.cache
def _mark(pid: int) -> tuple[str, str]:
    """Return the marks of the machine and of this process, which change for a process that is forked alone."""
    return _host(), f"{pid}:{_start_of(pid)}"


def _host() -> str:
    """Return a mark of this machine, of this boot of it, and of this namespace of process numbers."""
    boot = namespace = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
        namespace = os.readlink("/proc/self/ns/pid")
    return f"{socket.gethostname()}/{boot}/{namespace}"


def _start_of(pid: int) -> str:
    """Return when a process started, in clock ticks since boot; empty if it has ended.

    Another process that got the same number started at another time. One that has ended may stay in the table for long,
    as a zombie (Z), until its parent takes note.
    """
    with contextlib.suppress(OSError, IndexError):
        state, *values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else values[18]
    return ""
