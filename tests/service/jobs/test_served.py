"""Batch execution behind `blobprep serve` itself: keys, settings, the command, and `blobprep jobs` beside it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.service.jobs.conftest import SCRIPTS, Storage

COMMAND = [str(Path(sys.executable).with_name("blobprep"))]


def told(folder: Path, *arguments: str) -> str:
    done = subprocess.run([*COMMAND, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def test_a_served_script_runs_jobs(azurite: str, storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "blobprep.toml").write_text(
        f'[services.double]\nscript = "{SCRIPTS / "double.py"}"\nhosts = ["{urlsplit(azurite).netloc}"]\n'
        '[services.double.parameters]\nseconds = "0"\nfail = ""\n[server]\njobs = 1\nport = 0\n'
    )
    key = told(tmp_path, "serve", "--new-key").strip()
    body = {"Inputs": {"input1": storage.put("in.csv", "a\n1\n")}, "Outputs": {"output1": storage.ref("out.csv")}}
    server = subprocess.Popen(
        [*COMMAND, "serve", "--access-log"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        url = server.stdout.readline().split()[1]
        with httpx.Client(headers={"Authorization": f"Bearer {key}"}, params={"api-version": "2.0"}) as client:
            assert httpx.post(f"{url}/jobs?api-version=2.0", json=body).status_code == 401
            job = client.post(f"{url}/jobs", json=body).json()
            assert [row["state"] for row in json.loads(told(tmp_path, "jobs", "--json"))] == ["NotStarted"]
            assert client.post(f"{url}/jobs/{job}/start").status_code == 204
            deadline = time.monotonic() + 60
            while (status := client.get(f"{url}/jobs/{job}").json())["StatusCode"] != "Finished":
                assert time.monotonic() < deadline, status
                time.sleep(0.1)
            metrics = httpx.get(f"{url.partition('/workspaces')[0]}/metrics").text
            assert "blobprep_jobs_queued 0.0" in metrics
            assert "blobprep_jobs_running 0.0" in metrics
            missing = client.get(f"{url}/jobs/{'0' * 32}")
            assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NotFound")
    finally:
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=60)
    assert server.returncode == 0, log
    assert storage.read("out.csv") == "a,b\n1,2\n"
    (row,) = json.loads(told(tmp_path, "jobs", "--service", "double", "--json"))
    assert (row["id"], row["state"]) == (job, "Finished")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"create job", "start job", "job status"} <= {line["operation"] for line in lines}
    assert key not in log
    assert job not in log
    assert storage.container not in log
