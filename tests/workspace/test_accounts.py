from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.account import EMULATOR_KEY, Account, Credential, emulator
from blobprep.errors import SettingError
from blobprep.workspace.accounts import (
    configured_account,
    environment_account,
    is_home_of,
    unconfigured_account,
)
from blobprep.workspace.reading import Config

STRING = "AccountName=contoso;AccountKey=from-string;DefaultEndpointsProtocol=http"


def configured(environment=None, **table):
    config = Config(Path("/project/blobprep.toml"), accounts={"contoso": table})
    return configured_account(config, "contoso", environment or {})


@pytest.mark.parametrize(
    ("environment", "argument", "name", "credential", "source"),
    [
        ({}, None, None, None, ""),
        ({"AZURE_STORAGE_ACCOUNT": "contoso"}, None, "contoso", None, ""),
        (
            {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_KEY": "k"},
            None,
            "contoso",
            ("key", "k"),
            "AZURE_STORAGE_KEY",
        ),
        ({"AZURE_STORAGE_KEY": "k"}, "contoso", None, ("key", "k"), "AZURE_STORAGE_KEY"),
        (
            {"AZURE_STORAGE_ACCOUNT": "contoso", "AZURE_STORAGE_SAS_TOKEN": "?sig=s", "AZURE_STORAGE_KEY": "k"},
            None,
            "contoso",
            ("sas", "sig=s"),
            "AZURE_STORAGE_SAS_TOKEN",
        ),
        (
            {"AZURE_STORAGE_CONNECTION_STRING": STRING, "AZURE_STORAGE_KEY": "k"},
            None,
            "contoso",
            None,
            "AZURE_STORAGE_CONNECTION_STRING",
        ),
        (
            {
                "AZURE_STORAGE_CONNECTION_STRING": STRING,
                "AZURE_STORAGE_ACCOUNT": "other",
                "AZURE_STORAGE_KEY": "k",
            },
            None,
            "other",
            ("key", "k"),
            "AZURE_STORAGE_KEY",
        ),
        ({"AZURE_STORAGE_ACCOUNT": " ", "AZURE_STORAGE_KEY": ""}, None, None, None, ""),
    ],
)
def test_the_environment_chooses_an_account_and_what_opens_it(environment, argument, name, credential, source):
    found = environment_account(environment, argument)

    assert (found.name, found.source) == (name, source)
    assert found.credential == (Credential(*credential) if credential else None)


def test_several_credentials_in_the_environment_are_pointed_out():
    found = environment_account(
        {"AZURE_STORAGE_ACCOUNT": "a", "AZURE_STORAGE_SAS_TOKEN": "s", "AZURE_STORAGE_KEY": "k"}, None
    )

    assert found.warning == "AZURE_STORAGE_SAS_TOKEN is used, and not AZURE_STORAGE_KEY"


def test_a_broken_connection_string_names_its_variable_and_shows_nothing():
    with pytest.raises(SettingError, match="AZURE_STORAGE_CONNECTION_STRING") as caught:
        environment_account({"AZURE_STORAGE_CONNECTION_STRING": "c4n4ry"}, None)

    assert "c4n4ry" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "environment", "url", "credential"),
    [
        ({}, {}, "https://contoso.blob.core.windows.net", Credential("anonymous")),
        ({"protocol": "http"}, {}, "http://contoso.blob.core.windows.net", Credential("anonymous")),
        ({"endpoint_suffix": "core.x"}, {}, "https://contoso.blob.core.x", Credential("anonymous")),
        ({"endpoint": "http://127.0.0.1:1/contoso/"}, {}, "http://127.0.0.1:1/contoso", Credential("anonymous")),
        ({"endpoint": "http://h.x", "protocol": "https"}, {}, "https://h.x", Credential("anonymous")),
        ({"key_env": "K"}, {"K": " k "}, "https://contoso.blob.core.windows.net", Credential("key", "k")),
        ({"sas_env": "S"}, {"S": "?sig=s"}, "https://contoso.blob.core.windows.net", Credential("sas", "sig=s")),
        (
            {"sas_env": "S", "key_env": "K", "credential": "key"},
            {"K": "k"},
            "https://contoso.blob.core.windows.net",
            Credential("key", "k"),
        ),
        (
            {"connection_string_env": "C"},
            {"C": STRING},
            "http://contoso.blob.core.windows.net",
            Credential("key", "from-string"),
        ),
        (
            {"connection_string_env": "C", "protocol": "https"},
            {"C": STRING},
            "https://contoso.blob.core.windows.net",
            Credential("key", "from-string"),
        ),
        (
            {"key_env": "K", "credential": "anonymous"},
            {},
            "https://contoso.blob.core.windows.net",
            Credential("anonymous"),
        ),
    ],
)
def test_a_table_of_the_file_describes_an_account(table, environment, url, credential):
    account = configured(environment, **table)

    assert account is not None
    assert (account.url, account.credential) == (url, credential)


def test_a_folder_is_relative_to_the_file():
    assert configured(folder="blobs") == Account("contoso", folder=Path("/project/blobs"))


@pytest.mark.parametrize(
    ("table", "environment", "message"),
    [
        ({"key_env": "K"}, {}, "K, which is not set"),
        ({"key_env": "K"}, {"K": " "}, "K, which is not set"),
        ({"credential": "key"}, {}, "no key_env"),
        ({"key_env": "K", "sas_env": "S"}, {"K": "k", "S": "s"}, "several credentials"),
        ({"connection_string_env": "C"}, {"C": "AccountName=other;AccountKey=c4n4ry"}, "of account other"),
        ({"connection_string_env": "C"}, {"C": "c4n4ry"}, "connection_string_env"),
        ({"endpoint": "contoso.blob.core.windows.net"}, {}, "no address"),
        ({"endpoint": "https://u:c4n4ry@h.x"}, {}, "no address"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(table, environment, message):
    with pytest.raises(SettingError, match=message) as caught:
        configured(environment, **table)

    assert "c4n4ry" not in str(caught.value)


def test_the_emulators_account_has_its_published_address_and_key():
    assert unconfigured_account("devstoreaccount1") == emulator()

    config = Config(accounts={"devstoreaccount1": {"endpoint": "http://127.0.0.1:7/devstoreaccount1"}})
    moved = configured_account(config, "devstoreaccount1", {})
    assert moved is not None
    assert (moved.url, moved.credential.secret) == ("http://127.0.0.1:7/devstoreaccount1", EMULATOR_KEY)


def test_an_account_nobody_describes_is_anonymous_and_has_an_accounts_name():
    assert unconfigured_account("contoso") == Account("contoso")
    with pytest.raises(SettingError, match="no account's name"):
        unconfigured_account("evil.example/")


@pytest.mark.parametrize(
    ("endpoint", "home"),
    [
        ("https://contoso.blob.core.windows.net", True),
        ("http://contoso.blob.core.windows.net", True),
        ("https://contoso-secondary.blob.core.windows.net", True),
        ("https://contoso.blob.core.chinacloudapi.cn", True),
        ("https://contoso.z12.blob.storage.azure.net", True),
        ("https://contoso-secondary.z12.blob.storage.azure.net", True),
        ("https://contoso-microsoftrouting.blob.core.windows.net", True),
        ("http://127.0.0.1:10000/contoso", True),
        ("https://contoso.evil.example", False),
        ("https://contoso.blob.core.windows.net.evil.example", False),
        ("https://contoso.blob.evil.example", False),
        ("https://contoso.z12.blob.storage.azure.net.evil.example", False),
        ("https://contoso-other.blob.core.windows.net", False),
        ("https://contoso.file.core.windows.net", False),
        ("https://other.blob.core.windows.net", False),
    ],
)
def test_a_credential_only_belongs_to_addresses_of_its_account(endpoint, home):
    assert is_home_of(Account("contoso"), endpoint) is home
