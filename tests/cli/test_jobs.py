"""`blobprep jobs`: over the queue in a state folder, without a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blobprep.cli import main
from blobprep.service.jobs.queue import JobQueue
from tests.service.jobs.queues import CANARY, HIDDEN, SPEC


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "blobprep.toml").write_text('[server]\nstate = "kept"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path / "kept"


@pytest.fixture
def jobs(folder: Path) -> list[str]:
    with JobQueue(folder) as queue:
        created = [queue.create(service, SPEC, HIDDEN) for service in ("churn", "prices", "churn")]
        queue.start(created[1])
        return created


def test_where_there_was_no_job_yet_nothing_is_listed_or_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["jobs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert not folder.exists()


def test_jobs_are_listed_in_the_order_in_which_they_were_created(
    jobs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["jobs"]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["job", "service", "state", "created", "started", "ended", "output"]
    assert [line.split()[0] for line in lines] == [job[:12] for job in jobs]
    assert [line.split()[2] for line in lines] == ["NotStarted", "Queued", "NotStarted"]


def test_jobs_of_a_service_as_json_have_everything_but_secrets(
    jobs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["jobs", "--service", "prices", "--json"]) == 0
    text = capsys.readouterr().out
    (job,) = json.loads(text)
    assert (job["id"], job["state"], job["inputs"]) == (jobs[1], "Queued", {"input1": "az://raw/a.csv"})
    assert (job["outputs"], job["record"]) == ({"output1": "az://out/b.csv"}, "az://out/b.csv.run/")
    assert CANARY not in text


def test_jobs_are_cancelled_by_how_their_ids_begin(
    jobs: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["jobs", "--cancel", jobs[1][:16], jobs[0]]) == 0
    assert capsys.readouterr().out.count("Cancelled") == 2
    with JobQueue(folder) as queue:
        assert [job.state for job in queue.list_jobs()] == ["Cancelled", "Cancelled", "NotStarted"]

    assert main(["jobs", "--cancel", jobs[1]]) == 1
    assert "had ended before: Cancelled" in capsys.readouterr().err


def test_another_folder_is_named_with_an_option(
    jobs: list[str], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["jobs", "--state", str(tmp_path / "none"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["jobs", "--state", str(folder), jobs[0], "--json"]) == 0
    assert [job["id"] for job in json.loads(capsys.readouterr().out)] == [jobs[0]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--cancel"], "--cancel needs the jobs"), (["zzz"], "there is no job zzz"), (["--cancel", "zzz"], "no job zzz")],
)
def test_what_is_not_there_is_said(
    jobs: list[str], arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["jobs", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_an_id_that_means_several_jobs_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with JobQueue(folder) as queue:
        ids = [queue.create("churn", SPEC, HIDDEN) for _ in range(17)]  # two of them begin with the same digit
    digit = next(job[0] for job in ids if sum(other[0] == job[0] for other in ids) > 1)
    assert main(["jobs", "--cancel", digit]) == 2
    assert "give more of the id" in capsys.readouterr().err
    with JobQueue(folder) as queue:
        assert {job.state for job in queue.list_jobs()} == {"NotStarted"}
