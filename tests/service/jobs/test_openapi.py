"""Batch execution against its OpenAPI document: whatever fits it is answered without a defect, and as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from blobprep.service.documents.openapi import openapi
from tests.service.jobs.conftest import BASE, ENDPOINT, WORKSPACE, JobServer, Storage
from tests.service.jobs.program import definition


@pytest.fixture(scope="module")
def jobs(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobServer]:
    with JobServer(tmp_path_factory.mktemp("jobs") / "state", azurite) as server:
        yield server


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    service = {
        "name": "double",
        "workspace": WORKSPACE,
        "endpoint": ENDPOINT,
        "options": {"script": "double.py"},
        "inputs": [{"name": "input1", "port": "dataset1"}],
        "outputs": ["output1"],
        "parameters": {"seconds": "0", "fail": ""},
    }
    found = openapi(definition(service), "http://localhost")
    paths = {path: item for path, item in found["paths"].items() if path.startswith("/jobs")}
    return {**found, "paths": paths}


def require(document: dict[str, Any], schema: str, value: Any) -> None:
    jsonschema.validate(value, {**document, "$ref": f"#/components/schemas/{schema}"})


def test_a_job_is_answered_as_the_document_says(jobs: JobServer, storage: Storage, document: dict[str, Any]) -> None:
    body = {"Inputs": {"input1": storage.put("in.csv", "a\n1\n")}, "Outputs": {"output1": storage.ref("out.csv")}}
    require(document, "JobRequest", body)
    job = jobs.create(body).json()
    require(document, "JobStatus", jobs.status(job))
    assert jobs.start_job(job).status_code == 204
    status = jobs.wait(job)
    require(document, "JobStatus", status)
    assert status["StatusCode"] == "Finished"


def test_whatever_fits_the_document_is_answered_without_a_defect(jobs: JobServer, document: dict[str, Any]) -> None:
    seen: dict[str, set[int]] = {}

    def call_all(operation: Any) -> None:
        @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": jobs.client.headers["authorization"]}
            answer = case.call(base_url=f"{str(jobs.client.base_url).rstrip('/')}{BASE}", timeout=30)
            seen.setdefault(operation.label, set()).add(answer.status_code)
            assert answer.status_code in (400, 404)
            require(document, "Failure", answer.json())

        call()

    for operation in schemathesis.openapi.from_dict(document).get_all_operations():
        call_all(operation.ok())
    assert seen.keys() == {"POST /jobs", "POST /jobs/{job}/start", "GET /jobs/{job}", "DELETE /jobs/{job}"}
    assert "Traceback" not in jobs.log
