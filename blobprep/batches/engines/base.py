"""What every engine promises. Any class that passes `tests/batches/engines/test_conformance.py` is an engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from blobprep.batches.records import ItemRecord
from blobprep.batches.work import WorkItem

__all__ = ["Engine"]


@runtime_checkable
class Engine(Protocol):
    """Runs items, many at a time."""

    @property
    def name(self) -> str:
        """Return what the record says: `local`, `dask`, `spark`, or the class of an executor."""
        ...

    @property
    def workers(self) -> int:
        """Return how many items it runs at a time, as far as it knows."""
        ...

    @property
    def is_local(self) -> bool:
        """Return whether its workers have this process's settings, files and open stores."""
        ...

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        """Run items and yield their records as they end, in any order; every one that was taken comes back.

        Items are taken as there is room for them, never all at once. One whose worker was lost comes back as failed
        with the code `WorkerLost`. It may be called again, for what is to be tried once more. While storage is away
        `works` ends for now, and has more later: an engine may ask again each time it has room, or end its run.

        Raises:
            UsageError: no worker can be reached, or it cannot work with this version.
        """
        ...

    def running(self) -> tuple[str, ...]:
        """Return the keys of items that run now, the longest first, as far as it knows; from any thread."""
        ...

    def stop(self) -> None:
        """Take no more items; those that run go on to their end. From any thread, also from a signal's handler."""
        ...

    def interrupt(self) -> None:
        """Take no more items and end those that run, as far as it can; they come back as pending. Likewise."""
        ...

    def close(self) -> None:
        """Release what it holds; what it was given stays open."""
        ...
