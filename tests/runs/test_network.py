"""Runs whose script uses the network: what they leave in log and manifest."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

import blobprep
from blobprep.cli import main
from blobprep.manifest import AttemptRecord, Manifest, NetworkRecord
from blobprep.settings import Workspace
from tests.server import Server

pytestmark = pytest.mark.usefixtures("forked")

SCRIPT = """
import urllib.request
import pandas as pd

def azureml_main(frame):
    print(urllib.request.urlopen(blobprep_parameters["url"]).status)
    return frame
"""
SCHEMA = json.loads((files("blobprep") / "manifest.schema.json").read_text())


@pytest.fixture
def here(tmp_path, monkeypatch, server: Server):
    """A folder with a script, and settings for an account with a dataset."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTOSO_KEY", server.key)
    (tmp_path / "prep.py").write_text(SCRIPT)
    (tmp_path / "blobprep.toml").write_text(
        f'[accounts.contoso]\nendpoint = "{server.endpoint()}"\nkey_env = "CONTOSO_KEY"\n'
    )
    server.store.create_container("raw")
    server.store.write("raw", "a.csv", b"a,b\n1,2\n", content_type="text/csv")
    return tmp_path


def test_a_script_reaches_the_account_of_its_run_and_the_manifest_says_so(here, server: Server) -> None:
    run = blobprep.run(
        "prep.py",
        "az://raw/a.csv",
        parameters={"url": _signed(server)},
        output="out/",
        allow_accounts=True,
        workspace=Workspace(),
    )

    endpoint = f"127.0.0.1:{server.port}"
    assert run.status == "succeeded", run.log
    (attempt,) = run.manifest.network.attempts
    assert run.manifest.network.allowed == (endpoint,)
    assert (attempt.endpoint, attempt.outcome, attempt.count) == (endpoint, "reached", 1)
    assert attempt.sent > 0
    assert attempt.received > 0
    data = (here / "out" / "manifest.json").read_bytes()
    jsonschema.validate(json.loads(data), SCHEMA)
    assert Manifest.decode(data).network == run.manifest.network


def test_a_run_that_failed_for_want_of_the_network_ends_with_the_option(here, capfd) -> None:
    code = main(["run", "prep.py", "az://raw/a.csv", "--param", "url=http://example.com/", "--output", "out/"])

    remedy = "a script may not reach example.com:80; allow it with --allow-host example.com:80"
    manifest = Manifest.decode((here / "out" / "manifest.json").read_bytes())
    log = (here / "out" / "log.txt").read_text().splitlines()
    assert code == 1
    assert manifest.network == NetworkRecord((), (AttemptRecord("example.com:80", "refused", remedy, 1, 0, 0),))
    assert f"blobprep | network: {remedy}" in log
    assert log[-1] == f"note | {remedy}"
    assert "--allow-host example.com:80" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("host", "said"),
    [("*.example.com", "wildcard"), ("169.254.169.254", "may never reach"), ("a b", "HOST:PORT"), ("a:0", "port")],
)
def test_a_host_that_cannot_be_allowed_is_a_wrong_command_line(here, capfd, host: str, said: str) -> None:
    assert main(["run", "prep.py", "--allow-host", host]) == 2
    assert said in capfd.readouterr().err


def test_a_setting_that_cannot_be_allowed_is_a_wrong_setting(here, capfd) -> None:
    with (here / "blobprep.toml").open("a") as file:
        file.write('[script]\nallow = ["169.254.169.254:80"]\n')

    assert main(["run", "prep.py"]) == 2
    assert "script.allow: a script may never reach 169.254.169.254" in capfd.readouterr().err


def _signed(server: Server) -> str:
    from tests.server.credentials import account_sas

    return f"{server.endpoint()}/raw/a.csv?{account_sas(server, 'r').secret}"
