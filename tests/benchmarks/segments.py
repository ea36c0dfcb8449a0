"""How long the record of a batch that was killed takes to be read: `python -m tests.benchmarks.segments`.

Its arguments are the numbers of items and of segments, and the milliseconds that a request takes on its way: the
segments are in Azurite, which is started for it, and a request to an account of a cloud takes 5 to 50 ms more.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

from blobprep.batches.record.earlier import EarlierRecords
from blobprep.batches.record.journal import segment_name
from blobprep.batches.record.spool import encode_record
from blobprep.batches.work import WorkItem
from blobprep.settings.workspace import Workspace
from blobprep.stores import Store
from tests import emulator
from tests.batches.coordinating import JOB, done, item
from tests.inputs.hooked import Hooked

_ROUNDS = 3


def main(count: int, segments: int, delay: int) -> None:
    """Write the segments, and read them a few times."""
    with tempfile.TemporaryDirectory() as folder, emulator.serve(Path(folder)) as endpoint:
        variables = {"AZURE_STORAGE_CONNECTION_STRING": emulator.connection_string(endpoint)}
        workspace = Workspace(folder=Path(folder), environment=variables)
        prefix = workspace.locate("az://prepared/_batch/", prefix=True)
        prefix.store.create_container("prepared")
        lines = [encode_record(done(WorkItem(JOB, item(number), f"{number:064x}"))) for number in range(count)]
        for number in range(segments):
            target = prefix.child(segment_name(number + 1))
            data = b"".join(lines[number::segments])
            target.store.write(target.container, target.blob, data, content_type="application/x-ndjson")
        slow = replace(prefix, store=cast(Store, Hooked(prefix.store, before=lambda *_: time.sleep(delay / 1000))))
        for _ in range(_ROUNDS):
            began, used = time.perf_counter(), time.process_time()
            with closing(EarlierRecords(slow)) as earlier:
                opened = time.perf_counter() - began
                found = sum(1 for _ in earlier)
            told = f"{opened:.2f} s to read {segments} segments, {time.perf_counter() - began - opened:.2f} s to merge"
            print(f"{found} items: {told}, {time.process_time() - used:.2f} s of processor time")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4] or ("10000", "1000", "0")))
