"""Jobs from end to end: a real server in a process of its own, real children, storage in Azurite."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote
from uuid import UUID

import httpx
import pytest
from azure.storage.blob import generate_blob_sas, generate_container_sas

from blobprep.errors import BlobNotFound
from tests import emulator
from tests.service.jobs.conftest import SCRIPTS, JobServer, Storage

DATA = "a\n1\n2\n"
DOUBLED = "a,b\n1,2\n2,4\n"


@pytest.fixture(scope="module")
def jobs(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobServer]:
    with JobServer(tmp_path_factory.mktemp("jobs") / "state", azurite, accounts=[emulator.ACCOUNT]) as server:
        yield server


def fetch(result: dict[str, str]) -> httpx.Response:
    """Fetch a result as clients do: by its parts, joined."""
    return httpx.get(result["BaseLocation"] + result["RelativeLocation"] + result["SasBlobToken"])


def test_a_job_puts_its_table_where_the_request_says(jobs: JobServer, storage: Storage) -> None:
    job = jobs.submit(
        {
            "Inputs": {"input1": storage.put("in 1%.csv", DATA)},
            "Outputs": {"output1": storage.ref("out/result 1%.csv")},
            "GlobalParameters": {},
        }
    )
    status = jobs.wait(job)

    assert status["StatusCode"] == "Finished", (status, jobs.log)
    assert status["Details"] is None
    assert storage.read("out/result 1%.csv") == DOUBLED
    result = status["Results"]["output1"]
    assert result["ConnectionString"] is None
    assert result["BaseLocation"].endswith("/")
    assert result["RelativeLocation"] == f"{storage.container}/{quote('out/result 1%.csv')}"
    assert fetch(result).text == DOUBLED
    assert fetch(result).headers["content-type"] == "text/csv"
    record = "out/result 1%.csv.run/"
    assert set(storage.names(record)) == {
        record + name for name in ("log.txt", "manifest.json", "report.html", "results.csv", "script.py")
    }
    assert "doubled 2" in storage.read(record + "log.txt")
    assert jobs.status(job) == status


def test_the_token_reads_its_one_blob_for_a_day_and_does_nothing_else(jobs: JobServer, storage: Storage) -> None:
    body = {"Inputs": {"input1": storage.put("in.csv", DATA)}, "Outputs": {"output1": storage.ref("out.csv")}}
    asked = datetime.now(UTC)
    result = jobs.wait(jobs.submit(body))["Results"]["output1"]
    token = result["SasBlobToken"]
    fields = {name: values[0] for name, values in parse_qs(token.removeprefix("?")).items()}

    assert (fields["sp"], fields["sr"]) == ("r", "b")
    starts, ends = (datetime.fromisoformat(fields[name]) for name in ("st", "se"))
    assert ends - starts == timedelta(hours=24, minutes=5)
    assert abs(starts + timedelta(minutes=5) - asked) < timedelta(minutes=1)
    base = f"{result['BaseLocation']}{storage.container}/"
    assert httpx.get(f"{base}in.csv{token}").status_code == 403
    assert httpx.delete(f"{base}out.csv{token}").status_code == 403
    headers = {"x-ms-blob-type": "BlockBlob"}
    assert httpx.put(f"{base}out.csv{token}", content=b"x", headers=headers).status_code == 403


def test_results_go_to_the_default_container_which_is_created(jobs: JobServer, storage: Storage) -> None:
    status = jobs.wait(jobs.submit({"Input": storage.put("in.csv", DATA), "Outputs": None, "GlobalParameters": None}))
    result = status["Results"]["output1"]
    guid = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    assert re.fullmatch(rf"experimentoutput/{guid}/{guid}\.csv", result["RelativeLocation"])
    assert fetch(result).text == DOUBLED


def test_a_token_of_the_request_is_not_given_back(jobs: JobServer, storage: Storage, azurite: str) -> None:
    expiry = datetime.now(UTC) + timedelta(hours=1)
    reads = generate_blob_sas(
        emulator.ACCOUNT, storage.container, "in.csv", account_key=emulator.KEY, permission="r", expiry=expiry
    )
    writes = generate_container_sas(
        emulator.ACCOUNT, storage.container, account_key=emulator.KEY, permission="rcwdl", expiry=expiry
    )
    storage.put("in.csv", DATA)
    base = azurite + "/"
    body = {
        "Inputs": {
            "input1": {
                "ConnectionString": None,
                "BaseLocation": base,
                "RelativeLocation": f"{storage.container}/in.csv",
                "SasBlobToken": f"?{reads}",
            }
        },
        "Outputs": {
            "output1": {
                "BaseLocation": base,
                "RelativeLocation": f"{storage.container}/out.csv",
                "SasBlobToken": f"?{writes}",
            }
        },
    }
    status = jobs.wait(jobs.submit(body))

    assert status["StatusCode"] == "Finished", (status, jobs.log)
    assert status["Results"]["output1"]["SasBlobToken"] == ""
    assert storage.read("out.csv") == DOUBLED
    assert "out.csv.run/manifest.json" in storage.names()


def test_a_token_for_one_blob_is_enough(jobs: JobServer, storage: Storage, azurite: str) -> None:
    token = generate_blob_sas(
        emulator.ACCOUNT,
        storage.container,
        "out.csv",
        account_key=emulator.KEY,
        permission="rcw",
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    output = {
        "BaseLocation": azurite,
        "RelativeLocation": f"{storage.container}/out.csv",
        "SasBlobToken": f"?{token}",
    }
    status = jobs.wait(jobs.submit({"Input": storage.put("in.csv", DATA), "Outputs": {"output1": output}}))
    assert status["StatusCode"] == "Finished", (status, jobs.log)
    assert storage.names() == ["in.csv", "out.csv"]
    assert storage.read("out.csv") == DOUBLED


def test_an_account_of_the_settings_that_the_service_allows(jobs: JobServer, storage: Storage) -> None:
    storage.put("in.csv", DATA)
    name = {"ConnectionString": f"AccountName={emulator.ACCOUNT}"}
    body = {
        "Inputs": {"input1": {**name, "RelativeLocation": f"{storage.container}/in.csv"}},
        "Outputs": {"output1": {"RelativeLocation": f"az://{emulator.ACCOUNT}@{storage.container}/out.csv"}},
    }
    status = jobs.wait(jobs.submit(body))
    assert status["StatusCode"] == "Finished", (status, jobs.log)
    assert fetch(status["Results"]["output1"]).text == DOUBLED


@pytest.mark.parametrize("extension", ["tsv", "arff"])
def test_the_extension_of_the_output_is_its_format(jobs: JobServer, storage: Storage, extension: str) -> None:
    body = {
        "Inputs": {"input1": storage.put("in.csv", DATA)},
        "Outputs": {"output1": storage.ref(f"out.{extension}")},
    }
    assert jobs.wait(jobs.submit(body))["StatusCode"] == "Finished"
    assert {"tsv": "a\tb\n1\t2\n", "arff": "@RELATION"}[extension] in storage.read(f"out.{extension}")


def test_a_script_that_fails_says_why(jobs: JobServer, storage: Storage) -> None:
    job = jobs.submit(
        {
            "Inputs": {"input1": storage.put("in.csv", DATA)},
            "Outputs": {"output1": storage.ref("out.csv")},
            "GlobalParameters": {"fail": "yes"},
        }
    )
    status = jobs.wait(job)
    assert (status["StatusCode"], status["Results"]) == ("Failed", None)
    assert status["Details"].startswith("Error 0085: ")
    assert "ValueError: asked to fail" in status["Details"]
    assert job in status["Details"]
    assert "out.csv.run/log.txt" in status["Details"]
    assert "out.csv" not in storage.names()
    assert json.loads(storage.read("out.csv.run/manifest.json"))["status"] == "failed"


@pytest.mark.parametrize("missing", ["blob", "container"])
def test_an_input_that_is_not_there_is_told_by_the_classic_code(
    jobs: JobServer, storage: Storage, missing: str
) -> None:
    given = storage.ref("none.csv")
    if missing == "container":
        given["RelativeLocation"] = "no-such-container/in.csv"
    status = jobs.wait(jobs.submit({"Input": given, "Outputs": {"output1": storage.ref("out.csv")}}))
    assert status["StatusCode"] == "Failed"
    assert status["Details"].startswith("BlobNotFound: Unable to access the provided Azure blob - ")


@pytest.mark.parametrize("form", ["key", "token"])
def test_credentials_that_open_nothing_are_told_without_them(
    jobs: JobServer, storage: Storage, azurite: str, form: str
) -> None:
    canary = "c4n4ryc4n4ry"
    storage.put("in.csv", DATA)
    if form == "key":
        key = canary + emulator.KEY[len(canary) :]
        given = {**storage.ref("in.csv"), "ConnectionString": storage.connection_string.replace(emulator.KEY, key)}
    else:
        given = {
            "BaseLocation": azurite,
            "RelativeLocation": f"{storage.container}/in.csv",
            "SasBlobToken": f"?sv=2024-11-04&sr=b&sp=r&se=2099-01-01T00%3A00%3A00Z&sig={canary}%3D",
        }
    status = jobs.wait(jobs.submit({"Input": given, "Outputs": {"output1": storage.ref("out.csv")}}))
    assert status["StatusCode"] == "Failed"
    assert status["Details"].startswith("AccessError: ")
    assert canary not in json.dumps(status) + jobs.log


def test_a_container_of_the_client_is_not_created(jobs: JobServer, storage: Storage) -> None:
    output = {**storage.ref(""), "RelativeLocation": f"{storage.container}x/out.csv"}
    status = jobs.wait(jobs.submit({"Input": storage.put("in.csv", DATA), "Outputs": {"output1": output}}))
    assert status["StatusCode"] == "Failed"
    assert "OutputContainerMissing" in status["Details"]
    assert not storage.store.container_exists(f"{storage.container}x")


def test_jobs_with_the_same_output_come_one_after_the_other(jobs: JobServer, storage: Storage) -> None:
    given = storage.put("in.csv", DATA)
    body = {"Input": given, "Outputs": {"output1": storage.ref("out.csv")}, "GlobalParameters": {"seconds": "0.2"}}
    submitted = [jobs.submit(body) for _ in range(2)]
    assert [jobs.wait(job)["StatusCode"] for job in submitted] == ["Finished", "Finished"]
    assert storage.read("out.csv") == DOUBLED


def test_a_job_that_waits_for_its_start_is_cancelled(jobs: JobServer, storage: Storage) -> None:
    job = jobs.create({"Input": storage.put("in.csv", DATA)}).json()
    assert jobs.status(job) == {"StatusCode": "NotStarted", "Results": None, "Details": None}
    job = str(UUID(job)).upper()  # as a client has it that takes it for a GUID
    assert jobs.delete(job).status_code == 204
    assert jobs.status(job)["StatusCode"] == "Cancelled"
    assert jobs.start_job(job).json()["error"]["details"][0]["code"] == "CannotStartJob"
    assert jobs.delete(job).status_code == 204
    assert jobs.client.get(f"/services/double/jobs/{job}?api-version=2.0").status_code == 404


def test_a_job_that_runs_is_cancelled_for_real(azurite: str, storage: Storage, tmp_path: Path) -> None:
    options = {"script": str(SCRIPTS / "linger.py")}
    with JobServer(tmp_path / "state", azurite, options=options, limits={"here": 1, "look": 0.05}) as jobs:
        body = {"Input": storage.put("in.csv", DATA), "Outputs": {"output1": storage.ref("out.csv")}}
        running, waiting = jobs.submit(body), jobs.submit(body)
        jobs.wait(running, "Running")
        while "out.csv.run/manifest.json" not in storage.names():
            pass
        assert jobs.status(waiting)["StatusCode"] == "NotStarted"
        assert jobs.start_job(waiting).status_code == 400
        assert jobs.delete(waiting).status_code == 204
        assert jobs.status(waiting)["StatusCode"] == "Cancelled"

        assert jobs.delete(running).status_code == 204
        status = jobs.wait(running, seconds=20)

        assert (status["StatusCode"], status["Results"]) == ("Cancelled", None)
        assert "cancelled by a client" in status["Details"]
        manifest = json.loads(storage.read("out.csv.run/manifest.json"))
        assert (manifest["status"], manifest["error"]["message"]) == ("interrupted", "cancelled by a client")
        with pytest.raises(BlobNotFound):
            storage.read("out.csv")
        # Its place is free: were its child still alive, the next one would have to wait.
        again = jobs.submit(body)
        jobs.wait(again, "Running")
        jobs.delete(again)
        jobs.wait(again, "Cancelled")


def test_secrets_of_a_request_are_in_no_file_of_ours(jobs: JobServer, storage: Storage) -> None:
    key = emulator.KEY
    job = jobs.submit(
        {
            "Inputs": {"input1": storage.put("in.csv", DATA)},
            "Outputs": {"output1": storage.ref("out.csv")},
            "GlobalParameters": {"seconds": "1"},
        }
    )
    jobs.wait(job, "Running", "Finished")
    assert jobs.process is not None
    for process in [Path(f"/proc/{jobs.process.pid}"), *children(jobs.process.pid)]:
        for name in ("cmdline", "environ"):
            try:
                assert key.encode() not in (process / name).read_bytes()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
    status = jobs.wait(job)
    token = status["Results"]["output1"]["SasBlobToken"]
    signature = parse_qs(token)["sig"][0]
    found = [path for path in jobs.folder.rglob("*") if path.is_file() and not path.name.startswith("server-")]
    assert found
    for path in found:
        assert key.encode() not in path.read_bytes(), path
        assert signature.encode() not in path.read_bytes(), path
    for blob in storage.names():
        assert key not in storage.read(blob)


def children(pid: int) -> list[Path]:
    """Return the processes below one, as far as they can be seen."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid:
            found += [path, *children(int(path.name))]
    return found
