"""One job in this process, over a folder account: what a server finds after another one was killed, what it tells."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from blobprep.errors import IsolationUnavailable
from blobprep.sandbox.child_pool import ChildPool
from blobprep.sandbox.launch import Children
from blobprep.service.definitions import ServiceDefinition, ServiceInput
from blobprep.service.jobs.execution import JobRunner
from blobprep.service.jobs.job import Job
from blobprep.service.jobs.queue import DATABASE_NAME, KEY_NAME, JobQueue
from blobprep.service.jobs.registration import plan_job
from blobprep.service.jobs.stopping import StopSwitch
from blobprep.service.jobs.wire import read_request
from blobprep.settings import Workspace
from tests.service.jobs.conftest import SCRIPTS
from tests.service.jobs.queues import World

DATA = "a\n1\n2\n"
DOUBLED = "a,b\n1,2\n2,4\n"
SERVICE = ServiceDefinition(
    "double",
    "a" * 32,
    "b" * 32,
    {"script": str(SCRIPTS / "double.py"), "isolation": "process"},
    (ServiceInput("input1", "dataset1"),),
    parameters={"seconds": "0", "fail": ""},
    accounts=("dev",),
)
BODY = {
    "Inputs": {"input1": {"RelativeLocation": "raw/in.csv"}},
    "Outputs": {"output1": {"RelativeLocation": "az://dev@out/result.csv"}},
}


class Place:
    """A folder account, a queue, and what runs its jobs."""

    def __init__(self, folder: Path, children: Children) -> None:
        self.children = children
        self.folder, self.world = folder, World(folder / "state")
        for container in ("raw", "out"):
            (folder / "blobs" / container).mkdir(parents=True)
        (folder / "blobs/raw/in.csv").write_text(DATA)
        (folder / "blobprep.toml").write_text('[accounts.dev]\nfolder = "blobs"\n')
        self.workspace = Workspace(environment={}, folder=folder)
        self.queue = self.world.queue()

    def submit(self, body: dict[str, Any] = BODY, service: ServiceDefinition = SERVICE) -> str:
        job = self.queue.create(service.name, *plan_job(service, read_request(service, body)))
        self.queue.start(job)
        return job

    def take(self) -> Job:
        job = self.queue.take([SERVICE.name], 40)
        assert job is not None
        return job

    def run(self, job: Job, children: Children | None = None, service: ServiceDefinition = SERVICE) -> Job:
        JobRunner(self.queue, self.workspace, children or self.children)(job, service, StopSwitch())
        return self.get(job.id)

    def get(self, job: str) -> Job:
        found = self.queue.get(job)
        assert found is not None
        return found

    @property
    def result(self) -> Path:
        return self.folder / "blobs/out/result.csv"

    @property
    def manifest(self) -> dict[str, Any]:
        values: dict[str, Any] = json.loads((self.folder / "blobs/out/result.csv.run/manifest.json").read_text())
        return values

    def update(self, **values: Any) -> None:
        with closing(sqlite3.connect(self.world.folder / DATABASE_NAME)) as connection:
            for name, value in values.items():
                connection.execute(f"UPDATE jobs SET {name} = ?", (value,))
            connection.commit()

    def sealed(self) -> bytes:
        with closing(sqlite3.connect(self.world.folder / DATABASE_NAME)) as connection:
            secrets: bytes = connection.execute("SELECT secrets FROM jobs").fetchone()[0]
            return secrets


@pytest.fixture(scope="module")
def children() -> Iterator[ChildPool]:
    with closing(ChildPool(kept=1, fresh=True)) as pool:
        yield pool


@pytest.fixture
def place(tmp_path: Path, children: ChildPool) -> Iterator[Place]:
    found = Place(tmp_path, children)
    yield found
    found.queue.close()


def no_children(*arguments: object, **options: object) -> Any:
    raise AssertionError("it was run again")


def unavailable(*arguments: object, **options: object) -> Any:
    raise IsolationUnavailable("no Landlock here", remedy="use another kernel")


def test_a_run_that_succeeded_is_not_run_again_when_its_server_was_killed_behind_it(place: Place) -> None:
    place.submit()
    sealed = place.sealed()
    done = place.run(place.take())
    assert done.state == "Finished", done.details
    assert done.runs == (place.manifest["run_id"],)
    # As if the server had been killed between the end of the run and the copy of its table.
    place.update(state="Running", results=None, secrets=sealed, process="9:9", holder="", ended=None)
    place.result.unlink()

    assert [job.state for job in place.queue.recover()] == ["Queued"]
    again = place.run(place.take(), children=no_children)

    assert (again.state, again.runs, again.attempts) == ("Finished", done.runs, 2)
    assert place.result.read_text() == DOUBLED
    results = json.loads(place.queue.results(again.id) or "")
    assert results["output1"]["RelativeLocation"] == "out/result.csv"
    assert results["output1"]["BaseLocation"] == (place.folder / "blobs").as_uri() + "/"


def test_a_run_of_another_job_with_the_same_output_does_not_count(place: Place) -> None:
    place.submit()
    first = place.run(place.take())
    place.submit()
    second = place.run(place.take())
    assert first.state == second.state == "Finished"
    assert first.runs != second.runs
    assert place.manifest["run_id"] == second.runs[0]


def test_a_table_that_somebody_changed_is_not_published(place: Place) -> None:
    place.submit()
    sealed = place.sealed()
    place.run(place.take())
    place.update(state="Queued", results=None, secrets=sealed, ended=None)
    place.result.unlink()
    (place.folder / "blobs/out/result.csv.run/results.csv").write_text("forged\n")
    failed = place.run(place.take(), children=no_children)
    assert failed.state == "Failed"
    assert "no longer what run" in failed.details
    assert not place.result.exists()


def test_the_request_in_the_record_replays_and_has_no_secret(place: Place) -> None:
    place.submit({**BODY, "GlobalParameters": {"seconds": "0"}})
    place.run(place.take())
    request = place.manifest["request"]
    assert (request["dataset1"], request["output"], request["format"]) == (
        *("az://dev@raw/in.csv", "az://dev@out/result.csv.run/", "csv"),
    )
    assert request["parameters"]["seconds"] == "0"


def test_parameters_stand_in_for_their_names_in_options(place: Place) -> None:
    service = replace(
        SERVICE, parameters={"which": "double"}, options={**SERVICE.options, "script": f"{SCRIPTS}/{{which}}.py"}
    )
    place.submit(service=service)
    assert place.run(place.take(), service=service).state == "Finished"
    place.submit({**BODY, "GlobalParameters": {"which": "none"}}, service)
    failed = place.run(place.take(), service=service)
    assert failed.state == "Failed"
    assert "none.py" in failed.details


def test_results_of_two_frames_go_to_two_outputs(place: Place) -> None:
    script = place.folder / "two.py"
    script.write_text("def azureml_main(frame):\n    return frame, frame.head(1)\n")
    service = replace(SERVICE, outputs={"one": (), "two": ()}, options={**SERVICE.options, "script": str(script)})
    outputs = {
        "two": {"RelativeLocation": "az://dev@out/second.csv"},
        "one": {"RelativeLocation": "az://dev@out/result.csv"},
    }
    place.submit({**BODY, "Outputs": outputs}, service)
    done = place.run(place.take(), service=service)
    assert done.state == "Finished", done.details
    assert place.result.read_text() == DATA
    assert (place.folder / "blobs/out/second.csv").read_text() == "a\n1\n"


def test_a_frame_too_few_is_said(place: Place) -> None:
    service = replace(SERVICE, outputs={"one": (), "two": ()})
    place.submit({**BODY, "Outputs": {}}, replace(service, output="az://dev@out/"))
    failed = place.run(place.take(), service=service)
    assert failed.state == "Failed"
    assert "two" in failed.details


def test_isolation_that_is_not_there_fails_the_job(place: Place) -> None:
    place.submit()
    failed = place.run(place.take(), children=unavailable)
    assert (failed.state, failed.runs) == ("Failed", (failed.runs[0],))
    assert failed.details.startswith("IsolationUnavailable: no Landlock here (use another kernel).")
    assert not place.result.exists()


def test_a_defect_of_ours_fails_the_job_and_shows_nothing(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.submit()
    failed = place.run(place.take(), children=no_children)
    assert failed.state == "Failed"
    assert "a defect of blobprep: AssertionError" in failed.details
    assert "run again" not in failed.details + caplog.text


def test_a_store_that_the_service_no_longer_allows_fails_the_job(place: Place) -> None:
    place.submit()
    failed = place.run(place.take(), service=replace(SERVICE, accounts=()))
    assert failed.state == "Failed"
    assert failed.details.startswith("InvalidBlob: ")


def test_a_job_whose_credentials_cannot_be_opened_fails(place: Place) -> None:
    place.submit()
    place.queue.close()
    (place.world.folder / KEY_NAME).unlink()
    place.queue = place.world.queue()
    failed = place.run(place.take())
    assert failed.state == "Failed"
    assert "were not sealed with the key" in failed.details


def test_a_job_that_was_cancelled_before_it_ran_is_cancelled(place: Place) -> None:
    place.submit()
    taken = place.take()
    place.queue.cancel(taken.id)
    ended = place.run(taken, children=no_children)
    assert (ended.state, ended.details) == ("Cancelled", "cancelled before it ran")


def test_a_job_that_was_cancelled_while_its_run_ended_publishes_nothing(place: Place) -> None:
    place.submit()
    sealed = place.sealed()
    place.run(place.take())
    place.update(state="Queued", results=None, secrets=sealed, ended=None)
    place.result.unlink()
    taken = place.take()
    place.queue.cancel(taken.id)
    ended = place.run(taken, children=no_children)
    assert (ended.state, ended.details) == ("Cancelled", "cancelled before its results were published")
    assert not place.result.exists()


class StopsAt(StopSwitch):
    """A switch that is turned at one of the moments at which it is looked at."""

    def __init__(self, moment: int) -> None:
        super().__init__()
        self._left = moment

    def check(self) -> None:
        self._left -= 1
        if not self._left:
            self.stop("the server ends")
        super().check()


def test_a_job_that_is_stopped_at_any_moment_goes_back_and_is_run_again(place: Place) -> None:
    runner = JobRunner(place.queue, place.workspace, place.children)
    job = place.submit()
    moments = 0
    while place.get(job).state != "Finished":
        assert not place.result.exists()
        moments += 1
        runner(place.take(), SERVICE, StopsAt(moments))
        assert place.get(job).state in ("Queued", "Finished")
    assert moments > 6  # the stages, the child, and before the results are published
    assert place.result.read_text() == DOUBLED


def test_a_switch_that_was_turned_first_runs_nothing(place: Place) -> None:
    place.submit()
    taken = place.take()
    switch = StopSwitch()
    switch.stop("the server ends")
    JobRunner(place.queue, place.workspace, no_children)(taken, SERVICE, switch)
    assert place.get(taken.id).state == "Queued"
    assert not place.result.exists()


def test_a_prefix_that_another_run_writes_to_is_waited_for(place: Place) -> None:
    place.submit()
    place.run(place.take())
    manifest = place.manifest
    claim = {"host": "elsewhere", "process": "1:1", "planned": []}
    path = place.folder / "blobs/out/result.csv.run/manifest.json"
    path.write_text(json.dumps({**manifest, "run_id": "other", "status": "running", "claim": claim}))
    place.submit()
    taken = place.take()
    assert place.run(taken).state == "Queued"
    assert place.queue.take([SERVICE.name], 40) is None
    place.world.now += 60
    path.write_text(json.dumps({**manifest, "run_id": "other", "status": "failed", "claim": None}))
    assert place.run(place.take()).state == "Finished"


def test_queues_of_a_process_are_told_apart(place: Place) -> None:
    place.submit()
    taken = place.take()
    with JobQueue(place.world.folder) as other:
        assert other.holds(taken)
        assert not place.queue.recover({taken.id})
