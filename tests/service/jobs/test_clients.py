"""Requests as the clients of the time sent them, byte by byte, over a plain connection.

Sources: the samples in the help pages of Studio (classic) for C# and Python; Data Factory's activity
"AzureMLBatchExecution"; the PowerShell module azuremlps. Addresses, keys and storage are the test's own.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.service.jobs.conftest import BASE, ENDPOINT, WORKSPACE, JobServer, Storage
from tests.service.jobs.program import KEY

DATA = "a\n1\n2\n"


@pytest.fixture(scope="module")
def jobs(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobServer]:
    with JobServer(tmp_path_factory.mktemp("jobs") / "state", azurite) as server:
        yield server


def send(jobs: JobServer, text: str, body: bytes = b"") -> tuple[int, Any]:
    """Send a request whose lines a client made; return the status and the JSON of the answer."""
    head = "\r\n".join(line.strip() for line in text.strip().splitlines()) + "\r\n\r\n"
    address = (str(jobs.client.base_url.host), jobs.client.base_url.port or 0)
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(head.encode("ascii") + body)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        data = answer.read()
        if data:
            assert answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(data) if data else None


def body_of(storage: Storage, name: str) -> dict[str, Any]:
    storage.put("in.csv", DATA)
    return {
        "Inputs": {"input1": storage.ref("in.csv")},
        "Outputs": {"output1": storage.ref(name)},
        "GlobalParameters": {},
    }


def follow(jobs: JobServer, job: str, headers: str) -> dict[str, Any]:
    while True:
        status, told = send(jobs, f"GET {BASE}/jobs/{job}?api-version=2.0 HTTP/1.1\n{headers}")
        assert status == 200
        if told["StatusCode"] not in ("NotStarted", "Running"):
            found: dict[str, Any] = told
            return found
        assert told["Results"] is None  # some clients stop at the first results


def test_the_sample_in_c_sharp(jobs: JobServer, storage: Storage) -> None:
    headers = f"Authorization: Bearer {KEY}\nHost: localhost"
    body = json.dumps(body_of(storage, "c.csv"), separators=(",", ":")).encode()
    status, job = send(
        jobs,
        f"POST {BASE}/jobs?api-version=2.0 HTTP/1.1\n{headers}\nContent-Type: application/json; charset=utf-8\n"
        f"Content-Length: {len(body)}\nConnection: Keep-Alive",
        body,
    )
    assert status == 200
    status, _ = send(jobs, f"POST {BASE}/jobs/{job}/start?api-version=2.0 HTTP/1.1\n{headers}\nContent-Length: 0")
    assert 200 <= status < 300
    told = follow(jobs, job, headers)
    assert told["StatusCode"] == "Finished"
    assert storage.read("c.csv") == "a,b\n1,2\n2,4\n"


def test_the_sample_in_python_2(jobs: JobServer, storage: Storage) -> None:
    headers = (
        f"Accept-Encoding: identity\nHost: localhost\nConnection: close\nUser-Agent: Python-urllib/2.7\n"
        f"Content-Type: application/json\nAuthorization: Bearer {KEY}"
    )
    body = json.dumps({**body_of(storage, "p.csv"), "GlobalParameters": {}}).encode()
    status, job = send(jobs, f"POST {BASE}/jobs?api-version=2.0 HTTP/1.1\n{headers}\nContent-Length: {len(body)}", body)
    assert (status, len(job)) == (200, 32)
    # The sample strips quotes from the text of the answer, and sends an empty text to start.
    status, _ = send(jobs, f"POST {BASE}/jobs/{job}/start?api-version=2.0 HTTP/1.1\n{headers}\nContent-Length: 0")
    assert 200 <= status < 300
    told = follow(jobs, job, headers)
    result = told["Results"]["output1"]
    assert result["BaseLocation"] + result["RelativeLocation"] + result["SasBlobToken"]


def test_data_factory(jobs: JobServer, storage: Storage) -> None:
    """It has the address that ends in /jobs, and inputs, outputs and parameters by its own order."""
    ids = f"/workspaces/{WORKSPACE.upper()}/services/{ENDPOINT.upper()}"
    headers = (
        f"Host: localhost\nAuthorization: Bearer {KEY}\nx-ms-client-request-id: 5f2a\nContent-Type: application/json"
    )
    body = json.dumps(
        {
            "GlobalParameters": {"seconds": "0"},
            "Inputs": {"input1": storage.put("in.csv", DATA)},
            "Outputs": {"output1": storage.ref("factory/2016/02/result.csv")},
        }
    ).encode()
    status, job = send(jobs, f"POST {ids}/jobs?api-version=2.0 HTTP/1.1\n{headers}\nContent-Length: {len(body)}", body)
    assert status == 200
    status, _ = send(jobs, f"POST {ids}/jobs/{job}/start?api-version=2.0 HTTP/1.1\n{headers}\nContent-Length: 0")
    assert 200 <= status < 300
    assert follow(jobs, job, headers)["StatusCode"] == "Finished"
    assert storage.read("factory/2016/02/result.csv")


def test_azuremlps(jobs: JobServer, storage: Storage) -> None:
    """It sends its file as ASCII, starts with an empty body of a type, and writes `bearer` small."""
    headers = f"Authorization: bearer {KEY}\nHost: localhost\nContent-Type: application/json; charset=us-ascii"
    file = json.dumps(
        {
            "GlobalParameters": None,
            "Input": {**storage.put("in.csv", DATA), "BaseLocation": None, "SasBlobToken": None},
            "Outputs": {"output1": {**storage.ref("ps.csv"), "BaseLocation": None, "SasBlobToken": None}},
        },
        indent=4,
    ).replace("\n", "\r\n")
    body = file.encode("ascii")
    status, job = send(jobs, f"POST {BASE}/jobs?api-version=2.0 HTTP/1.1\n{headers}\nContent-Length: {len(body)}", body)
    assert status == 200
    status, _ = send(jobs, f"POST {BASE}/jobs/{job}/start?api-version=2.0 HTTP/1.1\n{headers}\nContent-Length: 0")
    assert 200 <= status < 300
    assert follow(jobs, job, headers)["StatusCode"] == "Finished"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("", b""), ("application/json", b""), ("application/json", b'""'), ("application/json", b"null"),
     ("application/json", b"{}"), ("text/plain", b"anything"), ("application/x-www-form-urlencoded", b"")],
)  # fmt: skip
def test_a_start_has_whatever_body_a_client_gives_it(
    jobs: JobServer, storage: Storage, content_type: str, body: bytes
) -> None:
    job = jobs.create(body_of(storage, "any.csv")).json()
    headers = {"Content-Type": content_type} if content_type else {}
    url = f"{BASE}/jobs/{job}/start?api-version=2.0"
    assert jobs.client.post(url, content=body, headers=headers).status_code == 204
    assert jobs.wait(job)["StatusCode"] == "Finished"


@pytest.mark.parametrize("prefix", [BASE, f"/subscriptions/{WORKSPACE}/services/{ENDPOINT}", "/services/double"])
def test_every_address_of_a_service_has_its_jobs(jobs: JobServer, storage: Storage, prefix: str) -> None:
    created = jobs.client.post(f"{prefix}/jobs?API-VERSION=2.0", json=body_of(storage, "any.csv"))
    assert created.status_code == 200
    assert created.text == f'"{created.json()}"'
    assert jobs.client.get(f"{prefix}/jobs/{created.json().upper()}?api-version=2.0").status_code == 200
    assert jobs.client.delete(f"{prefix}/jobs/{created.json()}?api-version=2.0").status_code == 204


def refusal(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["code"], error["details"][0]["code"]


def test_requests_that_are_refused(jobs: JobServer, storage: Storage, azurite: str) -> None:
    post, get = jobs.client.post, jobs.client.get
    body = body_of(storage, "any.csv")
    job = jobs.submit(body)
    unknown = "0" * 32
    version = "api-version=2.0"

    assert refusal(post(f"{BASE}/jobs", json=body)) == (400, "BadArgument", "BadVersionCall")
    assert refusal(post(f"{BASE}/jobs?api-version=1.0", json=body)) == (400, "BadArgument", "BadVersionCall")
    wrong = {"Authorization": "Bearer no"}
    assert refusal(post(f"{BASE}/jobs?{version}", json=body, headers=wrong)) == (
        *(401, "Unauthorized", "ScoreRequestUnauthorized"),
    )
    assert refusal(get(f"{BASE}/jobs/{job}?{version}", headers=wrong))[0] == 401
    assert refusal(post(f"{BASE}/jobs/{job}/start?{version}", headers=wrong))[0] == 401
    assert refusal(jobs.client.delete(f"{BASE}/jobs/{job}?{version}", headers=wrong))[0] == 401
    for content, code in (
        (b"", "RequestBodyInvalid"),
        (b"{", "RequestBodyInvalid"),
        (b"[" * 100_000, "RequestBodyInvalid"),
        (b"\xff\xfe\xfd", "RequestBodyInvalid"),
        (b"null", "RequestIsEmpty"),
        (b"{}", "RequestIsEmpty"),
        (b'{"Inputs": {"input1": null, "input1": null}}', "RequestBodyInvalid"),
    ):
        assert refusal(post(f"{BASE}/jobs?{version}", content=content)) == (400, "BadArgument", code)
    large = post(f"{BASE}/jobs?{version}", content=b" " * (1024 * 1024 + 1))
    assert refusal(large) == (413, "BadArgument", "RequestBodyInvalid")
    assert refusal(get(f"{BASE}/jobs/{unknown}?{version}")) == (404, "NotFound", "JobNotFound")
    assert refusal(post(f"{BASE}/jobs/{unknown}/start?{version}")) == (404, "NotFound", "JobNotFound")
    assert refusal(jobs.client.delete(f"{BASE}/jobs/{unknown}?{version}")) == (404, "NotFound", "JobNotFound")
    assert refusal(get(f"/workspaces/{WORKSPACE}/services/{unknown}/jobs/{job}?{version}"))[0] == 404
    jobs.wait(job)
    assert refusal(jobs.start_job(job)) == (400, "InvalidOperation", "CannotStartJob")
    assert "in Finished state" in jobs.start_job(job).text
    private = {"ConnectionString": "UseDevelopmentStorage=true", "RelativeLocation": "raw/a.csv"}
    if urlsplit(azurite).port != 10000:
        assert refusal(jobs.create({"Input": private})) == (400, "BadArgument", "InvalidBlob")


def test_a_parameter_leads_no_option_elsewhere(azurite: str, storage: Storage, tmp_path: Path) -> None:
    options = {"script": f"{tmp_path}/{{which}}.py"}
    with JobServer(tmp_path / "state", azurite, options=options, parameters={"which": "prep"}) as jobs:
        for wrong in ("../prep", "/etc/passwd", "a/b", "az://x"):
            body = {**body_of(storage, "any.csv"), "GlobalParameters": {"which": wrong}}
            assert refusal(jobs.create(body)) == (400, "BadUserArgument", "UserParameterInvalid")


def test_a_service_without_a_place_for_results_asks_for_one(azurite: str, storage: Storage, tmp_path: Path) -> None:
    with JobServer(tmp_path / "state", azurite, environment={"HOME": str(tmp_path)}) as jobs:
        body = {"Input": storage.put("in.csv", DATA)}
        assert refusal(jobs.create(body)) == (400, "BadArgument", "MissingRequiredOutputOverrides")


def test_a_folder_in_place_of_an_account_answers_with_addresses_of_files(
    azurite: str, storage: Storage, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "blobprep.toml").write_text('[accounts.dev]\nfolder = "blobs"\n')
    with JobServer(state, azurite, environment={"HOME": str(tmp_path)}) as jobs:
        told = jobs.wait(jobs.submit({"Input": storage.put("in.csv", DATA)}))
        assert told["StatusCode"] == "Finished", (told, jobs.log)
        result = told["Results"]["output1"]
        path = Path(urlsplit(result["BaseLocation"] + result["RelativeLocation"] + result["SasBlobToken"]).path)
        assert path.read_text() == "a,b\n1,2\n2,4\n"
