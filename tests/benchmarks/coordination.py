"""What a batch costs besides its items: CPU time and memory of planning, comparing and recording them.

`.venv/bin/python -m tests.benchmarks.coordination 100 1000 10000 100000`; an engine does nothing with the items.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from blobprep.batches.coordination.coordinator import Coordinator
from blobprep.batches.coordination.decision import Known
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.fingerprints import Fingerprints
from blobprep.batches.record.complete import write_lines, write_table
from blobprep.batches.record.earlier import EarlierRecords
from blobprep.batches.record.journal import Journal
from blobprep.batches.record.spool import RecordSpool
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.location import BlobLocation
from tests.batches.coordinating import JOB, Engine, item


def measure(count: int, folder: Path) -> str:
    """Return a line about a batch of so many items, and one that resumes it."""
    store = FolderStore(folder)
    store.create_container("work")
    place = BlobLocation(store, "work", "_batch/", "az://work/_batch/")
    with closing(RecordSpool()) as spool:
        run = _seconds(lambda: _coordinate(place, count, spool, ()))
        lines = _seconds(lambda: write_lines(place, spool.lines()))
        table = _seconds(lambda: write_table(place, spool.records()))
    with closing(RecordSpool()) as spool, closing(EarlierRecords(place, sys.maxsize)) as earlier:
        skip = _seconds(lambda: _coordinate(place, count, spool, earlier))
        assert spool.counts.skipped == count
    told = {"run": run, "items.jsonl": lines, "items.parquet": table, "resumed": skip}
    costs = "  ".join(f"{name} {1e6 * seconds / count:.0f} µs" for name, seconds in told.items())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{count:>9,} items, each: {costs};  peak {peak:.0f} MiB"


def _coordinate(place: BlobLocation, count: int, spool: RecordSpool, earlier: Iterable[Known]) -> None:
    with Journal(place, 1) as journal:
        planned, stop = (item(number) for number in range(count)), Stop()
        Coordinator(
            JOB, planned, Fingerprints(JOB), earlier, Engine(), spool, journal, attempts=3, allowed=None, stop=stop
        ).run()


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        with TemporaryDirectory() as directory:
            print(measure(int(argument), Path(directory)), flush=True)
