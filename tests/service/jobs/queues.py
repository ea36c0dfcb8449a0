"""Queues for tests: a clock that stands, processes that live as a test says."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from pathlib import Path

from blobprep.manifest import ClaimRecord
from blobprep.service.jobs.job import JobSecrets, JobSpec, OutputPlace
from blobprep.service.jobs.queue import JobQueue

SPEC = JobSpec(
    {"script": "prep.py"},
    {"dataset1": "az://raw/a.csv", "format": "csv"},
    {"dataset1": "input1"},
    (OutputPlace("output1", "az://out/b.csv", is_given=True),),
    "az://out/b.csv.run/",
    "output1",
)
CANARY = "c4n4ry-secret"
HIDDEN = JobSecrets({"input1": {"ConnectionString": CANARY}}, {}, {"password": CANARY})

_numbers = itertools.count()


def another_spec() -> JobSpec:
    """Return a specification whose record is nobody else's."""
    return replace(SPEC, record=f"az://out/{next(_numbers)}.csv.run/")


@dataclass
class World:
    """A machine: its clock, the processes that live on it, and a folder that servers share."""

    folder: Path
    now: float = 1_000_000.0
    alive: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)

    def is_alive(self, record: ClaimRecord) -> bool | None:
        return None if record.process in self.hidden else record.process in self.alive

    def queue(self, process: str = "1:1") -> JobQueue:
        self.alive.add(process)
        owner = ClaimRecord("here", process, ())
        return JobQueue(self.folder, clock=lambda: self.now, is_alive=self.is_alive, owner=owner)
