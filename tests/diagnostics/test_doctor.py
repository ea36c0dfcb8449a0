"""`blobprep doctor`: marks, exit codes, JSON, and never a secret."""

from __future__ import annotations

import json

import pytest

from blobprep.cli import main
from blobprep.diagnostics import Diagnosis, Examination, StepFinding
from blobprep.diagnostics.examination import doctor
from blobprep.settings import Workspace
from tests import emulator
from tests.server import Behaviour
from tests.server.credentials import container_sas


@pytest.fixture
def configured(patient, monkeypatch):
    """The environment, and a working folder, that lead to the stand-in account."""
    monkeypatch.chdir(patient.folder)
    for name in ("ACCOUNT", "ACCOUNT_NAME", "KEY", "SAS_TOKEN", "CONNECTION_STRING"):
        monkeypatch.delenv(f"AZURE_STORAGE_{name}", raising=False)
    endpoint = f'endpoint = "{patient.server.endpoint("https")}"'
    (patient.folder / "blobprep.toml").write_text(f'[accounts.contoso]\n{endpoint}\nkey_env = "CONTOSO_KEY"\n')
    monkeypatch.setenv("CONTOSO_KEY", patient.server.key)
    return patient


def test_a_healthy_account_ends_with_0_and_a_mark_before_every_line(configured, capsys):
    assert main(["doctor", "az://raw/iris.csv"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert {line[0] for line in lines} == {"✓", "–"}
    assert lines[-1] == "✓ delete          may delete here"


def test_quiet_prints_only_what_failed_or_may_surprise(configured, capsys):
    assert main(["doctor", "az://raw/none.csv", "--quiet"]) == 3

    first, cause, remedy = capsys.readouterr().out.splitlines()
    assert first.startswith("✗ blob ")
    assert cause.strip().startswith("cause:  ")
    assert remedy.strip().startswith("remedy: ")


def test_json_is_one_document_with_the_exit_code(configured, capsys):
    assert main(["doctor", "az://none/x.csv", "--json"]) == 3

    printed = json.loads(capsys.readouterr().out)
    assert (printed["worst"], printed["exit"]) == ("fail", 3)
    (examined,) = printed["examinations"]
    assert examined["subject"] == "az://none/x.csv"
    assert examined["findings"][0] == {
        "mark": "ok",
        "topic": "reference",
        "text": "az://none/x.csv: account left to the settings, container none, blob x.csv",
        "cause": "",
        "remedy": "",
        "error": "",
    }


def test_several_accounts_are_told_apart(configured, capsys):
    with (configured.folder / "blobprep.toml").open("a") as file:
        file.write('[accounts.dev]\nfolder = "."\n')

    assert main(["doctor"]) == 0
    headings = [line for line in capsys.readouterr().out.splitlines() if line.startswith("account ")]
    assert headings == ["account contoso", "account dev"]


@pytest.mark.parametrize(
    ("arguments", "behaviour", "code"),
    [
        (["az://a/x"], Behaviour(), 2),
        (["az://raw/iris.csv", "--protocol", "http"], Behaviour(requires_https=True), 4),
        (["az://raw/iris.csv"], Behaviour(certificate="untrusted"), 4),
        (["az://raw/iris.csv"], Behaviour(shared_key_disabled=True), 4),
        (["az://none/iris.csv"], Behaviour(), 3),
        (["az://raw/iris.csv"], Behaviour(throttling=1), 75),
        (["az://raw/iris.csv", "--need", "fly"], Behaviour(), 2),
    ],
)
def test_the_first_failure_decides_the_exit_code(configured, capsys, arguments, behaviour, code):
    with configured.server.behave(behaviour):
        assert main(["doctor", *arguments]) == code


def test_what_is_needed_can_be_named(configured, monkeypatch, capsys):
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "contoso")
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", container_sas(configured.server, "raw", "rl").secret)

    assert main(["doctor", "az://raw/iris.csv"]) == 4
    assert main(["doctor", "az://raw/iris.csv", "--need", "list, read"]) == 0
    assert "! write " in capsys.readouterr().out


def test_a_name_cannot_move_the_cursor(configured, capsys):
    main(["doctor", "az://raw/x%1B%0A.csv"])

    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(),
        Behaviour(shared_key_disabled=True),
        Behaviour(firewall=True),
        Behaviour(certificate="untrusted"),
        Behaviour(throttling=2),
    ],
)
@pytest.mark.parametrize("given", ["key", "wrong key", "reference", "environment", "connection string"])
def test_no_secret_is_told(patient, behaviour, given):
    server, endpoint = patient.server, patient.server.endpoint("https")
    wrong = "c4n4ry" + "A" * 80 + "=="
    token = container_sas(server, "raw", "l").secret
    string = f"AccountName=contoso;AccountKey={server.key};BlobEndpoint={endpoint}"
    reference, variables = {
        "key": (f"{endpoint}/raw/x", {"AZURE_STORAGE_KEY": server.key}),
        "wrong key": (f"{endpoint}/raw/x", {"AZURE_STORAGE_KEY": wrong}),
        "reference": (f"{endpoint}/raw/x?{token}", {"AZURE_STORAGE_KEY": wrong}),
        "environment": (f"{endpoint}/raw/x", {"AZURE_STORAGE_SAS_TOKEN": token}),
        "connection string": ("az://raw/x", {"AZURE_STORAGE_CONNECTION_STRING": string}),
    }[given]
    environment = {**patient.variables, "AZURE_STORAGE_ACCOUNT": "contoso", **variables}
    with server.behave(behaviour):
        diagnosis = doctor(reference, workspace=Workspace(environment=environment, folder=patient.folder))

    told = f"{diagnosis!r} {json.dumps(diagnosis.as_json())}"
    signature = token.partition("sig=")[2].partition("&")[0]
    assert not [secret for secret in (server.key, wrong, "c4n4ry", signature, emulator.KEY) if secret in told]


def test_the_worst_mark_and_the_first_failure_sum_it_up():
    findings = [
        StepFinding("skip", "a", ""),
        StepFinding("fail", "b", "first"),
        StepFinding("fail", "c", ""),
        StepFinding("ok", "d", ""),
    ]
    diagnosis = Diagnosis((Examination("x", tuple(findings[:1])), Examination("y", tuple(findings[1:]))))

    assert diagnosis.worst == "fail"
    assert diagnosis.failure is not None
    assert diagnosis.failure.text == "first"
    assert Diagnosis(()).failure is None
