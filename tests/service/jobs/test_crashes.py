"""Servers that are killed, and servers that share a queue: every job runs once to a result that can be seen."""

from __future__ import annotations

import json
import random
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.service.jobs.conftest import SCRIPTS, JobServer, Storage

DATA = "a\n1\n2\n"
DOUBLED = "a,b\n1,2\n2,4\n"


def submit_all(jobs: JobServer, storage: Storage, count: int, seconds: str) -> dict[str, str]:
    given = storage.put("in.csv", DATA)
    return {
        jobs.submit(
            {
                "Inputs": {"input1": given},
                "Outputs": {"output1": storage.ref(f"out/{number}.csv")},
                "GlobalParameters": {"seconds": seconds},
            }
        ): f"out/{number}.csv"
        for number in range(count)
    }


def require_each_once(jobs: JobServer, storage: Storage, submitted: dict[str, str], seconds: float) -> None:
    for job, blob in submitted.items():
        status = jobs.wait(job, seconds=seconds)
        assert status["StatusCode"] == "Finished", (status, jobs.log)
        assert storage.read(blob) == DOUBLED
        manifest = json.loads(storage.read(f"{blob}.run/manifest.json"))
        assert manifest["status"] == "succeeded"
        # The result is that of the run in the record: its tables are copied, never made again.
        assert storage.read(f"{blob}.run/results.csv") == DOUBLED


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("count", "kills"), [(4, 1), (50, 6)])
def test_jobs_outlive_a_server_that_is_killed(
    azurite: str, storage: Storage, tmp_path: Path, count: int, kills: int
) -> None:
    rolls = random.Random(count)
    with JobServer(tmp_path / "state", azurite, limits={"here": 3, "look": 0.05}) as jobs:
        submitted = submit_all(jobs, storage, count, "0.3")
        for _ in range(kills):
            time.sleep(rolls.uniform(0.5, 1.5))  # the moment does not matter, and is another one each time
            jobs.kill()
            jobs.start()
        require_each_once(jobs, storage, submitted, seconds=300)


def test_a_job_that_runs_when_its_server_is_killed_is_run_again(azurite: str, storage: Storage, tmp_path: Path) -> None:
    with JobServer(tmp_path / "state", azurite) as jobs:
        submitted = submit_all(jobs, storage, 1, "3")  # long enough to be seen at it
        (job,) = submitted
        while "out/0.csv.run/manifest.json" not in storage.names():
            jobs.status(job)
        first = json.loads(storage.read("out/0.csv.run/manifest.json"))
        assert first["status"] == "running"
        jobs.kill()
        jobs.start()
        require_each_once(jobs, storage, submitted, seconds=60)
        again = json.loads(storage.read("out/0.csv.run/manifest.json"))
        assert again["run_id"] != first["run_id"]
        assert "its server is gone" in jobs.log


def test_servers_share_a_queue(azurite: str, storage: Storage, tmp_path: Path) -> None:
    """Jobs that one server took and cannot end are ended by the other; each answers for all of them."""
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(JobServer(tmp_path / "state", azurite, limits={"here": 2, "look": 0.05, "beat": 0.2}))
            for _ in range(2)
        )
        submitted = submit_all(one, storage, 6, "0.3")
        first, second = list(submitted)[:2]
        one.wait(first, "Running", "Finished")
        other.wait(second, "Running", "Finished")
        one.kill()
        require_each_once(other, storage, submitted, seconds=60)


@pytest.mark.slow
def test_a_job_of_another_server_is_cancelled(azurite: str, storage: Storage, tmp_path: Path) -> None:
    options = {"script": str(SCRIPTS / "linger.py")}
    with JobServer(tmp_path / "state", azurite, options=options) as one:
        (job,) = submit_all(one, storage, 1, "0")
        one.wait(job, "Running")
        with JobServer(tmp_path / "state", azurite, options=options) as other:
            assert other.delete(job).status_code == 204
            assert other.wait(job, seconds=30)["StatusCode"] == "Cancelled"


@pytest.mark.slow
def test_a_server_that_ends_gives_its_jobs_back(azurite: str, storage: Storage, tmp_path: Path) -> None:
    lingering = JobServer(tmp_path / "state", azurite, options={"script": str(SCRIPTS / "linger.py")})
    with lingering as jobs:
        submitted = submit_all(jobs, storage, 1, "0")
        (job,) = submitted
        while "out/0.csv.run/manifest.json" not in storage.names():
            jobs.status(job)
    manifest = json.loads(storage.read("out/0.csv.run/manifest.json"))
    assert manifest["status"] == "interrupted"
    assert "back to the queue" in manifest["error"]["message"]

    with JobServer(tmp_path / "state", azurite, options={"script": str(SCRIPTS / "linger.py")}) as jobs:
        jobs.wait(job, "Running")
        jobs.delete(job)
        jobs.wait(job, "Cancelled")


@pytest.mark.slow
def test_a_server_that_ends_lets_jobs_end_that_can(azurite: str, storage: Storage, tmp_path: Path) -> None:
    with JobServer(tmp_path / "state", azurite, drain=30.0) as jobs:
        submitted = submit_all(jobs, storage, 1, "1")
        (job,) = submitted
        jobs.wait(job, "Running")
    assert storage.read("out/0.csv") == DOUBLED
    with JobServer(tmp_path / "state", azurite) as jobs:
        assert jobs.status(job)["StatusCode"] == "Finished"
