"""Attempts at what a confined child must not be able to do. Only their failure proves the confinement."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable
from functools import partial

__all__ = ["what_succeeds"]


def what_succeeds(canary: str, processes: Iterable[int]) -> list[str]:
    """Return, in words, which forbidden actions this process can do; a confined process can do none.

    Args:
        canary: a file outside the run's folders.
        processes: processes with the parent's environment.
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
