"""Works over a folder account that this process and its workers find by the same `blobprep.toml`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from blobprep.batches.engines.base import Engine
from blobprep.batches.items import InputBlob, Item
from blobprep.batches.records import ItemRecord
from blobprep.batches.versions import versions_here
from blobprep.batches.work import Job, WorkItem
from blobprep.settings.workspace import Workspace

__all__ = ["SCRIPT", "Account", "run_all", "told_alike"]

SCRIPT: Final = """
import os
import pandas as pd

def azureml_main(frame):
    print(blobprep_parameters["day"], len(frame))
    if frame["a"][0] == 13:
        raise ValueError("unlucky")
    frame["b"] = frame["a"] * 2
    return frame
"""

_TOML: Final = 'default_account = "dev"\n[accounts.dev]\nfolder = "blobs"\n'


class Account:
    """A folder that stands for an account, and the works over what is in it.

    Args:
        folder: gets `blobprep.toml` and the blobs; the working folder of this process and its workers.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "blobprep.toml").write_text(_TOML)
        for container in ("raw", "code", "prepared"):
            (folder / "blobs" / container).mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.workspace = Workspace(folder=folder, environment={})

    def put(self, name: str, data: bytes) -> str:
        """Write a blob and return its reference."""
        reference = f"az://dev@{name}"
        location = self.workspace.locate(reference)
        location.store.write(location.container, location.blob, data, content_type="application/octet-stream")
        return reference

    def job(self, script: str = SCRIPT, **changes: Any) -> Job:
        """Return the job of a script."""
        data = script.encode()
        options = {"isolation": "strict", "report": False, **changes.pop("options", {})}
        job = Job(
            "az://dev@prepared/_batch/",
            self.put("code/prep.py", data),
            "source",
            hashlib.sha256(data).hexdigest(),
            options=options,
            versions=versions_here(),
        )
        return replace(job, **changes)

    def works(self, rows: Iterable[int], job: Job | None = None) -> Iterator[WorkItem]:
        """Yield a work for each number: a blob with that number in its first row."""
        job = job or self.job()
        for number in rows:
            reference = self.put(f"raw/{number:05d}.csv", f"a\n{number}\n1\n".encode())
            yield self.work(job, reference, number)

    def work(self, job: Job, reference: str, number: int) -> WorkItem:
        """Return the work of one blob."""
        properties = self.workspace.locate(reference).properties()
        blob = InputBlob(reference, properties.etag, properties.size)
        output = f"az://dev@prepared/{number:05d}/"
        day = {"day": str(number)}
        return WorkItem(job, Item(reference, (blob,), output, parts=day, parameters=day), f"{number:064x}")

    def results(self) -> dict[str, bytes]:
        """Return the bytes of all results."""
        found = (self.folder / "blobs" / "prepared").rglob("results.parquet")
        return {path.parent.name: path.read_bytes() for path in found}


def told_alike(records: Iterable[ItemRecord]) -> dict[str, dict[str, Any]]:
    """Return records by key, without what may differ between engines: times, run ids, ETags and workers."""
    return {record.key: _steady(record.to_json()) for record in records}


def _steady(value: Any) -> Any:
    left_out = ("started", "ended", "seconds", "timings", "worker", "run_id", "etag")
    if isinstance(value, Mapping):
        kept = {name: _steady(item) for name, item in value.items() if name not in left_out}
        if kept.get("name") in ("manifest.json", "log.txt"):  # they hold times
            kept = {name: item for name, item in kept.items() if name not in ("size", "sha256")}
        return kept
    return [_steady(item) for item in value] if isinstance(value, (list, tuple)) else value


def run_all(engine: Engine, works: Iterable[WorkItem]) -> list[ItemRecord]:
    """Run works and close the engine."""
    try:
        return list(engine.run(works))
    finally:
        engine.close()
