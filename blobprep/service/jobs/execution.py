"""One job: its run, unless a run of it has succeeded already, then its results.

A job has one prefix for its runs, and a run claims its prefix with its manifest. So whatever moment a server is killed
at, the next one finds there how far the job was: a manifest of one of its runs that has succeeded is not run again, and
one that was cut off is taken over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from blobprep.errors import BlobNotFound, BlobprepError, ContainerNotFound, OutputExists
from blobprep.manifest import MANIFEST_NAME, Manifest
from blobprep.outputs.ports import PORTS
from blobprep.runs.arguments import PassedObjects, read_arguments
from blobprep.runs.execute import execute
from blobprep.runs.prepare import prepare
from blobprep.sandbox.launch import Children
from blobprep.service.definitions import ServiceDefinition
from blobprep.service.failures import ServiceFailure
from blobprep.service.jobs.job import Job, JobSecrets
from blobprep.service.jobs.places import JobPlaces, open_places
from blobprep.service.jobs.queue import JobQueue
from blobprep.service.jobs.results import describe, publish
from blobprep.service.jobs.stopping import JobStopped, StopSwitch
from blobprep.service.standing_scripts import fill_in
from blobprep.settings import Workspace
from blobprep.stores.cancellation import cancel_on
from blobprep.stores.location import BlobLocation

__all__ = ["JobRunner", "RunJob"]

RunJob = Callable[[Job, ServiceDefinition, StopSwitch], None]
"""Runs a job to its end and tells the queue. What runs jobs elsewhere, such as a batch engine, is one of these."""

_WAIT: Final = 20.0  # seconds until a job is tried again whose prefix another run writes to
_SHOWN: Final = 16_000  # characters of what went wrong that clients are told; the log has all of it
_LOG: Final = logging.getLogger("blobprep.service.jobs")


@dataclass(frozen=True, slots=True)
class JobRunner:
    """What runs jobs in this process, with children of a pool.

    Attributes:
        queue: is told how they end.
        workspace: the settings in force.
        children: a source of children.
        now: the clock.
    """

    queue: JobQueue
    workspace: Workspace
    children: Children
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, job: Job, service: ServiceDefinition, switch: StopSwitch) -> None:
        """Run a job to its end, and tell the queue.

        Args:
            job: as it was taken.
            service: of the job.
            switch: stops it; a job that is not cancelled goes back to the queue then.
        """
        try:
            with cancel_on(switch.stopped):  # pauses between two attempts at a request end, too
                ended = self._run(job, service, switch)
        except JobStopped as stop:
            self._stopped(job, stop)
        except (BlobprepError, ServiceFailure) as error:
            if switch.stopped.is_set():
                self._stopped(job, JobStopped(switch.reason))
            elif isinstance(error, OutputExists) and self._is_written_to(job, service):
                self.queue.release(job, _WAIT)
            else:
                self.queue.fail(job, _details(job, _sentence(error)))
        except Exception as error:
            _LOG.error("job %s: a defect of blobprep: %s", job.id, type(error).__name__)
            self.queue.fail(job, _details(job, f"a defect of blobprep: {type(error).__name__}"))
        else:
            ended()

    def _run(self, job: Job, service: ServiceDefinition, switch: StopSwitch) -> Callable[[], object]:
        """Run a job; return what tells the queue how it ended."""
        hidden = self.queue.secrets_of(job)
        places = open_places(self.workspace, service, job.spec, hidden)
        manifest = find_run(job, places.record) or self._execute(job, places, hidden, switch)
        if manifest is None:  # it is to be cancelled, or is another server's by now, which hears nothing of this one
            return lambda: self.queue.fail(job, "cancelled before it ran")
        if manifest.status != "succeeded":
            return lambda: self.queue.fail(job, _failure(job, manifest, places.record))
        switch.check()
        if not self.queue.holds(job):
            return lambda: self.queue.fail(job, "cancelled before its results were published")
        publish(manifest, places)
        told = describe(places.outputs, self.now())
        return lambda: self.queue.finish(job, told)

    def _execute(self, job: Job, places: JobPlaces, hidden: JobSecrets, switch: StopSwitch) -> Manifest | None:
        options = {**fill_in(job.spec.options, hidden.parameters), **job.spec.fixed, "parameters": hidden.parameters}
        asked, objects = read_arguments(options)
        opened = PassedObjects({**objects.values, **places.inputs, "output": places.record})
        request = prepare(self.workspace, asked, opened, now=self.now())
        if not self.queue.note_run(job, request.run_id):
            return None
        run = execute(request, children=switch.over(self.children), stage=lambda _: switch.check(), now=self.now)
        return run.manifest

    def _stopped(self, job: Job, stop: JobStopped) -> None:
        """Release a job that was stopped; one that is to be cancelled is cancelled then."""
        if self.queue.holds(job):
            self.queue.release(job)
        else:
            self.queue.fail(job, str(stop))

    def _is_written_to(self, job: Job, service: ServiceDefinition) -> bool:
        """Tell whether a run goes on at the prefix of a job, such as one of another job with the same output."""
        try:
            hidden = self.queue.secrets_of(job)
            manifest = _read(open_places(self.workspace, service, job.spec, hidden).record)
        except (BlobprepError, ServiceFailure, LookupError):
            return False
        return manifest is not None and manifest.status == "running"


def find_run(job: Job, record: BlobLocation) -> Manifest | None:
    """Return the manifest of a run of a job that has succeeded; None if there is none.

    Raises:
        AccessError, StoreUnavailable: the prefix cannot be read.
    """
    if not job.runs:  # a look that most jobs need not take
        return None
    manifest = _read(record)
    is_ours = manifest is not None and manifest.run_id in job.runs and manifest.status == "succeeded"
    return manifest if is_ours else None


def _read(record: BlobLocation) -> Manifest | None:
    try:
        return Manifest.decode(record.child(MANIFEST_NAME).read())
    except (BlobNotFound, ContainerNotFound, ValueError):
        return None


def _sentence(error: BlobprepError | ServiceFailure) -> str:
    """Return what went wrong, with the classic code of what clients knew by one."""
    if isinstance(error, ServiceFailure):
        return " ".join(f"{detail.code}: {detail.message}" for detail in error.details) or error.message
    if isinstance(error, (BlobNotFound, ContainerNotFound)):
        return f"BlobNotFound: Unable to access the provided Azure blob - {error}."
    return f"{type(error).__name__}: {error}."


def _failure(job: Job, manifest: Manifest, record: BlobLocation) -> str:
    error = manifest.error
    message = f"{error.message}\n{error.remedy}".strip() if error is not None else manifest.status
    return _details(job, message, f"Log: {record.child(PORTS['log'].blob).printed}")


def _details(job: Job, message: str, more: str = "") -> str:
    """Return the text that clients show: what went wrong, and by which words an administrator finds the job."""
    shown = message if len(message) <= _SHOWN else f"{message[:_SHOWN]}…"
    return "\n".join(filter(None, (shown, f"Job: {job.id}", more)))
