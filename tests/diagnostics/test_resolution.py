from __future__ import annotations

import pytest

from blobprep.diagnostics.examination import doctor
from blobprep.errors import InvalidOption
from blobprep.settings import Workspace
from blobprep.stores.memory import MemoryStore
from tests.diagnostics.conftest import found, marks

KEY = "A" * 86 + "=="
SAS = "sv=2024-01-01&sr=c&sp=rl&sig=c4n4ryAAAAA%3D"


def considered(diagnosis):
    return {each.text.rpartition(": ")[0]: each for each in diagnosis if each.topic == "credential"}


@pytest.fixture
def unreachable(monkeypatch):
    """Nothing is looked up, so that an examination ends before it leaves this machine."""
    monkeypatch.setattr("socket.getaddrinfo", _refuse)


def _refuse(*_, **__):
    raise OSError


@pytest.fixture
def examine(tmp_path, unreachable):
    def examine(reference, settings="", *, account=None, protocol=None, **environment):
        (tmp_path / "blobprep.toml").write_text(settings)
        return doctor(
            reference,
            workspace=Workspace(environment=environment, folder=tmp_path, account=account, protocol=protocol),
        )

    return examine


def test_a_text_that_is_no_reference_ends_it(examine):
    failure = examine("az://a/x").failure

    assert (failure.topic, failure.error) == ("reference", "InvalidReference")
    assert "az://container/blob" in failure.remedy


def test_a_reference_is_taken_apart(examine):
    text = found(examine(f"https://contoso.blob.core.windows.net/raw/a%20b.csv?{SAS}"), "reference").text

    assert text.endswith("account contoso, container raw, blob a b.csv; its SAS token is not shown")


def test_no_account_ends_it(examine):
    failure = examine("az://raw/x.csv").failure

    assert (failure.topic, failure.error) == ("account", "SettingError")
    assert "AZURE_STORAGE_ACCOUNT" in failure.remedy


def test_http_beyond_this_machine_is_a_matter_of_policy(examine):
    forbidden = examine("http://contoso.blob.core.windows.net/raw/x.csv").failure
    assert (forbidden.topic, forbidden.error) == ("protocol", "ProtocolForbidden")

    allowed = examine("az://contoso@raw/x.csv", protocol="http")
    assert found(allowed, "protocol").mark == "warn"
    assert "in the clear" in found(allowed, "protocol").cause


def test_every_credential_is_named_with_why_it_is_used_or_not(examine, tmp_path):
    settings = '[accounts.contoso]\nkey_env = "CONTOSO_KEY"\n'
    environment = {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_SAS_TOKEN": SAS, "AZURE_STORAGE_KEY": KEY}
    listed = considered(examine("az://raw/x.csv", settings, CONTOSO_KEY="B" + KEY[1:], **environment))

    assert {name: (each.mark, each.text.rpartition(": ")[2]) for name, each in listed.items()} == {
        "AZURE_STORAGE_SAS_TOKEN (service SAS)": ("ok", "it is the first credential found"),
        "a SAS token in the reference": ("skip", "the reference has none"),
        "AZURE_STORAGE_KEY (account key)": ("skip", "AZURE_STORAGE_SAS_TOKEN comes first"),
        f"{tmp_path}/blobprep.toml: [accounts.contoso] key_env (CONTOSO_KEY) (account key)": (
            "skip",
            "AZURE_STORAGE_SAS_TOKEN comes first",
        ),
        "[hadoop] in blobprep.toml, then the file that hadoop_conf names": (
            "skip",
            "has no credential for this account",
        ),
        "[storage] in ~/.azure/config": ("skip", "has no credential for this account"),
    }


def test_a_key_that_nobody_says_belongs_here_is_not_used(examine):
    listed = considered(examine("az://contoso@raw/x.csv", AZURE_STORAGE_KEY=KEY))

    assert "names contoso" in listed["AZURE_STORAGE_KEY (account key)"].text


def test_a_connection_string_of_another_account_is_not_used(examine):
    string = f"AccountName=other;AccountKey={KEY}"
    listed = considered(examine("az://contoso@raw/x.csv", AZURE_STORAGE_CONNECTION_STRING=string))

    assert "it belongs to account other" in listed["AZURE_STORAGE_CONNECTION_STRING (account key)"].text


def test_the_default_identity_is_the_last_resort(examine):
    listed = considered(examine("az://contoso@raw/x.csv"))

    assert listed["the default identity (token: default chain)"].mark == "ok"


def test_a_credential_is_not_sent_to_an_address_that_is_not_the_accounts(examine):
    environment = {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_KEY": KEY}
    listed = considered(examine("https://contoso.example.com/raw/x.csv", **environment))

    assert listed["AZURE_STORAGE_KEY (account key)"].mark == "skip"
    assert "not sent to this address" in listed["AZURE_STORAGE_KEY (account key)"].text
    assert listed["no credential (anonymous)"].mark == "ok"


def test_a_sas_token_in_the_reference_comes_first(examine):
    environment = {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_KEY": KEY}
    listed = considered(examine(f"https://contoso.blob.core.windows.net/raw/x.csv?{SAS}", **environment))

    assert listed["a SAS token in the reference (service SAS)"].mark == "ok"
    assert listed["AZURE_STORAGE_KEY (account key)"].mark == "skip"


def test_a_variable_that_a_file_names_and_nobody_sets_ends_it(examine):
    failure = examine("az://raw/x.csv", '[accounts.contoso]\nkey_env = "CONTOSO_KEY"\n').failure

    assert (failure.topic, failure.error) == ("account", "SettingError")
    assert "set CONTOSO_KEY" in failure.remedy


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"AZURE_STORAGE_KEY": KEY[:-1]}, "AZURE_STORAGE_KEY: the account key is not complete Base64"),
        ({"AZURE_STORAGE_KEY": f"?{SAS}"}, "AZURE_STORAGE_KEY: it holds a SAS token"),
        ({"AZURE_STORAGE_SAS_TOKEN": SAS[:-1]}, "AZURE_STORAGE_SAS_TOKEN: the signature of the SAS token"),
        (
            {"AZURE_STORAGE_SAS_TOKEN": SAS.partition("&sig")[0]},
            "AZURE_STORAGE_SAS_TOKEN: the SAS token has no signature",
        ),
        ({"AZURE_STORAGE_TOKEN": "<token>"}, "AZURE_STORAGE_TOKEN: it holds a placeholder"),
        (
            {"AZURE_STORAGE_CONNECTION_STRING": f"AccountName=contoso;AccountKey={KEY[:-1]}"},
            "AZURE_STORAGE_CONNECTION_STRING: the account key is not complete Base64",
        ),
    ],
)
def test_a_credential_that_cannot_be_one_is_crossed_and_ends_it(examine, environment, words):
    diagnosis = examine("az://raw/x.csv", AZURE_STORAGE_ACCOUNT="contoso", **environment)

    assert diagnosis.failure is not None
    assert (diagnosis.failure.topic, diagnosis.failure.error) == ("credential", "SettingError")
    assert diagnosis.failure.text.startswith(words)
    assert {mark for topic, mark in marks(diagnosis).items() if topic in ("name", "service", "authentication")} == {
        "skip"
    }
    assert "c4n4ry" not in repr(diagnosis)
    assert "AAAAAAAA" not in repr(diagnosis)


def test_a_connection_string_that_cannot_be_read_is_crossed_whatever_is_examined(examine):
    string = {"AZURE_STORAGE_CONNECTION_STRING": f"AccountName=contoso;AccountKey:{KEY}"}

    for reference, topic in (("az://raw/x.csv", "account"), ("az://contoso@raw/x.csv", "account"), (None, "settings")):
        diagnosis = examine(reference, **string)
        assert diagnosis.failure is not None
        assert (diagnosis.failure.topic, diagnosis.failure.error) == (topic, "SettingError")
        assert (
            "AZURE_STORAGE_CONNECTION_STRING: the connection string has a field that does not exist"
            in diagnosis.failure.text
        )
        assert "AAAAAAAA" not in repr(diagnosis)


def test_a_container_behind_an_endpoint_is_no_part_of_the_account(examine):
    string = f"BlobEndpoint=https://127.0.0.1:9/devstoreaccount1/drop;SharedAccessSignature={SAS}"
    diagnosis = examine("az://drop/x.csv", AZURE_STORAGE_CONNECTION_STRING=string)

    assert found(diagnosis, "account").text.startswith("devstoreaccount1 at https://127.0.0.1:9/devstoreaccount1 ")


def test_a_name_that_is_not_known_ends_it_and_names_what_was_not_looked_at(examine):
    diagnosis = examine("az://contoso@raw/x.csv")

    assert diagnosis.failure.topic == "name"
    assert [topic for topic, mark in reversed(marks(diagnosis).items()) if mark == "skip"][-7:] == [
        *("service", "clock", "authentication", "list", "read", "write", "delete"),
    ]


def test_an_open_store_that_the_caller_passed_is_tried_out():
    store = MemoryStore("mine")
    store.create_container("raw")
    diagnosis = doctor("az://raw/", workspace=Workspace(stores={"mine": store}, environment={}, account="mine"))

    assert diagnosis.worst == "ok"
    assert "an open store" in found(diagnosis, "account").text
    assert [each.blob for each in store.list("raw")] == []


@pytest.mark.parametrize("configured", [True, False])
def test_without_an_account_the_machine_is_examined_all_the_same(tmp_path, configured):
    if configured:
        (tmp_path / "blobprep.toml").write_text('[script]\nisolation = "process"\n')

    diagnosis = doctor(workspace=Workspace(environment={}, folder=tmp_path))

    account = found(diagnosis, "account")
    assert diagnosis.failure == account
    assert (account.text, account.error) == ("no account is configured", "SettingError")
    assert "az://ACCOUNT@CONTAINER/" in account.remedy
    assert ("blobprep.toml" if configured else "no blobprep.toml") in found(diagnosis, "settings").text
    assert found(diagnosis, "isolation").mark != "skip"


def test_an_action_that_is_none_is_refused(tmp_path):
    with pytest.raises(InvalidOption, match="unknown action 'fly'"):
        doctor("az://raw/", need=("fly",), workspace=Workspace(environment={}, folder=tmp_path))
