"""The jobs of one server: the queue in its state folder, and workers with children of their own.

A server has them as long as it serves, and gives the queue to the routes:

    with serve_jobs(folder, workspace, services, limits_of(workspace)) as queue:
        app = create_app(services, scorer, authenticate, more=routes(services, queue, workspace, authenticate))
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from blobprep.errors import SettingError
from blobprep.sandbox.admission import available_memory
from blobprep.sandbox.child_pool import ChildPool
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.jobs.execution import JobRunner
from blobprep.service.jobs.queue import JobQueue
from blobprep.service.jobs.workers import MOST_JOBS, WorkerLimits, Workers
from blobprep.settings import Workspace

__all__ = ["limits_of", "serve_jobs"]

_SMALLEST: Final = 256 * 1024**2  # bytes that a job is taken to need while nothing is known of it
_IDLE: Final = 1  # children that wait: of a job nothing is kept for the next one


def limits_of(workspace: Workspace) -> WorkerLimits:
    """Return how a server works on jobs, by the settings `server.jobs` and `server.keep_jobs`.

    Raises:
        SettingError: one of them is not above 0.
    """
    numbers = {"jobs": min(_cores(), MOST_JOBS), "keep_jobs": WorkerLimits().days}
    for name, usual in numbers.items():
        given = workspace.setting(f"server.{name}")
        numbers[name] = usual if given is None else float(str(given))
        if not numbers[name] > 0:
            raise SettingError(f"[server] {name} is {given}", remedy="use a number above 0")
    return WorkerLimits(here=math.ceil(numbers["jobs"]), days=numbers["keep_jobs"])


def _has_room(children: ChildPool) -> bool:
    return available_memory() >= max(children.largest, _SMALLEST)


def _cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def serve_jobs(
    folder: Path,
    workspace: Workspace,
    services: Iterable[ServiceDefinition],
    limits: WorkerLimits | None = None,
    *,
    drain: float = 0.0,
) -> Iterator[JobQueue]:
    """Work on the jobs of services as long as this lasts; yield their queue.

    Each job has a process in which nothing ran before, forked from one that has imported the libraries.

    Args:
        folder: of the servers' state; others on this machine may share it.
        workspace: the settings in force.
        services: whose jobs are taken.
        limits: how many, how often.
        drain: seconds that jobs may take at the end; then they go back to the queue.

    Raises:
        SettingError: the folder cannot be used.
    """
    with JobQueue(folder) as queue, closing(ChildPool(kept=_IDLE, fresh=True)) as children:
        runner = JobRunner(queue, workspace, children)
        workers = Workers(queue, services, runner, limits, has_room=partial(_has_room, children))
        with workers:
            try:
                yield queue
            finally:
                workers.close(drain)
