"""Threads where joblib would start processes, so that scikit-learn's `n_jobs` works in a confined script.

joblib checks whether the system has semaphores that processes can share; without them it uses a single thread. At level
`strict` there are none, because they are files outside the working folder, and there are no processes to share them
with. So this module provides semaphores that threads share, and makes joblib give its work to threads.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import sys
import threading
import types
from collections.abc import Sequence
from glob import glob
from typing import Any, Final

__all__ = ["SharedLock", "use_threads"]

_PARALLEL: Final = "joblib.parallel"
_COUNTING: Final = "joblib.externals.loky.backend.context"
_DEFAULTS: Final = ("DEFAULT_BACKEND", "DEFAULT_PROCESS_BACKEND")
_RECURSIVE: Final = 0  # a kind of `_multiprocessing.SemLock`; the other is a plain semaphore


@functools.cache
def use_threads() -> None:
    """Make joblib use threads instead of processes, when a script imports it or, where it is loaded already, now."""
    semaphores: Any = importlib.import_module("_multiprocessing")
    semaphores.SemLock = SharedLock
    if _PARALLEL in sys.modules:
        _prefer_threads(sys.modules[_PARALLEL])
    else:
        sys.meta_path.insert(0, _ParallelFinder())


class SharedLock:
    """A substitute for `_multiprocessing.SemLock`: a lock or semaphore shared by the threads of one process.

    Args:
        kind: 0 for a lock that its owner may take again, 1 for a semaphore.
        value: the initial value.
        maxvalue: the highest value.
        name: ignored.
        unlink: ignored.
    """

    SEM_VALUE_MAX = 2**31 - 1

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> None:
        self.kind, self.maxvalue, self.handle = kind, maxvalue, 0
        self.name = None  # a named one would be registered with a clean-up process
        self._value = value
        self._changed = threading.Condition()
        self._owner = 0
        self._taken = 0

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Acquire the lock, waiting at most `timeout` seconds if it blocks; tell whether it was acquired."""
        with self._changed:
            if not (self.kind == _RECURSIVE and self._is_mine()):
                wait = (None if timeout is None else max(timeout, 0)) if block else 0
                if not self._changed.wait_for(lambda: self._value > 0, wait):
                    return False
                self._value -= 1
            self._owner = threading.get_ident()
            self._taken += 1
            return True

    def release(self) -> None:
        """Release the lock.

        Raises:
            AssertionError: the lock belongs to another thread.
            ValueError: it was released too many times.
        """
        with self._changed:
            if self.kind == _RECURSIVE:
                if not self._is_mine():
                    raise AssertionError("attempt to release recursive lock not owned by thread")
            elif self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._taken -= 1
            if self.kind != _RECURSIVE or not self._taken:
                self._value += 1
                self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _count(self) -> int:
        return self._taken

    def _is_mine(self) -> bool:
        return self._taken > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0


class _ParallelFinder(importlib.abc.MetaPathFinder):
    """A finder that finds `joblib.parallel` as usual and makes threads its default."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _PARALLEL:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _ParallelLoader(spec.loader.name, spec.loader.path)
        return spec


class _ParallelLoader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module: Any) -> None:
        super().exec_module(module)
        _prefer_threads(module)


def _prefer_threads(module: Any) -> None:
    for name in _DEFAULTS:
        if hasattr(module, name):
            setattr(module, name, "threading")
    # joblib would start a process to count the cores, and warn in the log that it could not.
    context = sys.modules.get(_COUNTING)
    if context is not None:
        vars(context)["physical_cores_cache"] = _count_cores() or "not found"


def _count_cores() -> int:
    """Count the physical cores, each of which may be several logical ones; 0 if the system does not say."""
    found = set()
    for path in glob("/sys/devices/system/cpu/cpu[0-9]*/topology/core_cpus_list"):
        try:
            with open(path) as file:
                found.add(file.read())
        except OSError:
            return 0
    return len(found)
