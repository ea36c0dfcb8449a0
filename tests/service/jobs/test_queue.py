from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from blobprep.errors import SettingError
from blobprep.service.jobs.database import Database
from blobprep.service.jobs.job import Job, JobSpec
from blobprep.service.jobs.queue import DATABASE_NAME, KEY_NAME, MOST_LOSSES, STALE, SUSPICIOUS, JobQueue
from tests.service.jobs.queues import CANARY, HIDDEN, SPEC, World, another_spec


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


@pytest.fixture
def queue(world: World) -> Iterator[JobQueue]:
    with world.queue() as queue:
        yield queue


def started(queue: JobQueue, service: str = "churn", spec: JobSpec | None = None) -> str:
    job = queue.create(service, spec or another_spec(), HIDDEN)
    assert queue.start(job) is None
    return job


def take(queue: JobQueue, most: int = 40, *services: str) -> Job | None:
    return queue.take(services or ("churn",), most)


def test_a_job_is_kept_as_it_was_created(queue: JobQueue, world: World) -> None:
    job = queue.create("churn", SPEC, HIDDEN)

    found = queue.get(job)
    assert found is not None
    assert (found.state, found.spec, found.service, found.created.timestamp()) == (
        "NotStarted",
        SPEC,
        "churn",
        world.now,
    )
    assert len(job) == 32
    assert set(job) <= set("0123456789abcdef")
    assert queue.secrets_of(found) == HIDDEN
    assert queue.get(job, "other") is None


def test_jobs_in_a_state_are_counted(queue: JobQueue) -> None:
    started(queue)
    started(queue)
    take(queue)
    assert [queue.count(state) for state in ("NotStarted", "Queued", "Running")] == [0, 1, 1]


def test_jobs_are_taken_in_the_order_in_which_they_were_started(queue: JobQueue, world: World) -> None:
    first, second = (queue.create("churn", another_spec(), HIDDEN) for _ in range(2))
    queue.start(second)
    world.now += 1
    queue.start(first)
    assert take(queue, 40, "other") is None
    assert [job.id for job in (take(queue), take(queue)) if job] == [second, first]
    assert take(queue) is None


def test_servers_together_have_no_more_jobs_than_they_may(queue: JobQueue, world: World) -> None:
    for _ in range(3):
        started(queue)
    with world.queue("2:2") as other:
        taken = [take(queue, 2), take(other, 2), take(queue, 2), take(other, 2)]
        assert [job is not None for job in taken] == [True, True, False, False]
        assert taken[0] is not None
        assert queue.finish(taken[0], "{}")
        assert take(other, 2) is not None


def test_of_jobs_with_the_same_outputs_one_runs_at_a_time(queue: JobQueue) -> None:
    first, second, other = (started(queue, spec=spec) for spec in (SPEC, SPEC, another_spec()))
    taken = take(queue)
    assert taken is not None
    assert taken.id == first
    assert [job and job.id for job in (take(queue), take(queue))] == [other, None]
    queue.finish(taken, "{}")
    after = take(queue)
    assert after is not None
    assert after.id == second


def test_many_servers_take_each_job_once(world: World) -> None:
    queues = [world.queue(f"{number}:1") for number in range(8)]
    jobs = {started(queues[0]) for _ in range(40)}

    def drain(queue: JobQueue) -> list[str]:
        taken = []
        while (job := take(queue, 100)) is not None:
            taken.append(job.id)
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = [job for part in pool.map(drain, queues) for job in part]
    for queue in queues:
        queue.close()
    assert sorted(taken) == sorted(jobs)


def test_a_job_is_started_once(queue: JobQueue) -> None:
    job = started(queue)
    assert queue.start(job) == "Queued"
    take(queue)
    assert queue.start(job) == "Running"
    with pytest.raises(LookupError):
        queue.start("0" * 32)


def test_a_job_that_waits_is_cancelled_at_once(queue: JobQueue) -> None:
    for job in (queue.create("churn", SPEC, HIDDEN), started(queue)):
        assert queue.cancel(job) is None
        found = queue.get(job)
        assert found is not None
        assert found.state == "Cancelled"
        assert found.ended is not None
        assert queue.cancel(job) == "Cancelled"
    assert take(queue) is None


def test_a_job_that_runs_is_cancelled_by_its_server(queue: JobQueue, world: World) -> None:
    job = started(queue)
    taken = take(queue)
    assert taken is not None
    with world.queue("2:2") as other:
        assert other.cancel(job) is None
    assert queue.cancelling() == {job}
    assert not queue.holds(taken)
    assert queue.fail(taken, "stopped")
    found = queue.get(job)
    assert found is not None
    assert (found.state, found.details) == ("Cancelled", "stopped")


def test_results_that_were_there_first_are_not_cancelled(queue: JobQueue) -> None:
    job = started(queue)
    taken = take(queue)
    assert taken is not None
    queue.cancel(job)
    assert queue.finish(taken, '{"output1": {}}')
    assert queue.results(job) == '{"output1": {}}'


def test_a_client_wakes_the_server_of_its_process(queue: JobQueue) -> None:
    woken: list[int] = []
    queue.on_change(lambda: woken.append(1))
    job = started(queue)
    queue.cancel(job)
    queue.cancel(job)
    assert len(woken) == 2


def test_a_job_of_a_process_that_is_gone_is_taken_again(queue: JobQueue, world: World) -> None:
    job = started(queue)
    lost = take(queue)
    assert lost is not None
    queue.note_run(lost, "run-1")
    with world.queue("2:2") as other:
        assert other.recover() == []
        world.alive.remove("1:1")
        assert [(row.id, row.state) for row in other.recover()] == [(job, "Queued")]
        again = take(other)
        assert again is not None
        assert (again.id, again.attempts, again.runs) == (job, 2, ("run-1",))
        # What the first one says now counts no more, were it alive after all.
        assert not queue.finish(lost, "{}")
        assert not queue.note_run(lost, "run-2")
        assert not queue.fail(lost, "no")
        assert not queue.release(lost)
        assert other.finish(again, "{}")


def test_a_process_that_cannot_be_seen_has_its_jobs_as_long_as_it_beats(queue: JobQueue, world: World) -> None:
    job = started(queue)
    take(queue)
    world.hidden.add("1:1")
    with world.queue("2:2") as other:
        world.now += STALE - 1
        assert other.recover() == []
        queue.beat()
        world.now += STALE - 1
        assert other.recover() == []
        world.now += 2
        assert [row.id for row in other.recover()] == [job]


def test_a_job_that_is_to_be_cancelled_ends_with_its_server(queue: JobQueue, world: World) -> None:
    job = started(queue)
    take(queue)
    queue.cancel(job)
    world.alive.remove("1:1")
    with world.queue("2:2") as other:
        assert [(row.id, row.state) for row in other.recover()] == [(job, "Cancelled")]


def test_a_job_that_its_server_dropped_is_taken_again(queue: JobQueue) -> None:
    job = started(queue)
    taken = take(queue)
    assert taken is not None
    assert queue.recover(at_work={job}) == []
    assert [row.id for row in queue.recover(at_work=())] == [job]


def test_a_job_that_takes_down_its_servers_fails(queue: JobQueue, world: World) -> None:
    job = started(queue)
    for number in range(2, MOST_LOSSES + 2):
        process = f"{number}:1"
        with world.queue(process) as victim:
            assert take(victim) is not None
        world.alive.remove(process)
        queue.recover()
    found = queue.get(job)
    assert found is not None
    assert found.state == "Failed"
    assert f"{MOST_LOSSES} times" in found.details


def test_a_job_that_may_take_down_its_servers_waits_behind_the_others(queue: JobQueue, world: World) -> None:
    suspect = started(queue)
    for number in range(2, SUSPICIOUS + 2):
        process = f"{number}:1"
        with world.queue(process) as victim:
            assert take(victim) is not None
        world.alive.remove(process)
        queue.recover()
    world.now += 1
    other = started(queue)
    assert [job and job.id for job in (take(queue), take(queue))] == [other, suspect]


def test_a_job_that_was_given_back_waits_as_long_as_it_should_and_keeps_its_place(
    queue: JobQueue, world: World
) -> None:
    first = started(queue)
    world.now += 1
    second = started(queue)
    taken = take(queue)
    assert taken is not None
    assert queue.release(taken, 20)
    follower = take(queue)
    assert follower is not None
    assert follower.id == second
    queue.release(follower)
    world.now += 21
    again = take(queue)
    assert again is not None
    assert again.id == first


def test_jobs_are_removed_after_a_time(queue: JobQueue, world: World) -> None:
    forgotten = queue.create("churn", SPEC, HIDDEN)
    ended = started(queue)
    queue.cancel(ended)
    waiting = started(queue)
    world.now += 30 * 86400
    assert queue.sweep(31) == 0
    assert queue.sweep(29) == 2
    assert [job.id for job in queue.list_jobs()] == [waiting]
    assert forgotten != waiting


def test_only_a_job_that_has_ended_is_removed(queue: JobQueue) -> None:
    job = started(queue)
    assert not queue.remove(job)
    queue.cancel(job)
    assert queue.remove(job)
    assert not queue.remove(job)
    assert queue.get(job) is None


def test_what_is_secret_is_in_no_file_and_is_gone_when_the_job_ends(queue: JobQueue, world: World) -> None:
    job = started(queue)
    taken = take(queue)
    assert taken is not None
    with closing(sqlite3.connect(world.folder / DATABASE_NAME)) as connection:
        sealed = connection.execute("SELECT secrets FROM jobs").fetchone()[0]
    assert sealed[:40] in on_disk(world.folder)
    assert CANARY.encode() not in on_disk(world.folder)

    assert queue.finish(taken, f'{{"token": "{CANARY}"}}')
    queue.compact()

    assert CANARY.encode() not in on_disk(world.folder)
    assert sealed[:40] not in on_disk(world.folder)
    with pytest.raises(LookupError):
        queue.secrets_of(taken)
    assert CANARY in str(queue.results(job))
    assert CANARY not in repr(HIDDEN)


def test_files_of_a_queue_are_its_users_alone(queue: JobQueue, world: World) -> None:
    started(queue)
    modes = {path.name: path.stat().st_mode & 0o777 for path in world.folder.iterdir()}
    assert modes.keys() >= {DATABASE_NAME, KEY_NAME}
    assert {mode & 0o077 for mode in modes.values()} == {0}


def test_a_queue_of_a_newer_version_is_refused(world: World) -> None:
    world.queue().close()
    with closing(sqlite3.connect(world.folder / DATABASE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SettingError, match="newer version"):
        world.queue()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    path.write_text("not a database, and longer than the head of one would have to be" * 40)
    with pytest.raises(SettingError, match="cannot be opened"):
        Database(path)


def test_a_change_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(database: Database) -> None:
        with database.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (id, service, state, spec, record, created) VALUES ('a', '', '', '', '', 1)"
            )
            raise ZeroDivisionError

    with closing(Database(tmp_path / "jobs.sqlite")) as database:
        with pytest.raises(ZeroDivisionError):
            fail(database)
        with database.reading() as connection:
            assert connection.execute("SELECT COUNT(*) FROM jobs").fetchone()[0] == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.service.jobs.queues import HIDDEN, SPEC
from blobprep.service.jobs.queue import JobQueue
queue = JobQueue(Path(sys.argv[1]))
while True:
    print(queue.create("churn", SPEC, HIDDEN), flush=True)
"""


def test_an_id_that_a_client_has_outlives_the_server(tmp_path: Path) -> None:
    program = subprocess.Popen([sys.executable, "-c", KILLED, tmp_path], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    told = [program.stdout.readline().strip() for _ in range(20)]
    program.kill()
    told += program.stdout.read().split("\n")[:-1]
    program.stdout.close()
    program.wait()

    with JobQueue(tmp_path) as queue:
        assert {job.id for job in queue.list_jobs()} >= set(told)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.name != KEY_NAME)
