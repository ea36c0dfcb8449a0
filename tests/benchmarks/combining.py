"""What combining results costs: seconds, CPU time, and the memory of this process and of its child.

`.venv/bin/python -m tests.benchmarks.combining 2000`; each result has a megabyte of Parquet, in a folder that stands
for an account. With `--format csv` the results are text; with `--folders` the dataset is partitioned.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from blobprep.batches.combination.combine import CombineOptions, combine
from blobprep.batches.items import InputBlob
from blobprep.batches.records import ItemOutput, ItemRecord
from blobprep.formats import FORMATS, write_options
from blobprep.protocol import AskedResults
from blobprep.settings.workspace import Workspace
from blobprep.stores.folder.store import FolderStore
from blobprep.tables import codecs

_ROWS = 82_000  # of a result of a megabyte


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="?", type=int, default=2000)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--target", default="all.parquet")
    parser.add_argument("--folders", type=int, default=0, help="folders of a partitioned dataset")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        store = FolderStore(Path(name))
        store.create_container("out")
        workspace = Workspace(environment={}, stores={"contoso": store})
        size = sum(_write(store, number, given.format) for number in range(min(given.results, 16))) / 16
        records = _records(store, given.results, given.format, given.folders)
        options = CombineOptions(
            "az://contoso@out/all/" if given.folders else f"az://contoso@out/{given.target}",
            ("day",) if given.folders else (),
        )
        before, began = _usage(), time.monotonic()
        with _Watch() as watch:
            record, _ = combine(records, options, workspace, workspace.locate("az://contoso@out/_batch/", prefix=True))
        seconds, after = time.monotonic() - began, _usage()
    print(f"{record.items} results of {size / 2**20:.2f} MiB, {record.rows:,} rows, {len(record.outputs)} files")
    print(
        f"{seconds:.1f} s, {after - before:.1f} s of processors,"
        f" {1000 * (after - before) / record.items:.1f} ms a result"
    )
    grown = f"{watch.own / 2**20:.0f} MiB, {(watch.own - watch.first) / 2**20:.0f} MiB more than before"
    print(f"peak of this process {grown}; of the child {watch.children / 2**20:.0f} MiB")


def _table(number: int) -> pa.Table:
    random = np.random.default_rng(number)
    return pa.table(
        {
            "id": np.arange(number * _ROWS, (number + 1) * _ROWS),
            "value": random.random(_ROWS).astype(np.float32),
            "kind": pa.array([f"kind {code}" for code in random.integers(0, 50, _ROWS)]),
        }
    )


def _write(store: FolderStore, number: int, name: str) -> int:
    path = f"template/{number}"
    sink = _Bytes()
    table = _table(number) if name == "parquet" else _table(number).slice(0, _ROWS // 2)
    codecs.encode(table, sink, AskedResults(name, write_options(FORMATS[name], {})), "results")  # type: ignore[arg-type]
    store.write("out", path, bytes(sink.data), content_type="application/octet-stream")
    return len(sink.data)


def _records(store: FolderStore, count: int, name: str, folders: int) -> Iterator[ItemRecord]:
    """Yield records whose results are those of 16 items, again and again."""
    for number in range(count):
        blob = f"template/{number % 16}"
        properties = store.properties("out", blob)
        output = ItemOutput(f"results.{name}", f"az://contoso@out/{blob}", properties.etag, properties.size, "")
        key = f"az://contoso@raw/{number:07}.csv"
        parts = {"day": str(number % folders)} if folders else {}
        yield ItemRecord(key, "done", (InputBlob(key, "e", 1),), "az://out/", "f", parts, outputs=(output,))


class _Bytes:
    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes | memoryview) -> int:
        self.data += data
        return len(data)


class _Watch:
    """Looks at the memory of this process while it works, and of its children once they have ended."""

    def __enter__(self) -> _Watch:
        self.first = self.own = _resident()
        self.children = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024

    def _run(self) -> None:
        while not self._done.wait(0.05):
            self.own = max(self.own, _resident())


def _resident() -> int:
    fields = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in fields if line.startswith("VmRSS"))


def _usage() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


if __name__ == "__main__":
    main()
