"""Records of batches that never ran, from which tests make pages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from blobprep.batches.items import InputBlob
from blobprep.batches.records import ItemError, ItemOutput, ItemRecord, ItemStatus
from blobprep.report.batch_views import BatchHead

HOME = "az://contoso@prepared/2024/_batch/"
START = datetime(2026, 11, 30, 18, tzinfo=UTC).timestamp()
TRACEBACK = """Traceback (most recent call last):
  File "prep.py", line 8, in azureml_main
    return frame["mass"]
  File "/usr/lib/python3.11/site-packages/pandas/core/frame.py", line 4330, in __getitem__
    indexer = self.columns.get_loc(key)
KeyError: 'mass'
"""
HEAD = BatchHead(
    HOME,
    "failed",
    "2026-11-30T18:00:00.000Z",
    "2026-11-30T18:10:00.000Z",
    "local",
    2,
    "prep.py",
    "ab" * 32,
    "az://contoso@raw/2024/{month}/*.csv",
    "az://contoso@prepared/2024/{month}/{stem}/",
    {"max_failures": "5%"},
)


def iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record(
    name: str, status: ItemStatus = "done", *, seconds: float = 1.0, began: float = 0.0, **more: Any
) -> ItemRecord:
    """Return a record of the blob `2024/NAME.csv`; `began` is seconds after the start of the batch."""
    output = f"az://contoso@prepared/2024/{name}/"
    ran = status in ("done", "failed")
    made = (
        ItemOutput("results.csv", f"{output}results.csv", "0x2", 90, "cd" * 32, 9, 2),
        ItemOutput("report.html", f"{output}report.html", "0x3", 90, "ef" * 32),
    )
    facts: dict[str, Any] = {
        "attempt": 1 if ran else 0,
        "run_id": "20261130T181604Z-627860da" if status != "pending" else "",
        "rows_in": 10 if ran else None,
        "rows_out": 9 if status == "done" else None,
        "outputs": made if status == "done" else (),
        "started": iso(START + began) if ran else "",
        "ended": iso(START + began + seconds) if ran else "",
        "seconds": seconds if ran else 0.0,
        "worker": "host:41" if ran else "",
    }
    if status == "failed":
        facts["error"] = ItemError("0085", f"Error 0085: {TRACEBACK}", TRACEBACK, "Look at 'mass'.")
    key = f"az://contoso@raw/2024/{name}.csv"
    return ItemRecord(key, status, (InputBlob(key, "0x1", 1000),), output, "f" * 64, **{**facts, **more})


def many(amount: int, *, failing: float = 0.01) -> Iterator[ItemRecord]:
    """Yield records of a batch of four workers, with some failures of three kinds, always the same ones."""
    numbers = random.Random(1)
    clocks = [0.0] * 4
    for number in range(amount):
        name = f"{number // 1000:02}/part-{number:06}"
        size = int(numbers.lognormvariate(13, 1.5))
        seconds = 0.02 + size / 2e6 * numbers.lognormvariate(0, 0.5)
        worker = numbers.randrange(4)
        began = clocks[worker]
        clocks[worker] += seconds
        key = f"az://contoso@raw/2024/{name}.csv"
        more = {"worker": f"vm-{worker // 2}:{4000 + worker}", "inputs": (InputBlob(key, "0x1", size),)}
        chance = numbers.random()
        status: ItemStatus = "failed" if chance < failing else "skipped" if chance < 0.05 else "done"
        made = record(name, status, seconds=seconds, began=began)
        values = {field: getattr(made, field) for field in ItemRecord.__slots__} | more
        if status == "failed" and number % 2:
            values["error"] = ItemError("DatasetError", f"{key}, line {number}: expected 5 fields", remedy="look there")
        yield ItemRecord(**values)
