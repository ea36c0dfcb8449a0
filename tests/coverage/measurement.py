"""What each interpreter of `.venv/coverage` runs first: it is measured, wherever it comes from and however it ends.

`make coverage` copies this file among the packages of that environment, where a `.pth` file imports it. So a child,
whose guard is started with `-I` and gets nothing of the environment, is measured as any other process is.

A confined child may open no file of ours. So the file for its data is opened before it confines itself, and written
when it ends. A process that is killed leaves an empty file.
"""

from __future__ import annotations

import atexit
import os
import threading
from typing import Any, Final

import coverage

PACKAGES: Final = os.path.dirname(os.path.abspath(__file__))
ENVIRONMENT: Final = os.path.abspath(os.path.join(PACKAGES, "..", "..", ".."))
ROOT: Final = os.path.abspath(os.path.join(ENVIRONMENT, "..", ".."))
DATA: Final = os.path.join(ENVIRONMENT, "data")
_EXIT: Final = os._exit
_EXECUTE: Final = os.execve
_CLOSE: Final = os.closerange


class Output:
    """The file that the data of this process goes to, opened ahead."""

    def __init__(self) -> None:
        self.path = os.path.join(DATA, f"{os.getpid()}-{os.urandom(6).hex()}")
        self.descriptor, self.identity = -1, (0, 0)
        try:
            self.descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            self.identity = self._identity()
        except OSError:  # a process that was forked when it was confined already
            pass

    def write(self, data: bytes) -> None:
        """Write all of it; a guard has closed the descriptor, and a confined child cannot open the path."""
        try:
            if self._identity() == self.identity:
                os.pwrite(self.descriptor, data, 0)
                return
        except OSError:
            pass
        try:
            with open(self.path, "wb") as file:
                file.write(data)
        except OSError:
            pass

    def _identity(self) -> tuple[int, int]:
        seen = os.fstat(self.descriptor)
        return seen.st_dev, seen.st_ino


class Measurement:
    """The measurement of this process."""

    def __init__(self) -> None:
        self._coverage = coverage.Coverage(
            data_file=None,
            branch=True,
            include=[os.path.join(ROOT, "blobprep", "*")],
            config_file=False,
            messages=False,
        )
        self._coverage._warn = lambda *_, **__: None  # type: ignore[method-assign]  # into whose output?
        self._output = Output()
        self._lock = threading.Lock()
        self._coverage.start()

    def after_fork(self) -> None:
        """Keep what was measured so far, and write to a file of its own."""
        self._lock = threading.Lock()
        self._output = Output()

    def save(self) -> None:
        """Write what was measured; again, when there is more."""
        with self._lock:
            try:
                self._output.write(self._coverage.get_data().dumps())
            except Exception:  # a script closed what it did not open, or there is no memory left
                pass

    def exit(self, status: int) -> None:
        """Be `os._exit`."""
        self.save()
        _EXIT(status)

    def close_range(self, first: int, last: int) -> None:
        """Be `os.closerange`, by which a forked child closes what it is not given: it opens its file again."""
        _CLOSE(first, last)
        self._output = Output()

    def execute(self, path: Any, arguments: Any, environment: Any) -> None:
        """Be `os.execve`."""
        self.save()
        _EXECUTE(path, arguments, environment)


def start() -> None:
    """Measure this process from now on."""
    measurement = Measurement()
    atexit.register(measurement.save)
    os.register_at_fork(after_in_child=measurement.after_fork)
    os._exit = measurement.exit  # type: ignore[assignment]
    os.execve = measurement.execute  # type: ignore[assignment]
    os.closerange = measurement.close_range  # type: ignore[assignment]


if os.path.isdir(DATA):
    start()
