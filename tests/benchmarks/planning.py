"""What a plan costs: seconds, CPU time, memory and disk, from the pages of a listing to the last item.

`.venv/bin/python -m tests.benchmarks.planning 1000000`; the account is simulated: it makes the XML of each page of
5,000 names as the service does, and every page is read as one of the service. Each way of planning has a process of its
own. With `--folder`, the names are empty files in a folder that stands for an account.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from blobprep.batches.options import BatchOptions
from blobprep.batches.plan.plan import plan_items
from blobprep.runs.options import RunOptions
from blobprep.settings.workspace import Workspace
from blobprep.stores.azure.listing import parse_page
from blobprep.stores.base import BlobPrefix, BlobProperties
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.memory import MemoryStore

_PAGE: Final = 5000
_DAYS: Final = 365
_BLOB: Final = (
    "<Blob><Name>{name}</Name><Properties><Creation-Time>Thu, 30 May 2024 18:07:00 GMT</Creation-Time>"
    "<Last-Modified>Thu, 30 May 2024 18:07:00 GMT</Last-Modified><Etag>0x8DC80D1{number:08X}</Etag>"
    "<Content-Length>{size}</Content-Length><Content-Type>text/csv</Content-Type><Content-Encoding />"
    "<Content-Language /><Content-MD5 /><Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType>"
    "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus>"
    "<LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties><OrMetadata /></Blob>"
)
_WAYS: Final[Mapping[str, Mapping[str, Any]]] = {
    "listing": {},
    "items": {"pattern": "az://raw/**/*.csv", "output": "az://prepared/{folder}/{stem}/"},
    "parts": {"pattern": "az://raw/{region}/{day}/*-{number}.csv", "output": "az://prepared/{region}/{day}/{number}/"},
    "where": {
        "pattern": "az://raw/{region}/{day}/*.csv",
        "output": "az://prepared/{region}/{day}/{stem}/",
        "where": ("region!=x*", "day>=2020-01-01", "size>0"),
    },
    "columns": {
        "pattern": "az://raw/{region}/{day}/*.csv",
        "output": "az://prepared/{region}/{day}/{stem}/",
        "partition_columns": True,
    },
    "groups": {
        "pattern": "az://raw/{region}/{day}/*.csv",
        "output": "az://prepared/{region}/{day}/",
        "group_by": ("region", "day"),
    },
    "second": {
        "pattern": "az://raw/{region}/{day}/*.csv",
        "output": "az://prepared/{region}/{day}/{stem}/",
        "dataset2": "az://raw/{region}/{day}/{name}",
    },
}


class Simulated(MemoryStore):
    """An account whose container `raw` has so many blobs, sorted by name."""

    def __init__(self, count: int) -> None:
        super().__init__("contoso")
        self._count = count

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        for first in range(0, self._count, _PAGE):
            numbers = range(first, min(first + _PAGE, self._count))
            blobs = "".join(
                _BLOB.format(name=name_of(number, self._count), number=number, size=1000 + number % 999)
                for number in numbers
            )
            page = f"<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker /></EnumerationResults>".encode()
            yield from parse_page(page, container, datetime.now(UTC))


def name_of(number: int, count: int) -> str:
    """Return the name of a blob: a region, a day, and a number, in the order of the numbers."""
    each = -(-count // (4 * _DAYS))
    day, _ = divmod(number, each)
    region, day = divmod(day, _DAYS)
    return f"region-{region}/{date.fromordinal(738_000 + day)}/measurements-{number:08}.csv"


def make_folder(root: Path, count: int) -> None:
    """Write empty files with the names."""
    store = FolderStore(root)
    store.create_container("raw")
    made: set[Path] = set()
    for number in range(count):
        path = root / "raw" / name_of(number, count)
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        os.close(os.open(path, os.O_CREAT))


def measure(way: str, count: int, root: Path | None) -> str:
    """Return a line about one way of planning."""
    store = Simulated(count) if root is None else FolderStore(root, account="contoso")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, wall = time.process_time(), time.monotonic()
    items = 0
    if way == "listing":
        items = sum(1 for _ in store.list("raw"))
        planned = time.process_time() - began
        passed = ""
    else:
        given = dict(_WAYS[way])
        run = {name: given.pop(name) for name in ("dataset2", "partition_columns", "output") if name in given}
        options = BatchOptions(RunOptions("prep.py", given.pop("pattern"), **run), **given)
        workspace = Workspace(environment={}, account="contoso", stores={"contoso": store})
        with plan_items(options, workspace, today=date(2026, 11, 30)) as plan:
            planned = time.process_time() - began
            again = time.process_time()
            items = sum(1 for _ in plan)
            passed = f"  items {time.process_time() - again:5.1f} s"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (
        f"{way:<8} {items:>9,} items  plan {planned:5.1f} s of CPU{passed}  {time.monotonic() - wall:5.1f} s in all  "
        f"memory +{(peak - before) / 1024:.0f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--folder", action="store_true", help="plan what is in a folder of empty files")
    parser.add_argument("--ways", nargs="*", choices=_WAYS, default=list(_WAYS))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        way, count, root = given.one
        print(measure(way, int(count), Path(root) if root else None))
        return
    for count in given.counts:
        with tempfile.TemporaryDirectory() as name:
            if given.folder:
                make_folder(Path(name), count)
            for way in given.ways:
                command = [sys.executable, "-m", "tests.benchmarks.planning", "--one"]
                subprocess.run([*command, way, str(count), name if given.folder else ""], check=True)


if __name__ == "__main__":
    main()
