"""Try what a confined child must not be able to do. Whatever was set up before, this is what is believed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable
from functools import partial

__all__ = ["what_succeeds"]


def what_succeeds(canary: str, processes: Iterable[int]) -> list[str]:
    """Return in words which of the forbidden things this process can do: none of them, if it is confined.

    Args:
        canary: a file outside the run's folders.
        processes: whose environment is the parent's.
    """
    attempts: dict[str, Callable[[], object]] = {
        "open a file outside the working folder": partial(_open, canary),
        "open a network socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close(),
        "signal another process": lambda: os.kill(os.getppid(), 0),
        "start a process": _fork,
    }
    for process in processes:
        path = f"/proc/{process}/environ"
        attempts[f"open {path}"] = partial(_open, path)
    return [words for words, attempt in attempts.items() if _succeeds(attempt)]


def _open(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _fork() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
