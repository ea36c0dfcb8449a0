"""The jobs of one server: the queue in its state folder, and workers with children of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from blobprep.sandbox.child_pool import ChildPool
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.jobs.execution import JobRunner
from blobprep.service.jobs.queue import JobQueue
from blobprep.service.jobs.workers import WorkerLimits, Workers
from blobprep.settings import Workspace

__all__ = ["serve_jobs"]

_IDLE: Final = 1  # children that wait: of a job nothing is kept for the next one


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
        workers = Workers(queue, services, JobRunner(queue, workspace, children), limits)
        with workers:
            try:
                yield queue
            finally:
                workers.close(drain)
