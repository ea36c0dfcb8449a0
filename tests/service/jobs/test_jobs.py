"""Jobs from end to end: a real server in a process of its own, real children, storage in Azurite."""

from __future__ import annotations

import json

import httpx

from tests.service.jobs.conftest import JobServer, Storage

DATA = "a\n1\n2\n"
DOUBLED = "a,b\n1,2\n2,4\n"


def test_a_job_puts_its_table_where_the_request_says(jobs: JobServer, storage: Storage) -> None:
    body = {
        "Inputs": {"input1": storage.put("in.csv", DATA)},
        "Outputs": {"output1": storage.ref("out/result.csv")},
        "GlobalParameters": {},
    }
    job = jobs.submit(body)
    status = jobs.wait(job)

    assert status["StatusCode"] == "Finished", (status, jobs.log)
    assert storage.read("out/result.csv") == DOUBLED
    print(json.dumps(status, indent=1), storage.names())
    result = status["Results"]["output1"]
    url = result["BaseLocation"] + result["RelativeLocation"] + result["SasBlobToken"]
    assert httpx.get(url).text == DOUBLED
