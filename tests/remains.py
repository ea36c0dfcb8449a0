"""What a test leaves in its process, which it shares with others: threads and descriptors.

Tests of any modules follow each other in a process, in any order. So a look at all of it must tell what a block has
left from what others have: only what is new counts, and what others left may end meanwhile.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["descriptors", "leaving_nothing", "new_descriptors", "new_threads", "require_no_thread"]

_PATIENCE = 30.0


def descriptors() -> dict[str, str]:
    """Return what is open in this process, by number."""
    opened = {}
    for link in Path("/proc/self/fd").iterdir():
        try:
            opened[link.name] = str(link.readlink())
        except FileNotFoundError:  # the listing itself, and what another thread closes
            continue
    return opened


def new_descriptors(before: dict[str, str]) -> dict[str, str]:
    """Return what is open and was not then."""
    return {number: file for number, file in descriptors().items() if before.get(number) != file}


def new_threads(before: set[threading.Thread]) -> set[str]:
    """Return the names of threads that there were not then."""
    return {thread.name for thread in set(threading.enumerate()) - before}


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """Check that a block leaves no descriptor and no thread, and closes none but its own.

    A connection of earlier tests may be closed meanwhile, by whoever is at its other end.
    """
    gc.collect()  # what earlier tests have forgotten would be closed meanwhile
    opened, threads = descriptors(), set(threading.enumerate())
    try:
        yield
    finally:  # a block that raises is to leave nothing either
        assert not (left := new_threads(threads)), left
        now = descriptors()
        assert not (more := {number: file for number, file in now.items() if opened.get(number) != file}), more
        gone = {file for number, file in opened.items() if number not in now}
        assert not {file for file in gone if not file.startswith("socket:")}, gone


def require_no_thread() -> None:
    """Check that no thread of blobprep is left, once those that are about to end have ended.

    It would be seen by tests that look at all threads, and has a child or a descriptor that others would see too.
    """
    deadline = time.monotonic() + _PATIENCE
    while left := sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("blobprep")):
        assert time.monotonic() < deadline, f"the tests of a module left threads: {', '.join(left)}"
        time.sleep(0.01)
