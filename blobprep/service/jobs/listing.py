"""`blobprep jobs`: the jobs of a state folder, listed and cancelled; a server need not run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from blobprep.errors import InvalidOption
from blobprep.service.jobs.job import Job
from blobprep.service.jobs.queue import DATABASE_NAME, JobQueue

__all__ = ["CancelledJob", "cancel_jobs", "list_jobs"]


@dataclass(frozen=True, slots=True)
class CancelledJob:
    """A job that was to be cancelled.

    Attributes:
        job: as it is now; `Cancelling` until its server has stopped it.
        too_late: whether it had ended before.
    """

    job: Job
    too_late: bool


def list_jobs(folder: Path, service: str | None = None, ids: Iterable[str] = ()) -> list[Job]:
    """Return jobs in the order in which they were created.

    Args:
        folder: of the servers' state.
        service: the name of the service whose jobs are meant; None for all.
        ids: of the jobs that are meant, or how they begin; empty for all.

    Raises:
        InvalidOption: an id is not there, or several begin so.
        SettingError: the queue cannot be opened.
    """
    if not (folder / DATABASE_NAME).exists():
        jobs = []
    else:
        with JobQueue(folder) as queue:
            jobs = queue.list_jobs(service)
    wanted = [_one(jobs, given, folder).id for given in ids]
    return [job for job in jobs if job.id in wanted] if wanted else jobs


def cancel_jobs(folder: Path, ids: Iterable[str]) -> list[CancelledJob]:
    """Cancel jobs: at once if they wait; those that run are stopped by their server within a second or so.

    Args:
        folder: of the servers' state.
        ids: of the jobs, or how they begin.

    Raises:
        InvalidOption: an id is not there, or several begin so; nothing was cancelled.
        SettingError: the queue cannot be opened.
    """
    jobs = list_jobs(folder, ids=ids)
    if not jobs:
        return []
    with JobQueue(folder) as queue:
        cancelled = []
        for job in jobs:
            try:
                too_late = queue.cancel(job.id) is not None
            except LookupError:  # removed meanwhile
                too_late = True
            cancelled.append(CancelledJob(queue.get(job.id) or job, too_late))
        return cancelled


def _one(jobs: Iterable[Job], given: str, folder: Path) -> Job:
    found = [job for job in jobs if job.id.startswith(given.lower())] if given else []
    if not found:
        raise InvalidOption(
            f"there is no job {given} in {folder}", remedy="list them with blobprep jobs; --state names another folder"
        )
    if len(found) > 1:
        raise InvalidOption(f"{len(found)} jobs begin with {given}", remedy="give more of the id")
    return found[0]
