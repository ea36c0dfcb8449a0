"""What a script may leave in its process that is not put back: a child in which it changed is not asked again."""

from __future__ import annotations

import functools
import os
import resource
import select
import signal
import sys
import threading
import warnings
from typing import Final

from blobprep.child.log_settings import log_hooks

__all__ = ["channels_in_place", "finders", "hooks_in_place", "open_descriptors"]

_CHANNELS: Final = 6  # descriptors that a child starts with
_DESCRIPTORS: Final = 1024  # that are looked at; one beyond them is the lowest that was free, so they are all taken


def finders() -> frozenset[int]:
    """Return the identities of what finds modules; one that leaves once it has found its module is no change."""
    return frozenset(map(id, (*sys.meta_path, *sys.path_hooks)))


def hooks_in_place() -> tuple[object, ...]:
    """Return what else a script may set for its process, to be compared only: few scripts do."""
    return (
        *(sys.excepthook, sys.displayhook, sys.unraisablehook, threading.excepthook),
        *(warnings.showwarning, warnings.formatwarning, *log_hooks()),
        *(sys.gettrace(), sys.getprofile(), sys.getswitchinterval(), threading.stack_size()),
        *map(signal.getsignal, _changeable_signals()),
        *map(signal.getitimer, (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)),
        *map(resource.getrlimit, _limits()),
        os.getpriority(os.PRIO_PROCESS, 0),
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None,
    )


@functools.cache
def _changeable_signals() -> tuple[int, ...]:
    return tuple(map(int, sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})))


@functools.cache
def _limits() -> tuple[int, ...]:
    return tuple(getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_"))


def channels_in_place() -> tuple[object, ...]:
    """Return what the standard streams and the child's channels are, to be compared: another file may take a number."""
    found: list[object] = []
    for number in range(_CHANNELS):
        try:
            status = os.fstat(number)
        except OSError:  # the script closed it
            found.append(None)
        else:
            found.append((status.st_dev, status.st_ino))
    return tuple(found)


def open_descriptors() -> frozenset[int]:
    """Return the numbers of this process's open descriptors, or of the first thousand where no system lists them."""
    try:
        listed = [int(name) for name in os.listdir("/proc/self/fd")]
    except (OSError, ValueError):
        return _polled()
    return frozenset(filter(_is_open, listed))  # the list's own is not any more


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _polled() -> frozenset[int]:
    """Return the numbers of open descriptors, by a single call."""
    try:
        events = _watch().poll(0)
    except OSError:  # the script allows itself fewer, see `hooks_in_place`
        return frozenset(range(_DESCRIPTORS))
    return frozenset(number for number, _ in _all_closed().difference(events))


@functools.cache
def _all_closed() -> frozenset[tuple[int, int]]:
    return frozenset((number, select.POLLNVAL) for number in range(_DESCRIPTORS))


@functools.cache
def _watch() -> select.poll:
    watch = select.poll()
    for number in range(_DESCRIPTORS):
        watch.register(number, 0)
    return watch
