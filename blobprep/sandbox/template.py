"""A template that the guards of several children are forked from, as the parent sees it.

Starting an interpreter and importing the libraries of a run takes half a second; a fork of a process that has done both
takes milliseconds. The template is started without this process's environment and memory, so there is nothing in it
that a script may not see.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Final

from blobprep.sandbox.fonts import lendable_fonts
from blobprep.sandbox.guard_process import MESSAGES, GuardProcess, environment_of, start_template

__all__ = ["Template", "can_fork"]

_ANSWER: Final = 64  # bytes
_GRACE: Final = 5.0  # seconds


def can_fork() -> bool:
    """Return whether this system has what a template needs: libraries that survive a fork, descriptors of processes."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(signal, "pidfd_send_signal")


class Template:
    """A process that forks guards. Any thread may ask it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, channel = socket.socketpair(socket.AF_UNIX, MESSAGES)
        self._folder = tempfile.mkdtemp(prefix="blobprep-template-")
        try:
            self._process = start_template(channel.fileno(), self._folder)
        finally:
            channel.close()

    def start_guard(self) -> GuardProcess:
        """Fork a guard that waits for its orders.

        Raises:
            OSError: the template is gone.
        """
        return GuardProcess(launch=self._fork)

    def import_libraries(self, names: Collection[str]) -> None:
        """Import libraries, for the children that are forked from now on; this takes as long as importing them does.

        Raises:
            OSError: the template is gone.
        """
        request = json.dumps({"libraries": sorted(names), "fonts": lendable_fonts()}).encode()
        with self._lock:
            self._socket.send(request)
            self._socket.recv(_ANSWER)

    def close(self) -> None:
        """End the template; the guards that it forked go on."""
        self._socket.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:  # it was still importing
            self._process.kill()
            self._process.wait()
        from blobprep.sandbox.guard.remove_tree import remove_tree

        remove_tree(self._folder)

    def _fork(self, channels: Sequence[int], out: int | None, err: int | None, folder: str) -> ForkedProcess:
        assert out is not None
        assert err is not None
        request = json.dumps({"environment": environment_of(folder)}).encode()
        with self._lock:  # an answer belongs to the request before it
            socket.send_fds(self._socket, [request], [*channels, out, err])
            _, descriptors, _, _ = socket.recv_fds(self._socket, _ANSWER, 1)
        if not descriptors:
            raise ConnectionResetError("the template has ended")
        return ForkedProcess(descriptors[0])


class ForkedProcess:
    """A process that another one forked; all that is needed of it here is to end it, and to see that it has ended.

    Args:
        descriptor: of the process (`os.pidfd_open`); closed once it has ended.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, and return 0: its status is its parent's.

        Raises:
            subprocess.TimeoutExpired: it has not within so many seconds.
        """
        with self._lock:
            if self._descriptor < 0:
                return 0
            ended = select.poll()
            ended.register(self._descriptor, select.POLLIN)
            if not ended.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("guard", timeout or 0.0)
            os.close(self._descriptor)
            self._descriptor = -1
        return 0

    def kill(self) -> None:
        """End it; harmless when it has ended."""
        with suppress(OSError):
            if self._descriptor >= 0:
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
