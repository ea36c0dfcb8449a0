"""What a script may reach, by the options, the settings and the accounts of its run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from blobprep.account import Account
from blobprep.sandbox.endpoints import Endpoint, Rules
from blobprep.workspace import Workspace
from blobprep.workspace.preparing import prepare

NOW = datetime(2024, 5, 30, 18, 7, tzinfo=UTC)
CONTOSO = Endpoint("contoso.blob.core.windows.net", 443)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "blobprep.toml").write_text("""
default_account = "contoso"

[accounts.contoso]
credential = "anonymous"

[accounts.emulated]
endpoint = "http://127.0.0.1:10000/emulated"
credential = "anonymous"

[accounts.plain]
protocol = "http"
credential = "anonymous"

[accounts.offline]
folder = "blobs"

[script]
allow = ["Example.org", "example.com:80"]
""")
    return Workspace(
        environment={"AZURE_ALLOW_HTTP": "true"},
        folder=tmp_path,
        accounts={"fabrikam": Account("fabrikam", endpoint="https://blobs.fabrikam.example/x")},
    )


def test_options_add_to_the_settings(workspace):
    rules = prepare(workspace, "prep.py", allow_hosts=["example.com", "[::1]:8080"], now=NOW).rules

    assert rules.listed == ("[::1]:8080", "example.com:80", "example.com:443", "example.org:443")
    assert not rules.allow_accounts


def test_the_accounts_of_a_run_are_those_of_everything_that_is_connected(workspace):
    request = prepare(
        workspace,
        "az://scripts/prep.py",
        "az://emulated@raw/a.csv",
        "az://offline@raw/b.csv",
        bundle="az://plain@modules/m.zip",
        output="az://fabrikam@out/x/",
        figures="figures/",
        allow_accounts=True,
        now=NOW,
    )

    assert request.rules.allow_accounts
    assert request.rules.accounts == {
        CONTOSO,
        Endpoint("127.0.0.1", 10000),
        Endpoint("plain.blob.core.windows.net", 80),
        Endpoint("blobs.fabrikam.example", 443),
    }
    assert (request.asked["allow_hosts"], request.asked["allow_accounts"]) == ([], True)


def test_accounts_are_known_but_not_allowed_unless_that_is_asked_for(workspace):
    rules = prepare(workspace, "prep.py", "az://raw/a.csv", now=NOW).rules

    assert rules.accounts == {CONTOSO}
    assert str(CONTOSO) not in rules.listed


def test_nothing_is_allowed_by_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert prepare(Workspace(environment={}, folder=tmp_path), "prep.py", now=NOW).rules == Rules()
