from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest

from blobprep.account import EMULATOR_KEY, Account, Credential, Network
from blobprep.errors import (
    InvalidOption,
    InvalidReference,
    ProtocolForbidden,
    SettingError,
)
from blobprep.inputs.sources import GivenFolder, GivenTable
from blobprep.sandbox.isolation import DEFAULT_LEVEL
from blobprep.settings import Workspace
from blobprep.stores.folder.store import FolderStore
from blobprep.stores.location import BlobLocation
from blobprep.stores.memory import MemoryStore

URL = "https://contoso.blob.core.windows.net/raw/x.csv"
KEY = "c4n4ry" + "A" * 80 + "=="
SAS = "sv=2024-11-04&sig=c4n4ryAAAAA%3D"


@pytest.fixture
def opened(monkeypatch):
    """The accounts that were opened, instead of opening them: no SDK, no socket."""
    accounts: list[Account] = []

    def record(account):
        accounts.append(account)
        return MemoryStore(account.name)

    monkeypatch.setattr("blobprep.stores.open.open_store", record)
    return accounts


def workspace(tmp_path, text="", environment=None, **options):
    path = tmp_path / "blobprep.toml"
    path.write_text(text)
    return Workspace(config=path, environment=environment or {}, **options)


TWO = "[accounts.first]\n[accounts.second]\n"


@pytest.mark.parametrize(
    ("text", "environment", "argument", "reference", "account"),
    [
        # What the reference itself says comes first, then later wins: argument, environment, file.
        (TWO, {"AZURE_STORAGE_ACCOUNT": "third"}, "fourth", "az://fifth@raw/x", "fifth"),
        (TWO, {"AZURE_STORAGE_ACCOUNT": "third"}, "fourth", "az://raw/x", "fourth"),
        ('default_account = "first"', {"AZURE_STORAGE_ACCOUNT": "third"}, None, "az://raw/x", "third"),
        ('default_account = "first"', {"AZURE_STORAGE_ACCOUNT_NAME": "third"}, None, "az://raw/x", "third"),
        (
            'default_account = "first"',
            {"AZURE_STORAGE_CONNECTION_STRING": "AccountName=third;AccountKey=" + KEY},
            None,
            "az://raw/x",
            "third",
        ),
        (
            "",
            {
                "AZURE_STORAGE_ACCOUNT": "fourth",
                "AZURE_STORAGE_CONNECTION_STRING": "AccountName=third;AccountKey=" + KEY,
            },
            None,
            "az://raw/x",
            "fourth",
        ),
        ('default_account = "second"\n' + TWO, {"AZURE_STORAGE_ACCOUNT": " "}, " ", "az://raw/x", "second"),
        ("[accounts.only]", {}, None, "az://raw/x", "only"),
    ],
)
def test_the_account_follows_from_reference_argument_environment_and_file(
    tmp_path, opened, text, environment, argument, reference, account
):
    located = workspace(tmp_path, text, environment, account=argument).locate(reference)

    assert located.store.account == account
    assert [each.name for each in opened] == [account]


@pytest.mark.parametrize(("text", "state"), [("", "no account is configured"), (TWO, "first, second")])
def test_without_an_account_the_message_says_how_to_name_one(tmp_path, text, state):
    with pytest.raises(SettingError, match=state) as caught:
        workspace(tmp_path, text).locate("az://raw/x")

    assert "--account NAME, AZURE_STORAGE_ACCOUNT, or default_account" in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "credential"),
    [
        ("az://raw/x", Credential("key", KEY)),
        (URL, Credential("key", KEY)),
        (f"{URL}?{SAS}", Credential("sas", SAS)),
        ("https://other.blob.core.windows.net/raw/x", Credential("token")),
        ("https://contoso.evil.example/raw/x", Credential("anonymous")),
        ("http://127.0.0.1:7/devstoreaccount1/raw/x", Credential("key", EMULATOR_KEY)),
    ],
)
def test_a_credential_of_the_environment_goes_to_its_own_account_only(tmp_path, opened, reference, credential):
    known = workspace(tmp_path, "", {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_KEY": KEY})

    known.locate(reference)

    assert opened[0].credential == credential


def test_a_credential_that_is_not_sent_elsewhere_is_pointed_out(tmp_path, opened):
    known = workspace(tmp_path, "", {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_SAS_TOKEN": "sig=s"})

    known.locate("https://contoso.evil.example/raw/x")
    known.locate("https://contoso.evil.example/raw/y")

    assert known.warnings == [
        "contoso.evil.example does not belong to account contoso: its credential is not sent there"
    ]


def test_a_key_without_an_account_of_its_own_is_not_given_to_one_that_a_file_names(tmp_path, opened):
    known = workspace(tmp_path, 'default_account = "contoso"', {"AZURE_STORAGE_KEY": KEY})

    known.locate("az://raw/x")

    assert opened[0].credential == Credential("token")
    assert "AZURE_STORAGE_KEY is not used" in known.warnings[0]


def test_a_key_without_an_account_of_its_own_opens_the_one_of_the_argument(tmp_path, opened):
    workspace(tmp_path, "", {"AZURE_STORAGE_KEY": KEY}, account="contoso").locate("az://raw/x")

    assert opened == [Account("contoso", credential=Credential("key", KEY))]


def test_the_environment_wins_over_the_file_and_keeps_its_address(tmp_path, opened):
    text = '[accounts.contoso]\nendpoint = "https://data.example"\nkey_env = "NOT_SET"'
    environment = {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_KEY": KEY}

    workspace(tmp_path, text, environment).locate("az://raw/x")

    assert (opened[0].url, opened[0].credential.secret) == ("https://data.example", KEY)


@pytest.mark.parametrize(
    ("text", "protocol", "reference", "used", "warned"),
    [
        ("", None, URL, "https", False),
        ("", "http", URL, "http", True),
        ("", "HTTP", "az://contoso@raw/x", "http", True),
        ("", " ", URL, "https", False),
        ('[accounts.contoso]\nprotocol = "http"', None, "az://raw/x", "http", True),
        ('[accounts.contoso]\nprotocol = "http"', "https", "az://raw/x", "https", False),
        ('[accounts.contoso]\nprotocol = "http"', None, URL, "https", False),
        ('[accounts.contoso]\nprotocol = "http"', None, URL.replace("https", "http"), "http", True),
        ('[accounts.contoso]\nendpoint = "http://data.example"', None, "az://raw/x", "refused", False),
        ('[accounts.contoso]\ncredential = "default"', "http", "az://raw/x", "refused", False),
        (
            '[accounts.contoso]\nendpoint = "http://127.0.0.1:7/x"\ncredential = "cli"',
            None,
            "az://raw/x",
            "refused",
            False,
        ),
        ('allow_http = "always"', None, URL.replace("https", "http"), "http", True),
        ("", None, "http://127.0.0.1:7/dev1/raw/x", "http", False),
        ("", "https", "http://127.0.0.1:7/dev1/raw/x", "https", False),
        ("", None, URL.replace("https", "http"), "refused", False),
        ('allow_http = "never"', "http", URL, "refused", False),
        ('allow_http = "never"', None, "http://127.0.0.1:7/dev1/raw/x", "refused", False),
    ],
)
def test_the_protocol_follows_from_argument_reference_and_account(
    tmp_path, opened, text, protocol, reference, used, warned
):
    known = workspace(tmp_path, text, protocol=protocol)

    if used == "refused":
        with pytest.raises(ProtocolForbidden):
            known.locate(reference)
        return
    known.locate(reference)

    assert opened[0].url.partition(":")[0] == used
    assert ["in the clear" in line for line in known.warnings] == [True] * warned


def test_http_of_a_connection_string_is_a_request_that_the_policy_grants_or_not(tmp_path, opened):
    string = {"AZURE_STORAGE_CONNECTION_STRING": f"DefaultEndpointsProtocol=http;AccountName=contoso;AccountKey={KEY}"}

    with pytest.raises(ProtocolForbidden, match="emulator only"):
        workspace(tmp_path, "", string).locate("az://raw/x")
    workspace(tmp_path, "", string, protocol="http").locate("az://raw/x")
    workspace(tmp_path, "", {**string, "AZURE_ALLOW_HTTP": "true"}).locate("az://raw/x")
    with pytest.raises(ProtocolForbidden, match="never"):
        workspace(tmp_path, 'allow_http = "never"', {**string, "ALLOW_HTTP": "1"}).locate("az://raw/x")

    assert [each.protocol for each in opened] == ["http", "http"]


def test_a_sas_token_in_the_reference_opens_it_over_http_where_the_identity_would_not_go(tmp_path, opened):
    known = workspace(tmp_path, '[accounts.contoso]\ncredential = "default"', protocol="http")

    known.locate(f"{URL}?{SAS}")

    assert opened[0].credential == Credential("sas", SAS)
    assert "SAS token travel in the clear" in known.warnings[0]


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        (URL, "token"),
        ("https://contoso.evil.example/raw/x", "anonymous"),
        ("https://127.0.0.1:7/contoso/raw/x", "anonymous"),
        ("http://127.0.0.1:7/contoso/raw/x", "anonymous"),
    ],
)
def test_the_identity_at_hand_opens_accounts_in_the_cloud_over_https_and_nothing_else(
    tmp_path, opened, reference, kind
):
    workspace(tmp_path).locate(reference)

    assert opened[0].credential.kind == kind


def test_a_token_is_not_sent_to_an_address_that_a_reference_spells_out(tmp_path, opened):
    known = workspace(tmp_path, '[accounts.contoso]\ncredential = "default"')

    known.locate("https://contoso.evil.example/raw/x")

    assert opened[0].credential.kind == "anonymous"
    assert "does not belong to account contoso" in known.warnings[0]


def test_the_azure_clis_file_is_the_last_to_name_an_account(tmp_path, opened):
    folder = tmp_path / "cli"
    folder.mkdir()
    (folder / "config").write_text(f"[storage]\naccount = contoso\nkey = {KEY}\n")
    environment = {"AZURE_CONFIG_DIR": str(folder)}

    workspace(tmp_path, "", environment).locate("az://raw/x")
    workspace(tmp_path, 'default_account = "other"', environment).locate("az://raw/x")
    listed = {each.name: each for each in workspace(tmp_path, "", environment).settings()}

    assert [each.name for each in opened] == ["contoso", "other"]
    assert opened[0].credential == Credential("key", KEY)
    assert (listed["key"].value, listed["key"].source) == ("********", str(folder / "config"))
    assert listed["accounts.contoso.opened_with"].value == "account key"
    assert "c4n4ry" not in repr(listed)


def test_settings_say_what_opens_each_account_and_what_says_so(tmp_path):
    text = (
        '[accounts.contoso]\nkey_env = "K"\n[accounts.dev]\nfolder = "b"\n[accounts.other]\n[accounts.x]\nsas_env = "S"'
    )
    listed = {each.name: each for each in workspace(tmp_path, text, {"K": KEY}).settings()}

    shown = {name: listed[f"accounts.{name}.opened_with"] for name in ("contoso", "dev", "other", "x")}

    assert shown["contoso"].value == "account key"
    assert shown["contoso"].source.endswith("[accounts.contoso] key_env (K)")
    assert shown["dev"].value == "a folder"
    assert (shown["other"].value, shown["other"].source) == ("token: default chain", "default")
    assert shown["x"].value == "cannot be opened"
    assert "S, which is not set" in shown["x"].source


def test_the_way_to_an_account_is_set_for_all(tmp_path, opened):
    (tmp_path / "ca.pem").write_text("")
    text = '[network]\nproxy = "http://proxy.example:8080"\nca_bundle = "ca.pem"\nretries = 1\nread_timeout = 5\n'

    workspace(tmp_path, text).locate(URL)

    assert opened[0].network == Network("http://proxy.example:8080", str(tmp_path / "ca.pem"), 20.0, 5.0, 1)


def test_another_word_is_no_protocol(tmp_path):
    with pytest.raises(InvalidOption, match="http or https"):
        workspace(tmp_path, protocol="ftp")


def test_an_account_is_opened_once_whatever_it_is_called(tmp_path, opened):
    known = workspace(tmp_path, "[accounts.contoso]")

    assert known.locate("az://raw/x").store is known.locate(URL).store
    assert known.store() is known.store("contoso")
    assert len(opened) == 1


def test_a_folder_stands_in_for_an_account_under_the_same_references(tmp_path):
    known = workspace(
        tmp_path,
        'allow_http = "never"\n[accounts.contoso]\nfolder = "blobs"',
        {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_KEY": KEY},
        protocol="http",
    )

    for reference in ("az://raw/x.csv", URL):
        located = known.locate(reference)
        assert isinstance(located.store, FolderStore)
        assert (located.container, located.blob, located.printed) == ("raw", "x.csv", reference)


def test_stores_and_accounts_that_are_passed_come_before_all_settings(tmp_path, opened):
    store = MemoryStore("contoso")
    account = Account("other", credential=Credential("key", KEY))
    known = Workspace(environment={}, folder=tmp_path, stores={"contoso": store}, accounts={"other": account})

    assert known.locate(URL).store is store
    known.locate("az://other@raw/x")
    assert opened == [account]


def test_no_sas_token_stays_in_what_is_printed(tmp_path, opened):
    located = workspace(tmp_path).locate(f"{URL}?snapshot=2024&{SAS}")

    assert located.printed == f"{URL}?snapshot=2024"
    assert located.snapshot == "2024"
    assert "c4n4ry" not in repr(located) + repr(workspace(tmp_path, "", {"AZURE_STORAGE_KEY": "c4n4ry"}))


def test_names_of_the_settings_stand_for_their_blobs(tmp_path):
    text = (
        '[accounts.dev]\nfolder = "blobs"\n[datasets.pima]\nblob = "az://data/pima.csv"\n'
        'read = { header = true, format = "tsv", encoding = "latin-1" }\n'
        '[datasets.near]\nblob = "data/near.csv"\n[modules.pima]\nblob = "az://modules/pima.zip"'
    )
    known = workspace(tmp_path, text)

    dataset = known.dataset("pima", {"encoding": "utf-8"})
    near = known.locate("near")

    assert dataset is not None
    assert isinstance(dataset.source, BlobLocation)
    assert dataset.source.printed == "az://data/pima.csv"
    assert (dataset.format, dataset.options) == ("tsv", {"header": "true", "encoding": "utf-8"})
    assert near.printed == str(tmp_path / "data/near.csv")
    assert known.bundle("pima").printed == "az://modules/pima.zip"
    assert known.locate("pima", names=()).container == ""


def test_tables_and_frames_are_connected_as_they_are_and_nothing_else(tmp_path):
    table = pa.table({"a": [1]})
    known = workspace(tmp_path)

    for given in (table, table.to_pandas()):
        dataset = known.dataset(given)
        assert dataset is not None
        assert isinstance(dataset.source, GivenTable)
        assert dataset.source.table is given
    assert known.dataset(None) is None
    with pytest.raises(InvalidOption, match="int"):
        known.dataset(3)


def test_a_prefix_is_no_dataset_and_no_module_zip(tmp_path):
    known = Workspace(environment={}, folder=tmp_path, stores={"contoso": MemoryStore("contoso")})

    for reference in ("az://raw/", "az://raw", f"{tmp_path}/"):
        with pytest.raises(InvalidReference, match="must be a single blob"):
            known.dataset(reference)
    with pytest.raises(InvalidReference, match="must be a single blob"):
        known.bundle("az://raw/")


def test_a_folder_is_a_bundle_to_be_packed(tmp_path):
    known = workspace(tmp_path)

    assert known.bundle(str(tmp_path)) == GivenFolder(tmp_path)
    assert known.bundle(tmp_path / "x.zip").blob == "x.zip"
    assert known.bundle(None) is None


def test_a_prefix_is_given_its_slash_and_has_no_version(tmp_path):
    known = Workspace(environment={}, folder=tmp_path, stores={"contoso": MemoryStore("contoso")})

    assert known.locate("az://raw/out", prefix=True).printed == "az://raw/out/"
    assert known.locate("az://raw", prefix=True).blob == ""
    with pytest.raises(InvalidReference, match="version"):
        known.locate("az://raw/out?versionId=1", prefix=True)


def test_an_empty_text_names_nothing(tmp_path):
    with pytest.raises(InvalidReference):
        workspace(tmp_path).locate("")


@pytest.mark.parametrize(
    ("text", "prefix", "blob"),
    [
        ("x.csv", False, "x.csv"),
        ("./x.csv", False, "x.csv"),
        ("there/x.csv", False, "x.csv"),
        ("missing/x.csv", False, "missing/x.csv"),
        ("there", False, ""),
        ("there/", False, ""),
        ("new/", False, "new/"),
        ("new", True, "new/"),
        ("there/new/deep", True, "new/deep/"),
        (".", True, ""),
    ],
)
def test_a_path_is_located_from_the_nearest_folder_that_exists(tmp_path, monkeypatch, text, prefix, blob):
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)

    located = Workspace(environment={}).locate(text, prefix=prefix)

    assert (located.container, located.blob) == ("", blob)
    assert located.printed == (f"{text.rstrip('/')}/" if not blob or blob.endswith("/") else text)


def test_a_path_object_is_a_path_whatever_it_looks_like(tmp_path):
    assert Workspace(environment={}, folder=tmp_path).locate(Path(tmp_path, "x")).blob == "x"


def test_the_process_environment_is_the_default_and_only_read_at_the_start(monkeypatch, tmp_path):
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "contoso")
    known = Workspace(folder=tmp_path)
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT")

    assert known.settings()[0].value == "contoso"
    assert "AZURE_STORAGE_ACCOUNT" not in os.environ


def test_every_setting_remembers_its_source_and_no_secret_is_listed(tmp_path):
    text = 'allow_http = "never"\n[accounts.contoso]\nkey_env = "CONTOSO_KEY"\n[accounts.other]\nsas_env = "OTHER"'
    environment = {"AZURE_STORAGE_ACCOUNT": "third", "AZURE_STORAGE_KEY": "c4n4ry", "CONTOSO_KEY": "c4n4ry"}
    listed = workspace(tmp_path, text, environment, protocol="http").settings()

    found = {each.name: (each.value, each.source) for each in listed}

    file = str(tmp_path / "blobprep.toml")
    assert found["default_account"] == ("third", "AZURE_STORAGE_ACCOUNT")
    assert found["protocol"] == ("http", "--protocol")
    assert found["allow_http"] == ("never", file)
    assert found["script.isolation"] == (DEFAULT_LEVEL, "default")
    assert found["key"] == ("********", "AZURE_STORAGE_KEY")
    assert found["accounts.contoso.key_env"] == ("CONTOSO_KEY", file)
    assert found["accounts.contoso.key"] == ("********", "CONTOSO_KEY")
    assert found["accounts.other.sas"] == (None, "OTHER")
    assert "c4n4ry" not in repr(listed)


def test_an_argument_is_listed_before_environment_and_file(tmp_path):
    known = workspace(tmp_path, 'default_account = "a"', {"AZURE_STORAGE_ACCOUNT": "b"}, account="c")

    assert (known.settings()[0].value, known.settings()[0].source) == ("c", "--account")


@pytest.mark.parametrize("value", [3, b"Hello.zip", {"path": "Hello.zip"}])
def test_what_cannot_be_a_bundle_is_refused_by_its_type(tmp_path, value):
    with pytest.raises(InvalidOption, match=f"a {type(value).__name__} cannot be connected to port Script Bundle"):
        workspace(tmp_path).bundle(value)
