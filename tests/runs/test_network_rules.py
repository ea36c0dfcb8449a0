"""What a script may reach, by the options, the settings and the accounts of its run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from blobprep.account import Account
from blobprep.errors import InvalidOption
from blobprep.sandbox.network.rules import Endpoint, Rules
from blobprep.settings import Workspace
from tests.settings.asking import prepare

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


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("127.0.0.1:10010", "127.0.0.1:10010"),
        ("localhost", "localhost:10000"),
        ("::1", "[::1]:10000"),
        ("http://127.0.0.1:10000/devstoreaccount1", "127.0.0.1:10000"),
    ],
)
def test_an_emulator_is_named_by_its_host_and_may_be_reached(workspace, text: str, endpoint: str) -> None:
    request = prepare(workspace, "prep.py", emulator=text, now=NOW)

    assert endpoint in request.rules.listed
    assert request.asked["emulator"] == endpoint


@pytest.mark.parametrize("text", ["https://127.0.0.1:10000", "169.254.169.254:80", "a b", "http://"])
def test_what_cannot_be_an_emulator_is_refused(workspace, text: str) -> None:
    with pytest.raises(InvalidOption):
        prepare(workspace, "prep.py", emulator=text, now=NOW)


def test_without_an_emulator_none_stands_in(workspace) -> None:
    assert prepare(workspace, "prep.py", now=NOW).options.emulator is None
