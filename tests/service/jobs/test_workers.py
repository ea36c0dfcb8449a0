"""The workers with a function of the test's in place of a run: the seam for what runs jobs elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blobprep.service.definitions import ServiceDefinition
from blobprep.service.jobs.job import Job
from blobprep.service.jobs.queue import JobQueue
from blobprep.service.jobs.stopping import StopSwitch
from blobprep.service.jobs.workers import WorkerLimits, Workers
from tests.remains import new_threads
from tests.service.jobs.queues import HIDDEN, another_spec

SERVICE = ServiceDefinition("churn", "a" * 32, "b" * 32, {"script": "prep.py"}, ())
QUICK = WorkerLimits(here=2, look=0.01, beat=0.05)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[JobQueue]:
    with JobQueue(tmp_path) as queue:
        yield queue


def submit(queue: JobQueue, service: str = "churn") -> str:
    job = queue.create(service, another_spec(), HIDDEN)
    queue.start(job)
    return job


class Engine:
    """Runs jobs as a test tells it to."""

    def __init__(self, queue: JobQueue) -> None:
        self.queue = queue
        self.running: list[str] = []
        self.most = 0
        self.go = threading.Event()
        self.seen: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, job: Job, service: ServiceDefinition, switch: StopSwitch) -> None:
        with self._lock:
            self.running.append(job.id)
            self.most = max(self.most, len(self.running))
            self.seen.add(job.id)
        while not (self.go.wait(0.01) or switch.stopped.is_set()):
            pass
        with self._lock:
            self.running.remove(job.id)
        if not switch.stopped.is_set():
            self.queue.finish(job, "{}")
        elif self.queue.holds(job):
            self.queue.release(job)
        else:
            self.queue.fail(job, switch.reason)


def wait_until(condition: Callable[[], object]) -> None:
    ended = threading.Event()
    for _ in range(1000):
        if condition():
            return
        ended.wait(0.01)
    raise AssertionError("it did not come to pass")


def states(queue: JobQueue) -> list[str]:
    return [job.state for job in queue.list_jobs()]


def test_no_more_jobs_run_here_than_may(queue: JobQueue) -> None:
    engine = Engine(queue)
    with Workers(queue, [SERVICE], engine, QUICK):
        for _ in range(5):
            submit(queue)
        wait_until(lambda: len(engine.running) == 2)
        assert states(queue).count("Queued") == 3
        engine.go.set()
        wait_until(lambda: set(states(queue)) == {"Finished"})
    assert engine.most == 2


def test_a_job_waits_for_memory_unless_it_is_the_only_one(queue: JobQueue) -> None:
    engine, room = Engine(queue), threading.Event()
    with Workers(queue, [SERVICE], engine, QUICK, has_room=room.is_set) as workers:
        submit(queue)
        submit(queue)
        wait_until(lambda: workers.at_work == 1)
        assert states(queue) == ["Running", "Queued"]
        room.set()
        wait_until(lambda: workers.at_work == 2)
        engine.go.set()
        wait_until(lambda: set(states(queue)) == {"Finished"})


def test_jobs_of_other_services_are_left_until_the_service_is_there(queue: JobQueue) -> None:
    engine = Engine(queue)
    engine.go.set()
    services: list[ServiceDefinition] = []
    with Workers(queue, services, engine, QUICK):
        job = submit(queue)
        other = submit(queue, "other")
        assert engine.seen == set()
        services.append(SERVICE)
        wait_until(lambda: "Finished" in states(queue))
    assert engine.seen == {job}
    assert (queue.get(other) or pytest.fail("it is gone")).state == "Queued"


def test_a_cancelled_job_is_stopped_and_others_are_not(queue: JobQueue) -> None:
    engine = Engine(queue)
    with Workers(queue, [SERVICE], engine, QUICK) as workers:
        first, second = submit(queue), submit(queue)
        wait_until(lambda: workers.at_work == 2)
        queue.cancel(first)
        wait_until(lambda: states(queue) == ["Cancelled", "Running"])
        engine.go.set()
        wait_until(lambda: states(queue) == ["Cancelled", "Finished"])
    assert (queue.get(first) or pytest.fail("it is gone")).details == "cancelled by a client"
    assert second in engine.seen


def test_jobs_go_back_to_the_queue_when_the_server_ends(queue: JobQueue) -> None:
    engine = Engine(queue)
    before = set(threading.enumerate())
    with Workers(queue, [SERVICE], engine, QUICK) as workers:
        for _ in range(3):
            submit(queue)
        wait_until(lambda: workers.at_work == 2)
    assert states(queue) == ["Queued"] * 3
    assert not new_threads(before)


def test_jobs_may_end_by_themselves_when_the_server_ends(queue: JobQueue) -> None:
    engine = Engine(queue)
    with Workers(queue, [SERVICE], engine, QUICK) as workers:
        submit(queue)
        wait_until(lambda: workers.at_work == 1)
        threading.Timer(0.1, engine.go.set).start()
        workers.close(30.0)
    assert states(queue) == ["Finished"]


def test_a_job_that_what_runs_it_drops_is_run_again(queue: JobQueue, caplog: pytest.LogCaptureFixture) -> None:
    engine, failed = Engine(queue), threading.Event()
    engine.go.set()

    def drop_once(job: Job, service: ServiceDefinition, switch: StopSwitch) -> None:
        if not failed.is_set():
            failed.set()
            raise OSError("secret words")
        engine(job, service, switch)

    with Workers(queue, [SERVICE], drop_once, QUICK):
        submit(queue)
        wait_until(lambda: states(queue) == ["Finished"])
    assert queue.list_jobs()[0].attempts == 2
    assert "OSError" in caplog.text
    assert "secret words" not in caplog.text


def test_a_long_job_is_still_its_servers(queue: JobQueue, tmp_path: Path) -> None:
    engine = Engine(queue)
    with Workers(queue, [SERVICE], engine, QUICK) as workers:
        submit(queue)
        wait_until(lambda: workers.at_work == 1)
        beats = set()
        wait_until(lambda: beats.add(_beat(queue)) or len(beats) > 2)
        with JobQueue(tmp_path) as other:
            assert other.recover() == []


def test_old_jobs_are_swept(queue: JobQueue) -> None:
    queue.cancel(submit(queue))
    with Workers(queue, [SERVICE], Engine(queue), WorkerLimits(look=0.01, sweep=0.01, days=0.0)):
        wait_until(lambda: states(queue) == [])


def _beat(queue: JobQueue) -> float:
    with queue._database.reading() as connection:
        beat: float = connection.execute("SELECT beat FROM jobs").fetchone()[0]
        return beat
