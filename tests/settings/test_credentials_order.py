from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.account import ANONYMOUS, EMULATOR_KEY, Account, Credential, emulator
from blobprep.errors import SettingError
from blobprep.settings.credentials_order import PRECEDENCE, SettingsSources, add_last_resort, describe
from blobprep.settings.sources.azure_cli import AzureConfig
from blobprep.settings.sources.environment import environment_account
from blobprep.settings.sources.hadoop import HadoopKeys
from blobprep.settings.sources.toml import Config

FILE = Path("/project/blobprep.toml")
OWN = {"AZURE_STORAGE_ACCOUNT": "contoso"}
STRING = "AccountName=contoso;AccountKey=string;DefaultEndpointsProtocol=http"
TABLE = {"key_env": "K"}
HADOOP = {"fs.azure.account.key.contoso.dfs.core.x": "hadoop"}
CLI = {"account": "contoso", "key": "cli"}


def known(environment=None, *, table=None, hadoop=None, cli=None, argument=None):
    variables = environment or {}
    config = Config(FILE, accounts={} if table is None else {"contoso": table})
    return SettingsSources(
        config,
        variables,
        argument,
        environment_account(variables),
        (HadoopKeys(hadoop or {}, "[hadoop]", variables),),
        AzureConfig(Path("/home/config"), cli or {}),
    )


@pytest.mark.parametrize(
    ("said", "secret", "source", "rivals"),
    [
        (
            known({**OWN, "K": "table", "AZURE_STORAGE_KEY": "key"}, table=TABLE, hadoop=HADOOP, cli=CLI),
            "key",
            "AZURE_STORAGE_KEY",
            3,
        ),
        (
            known({"K": "table"}, table=TABLE, hadoop=HADOOP, cli=CLI),
            "table",
            f"{FILE}: [accounts.contoso] key_env (K)",
            2,
        ),
        (known(hadoop=HADOOP, cli=CLI), "hadoop", "[hadoop] fs.azure.account.key.contoso.dfs.core.x", 1),
        (known(cli=CLI), "cli", "/home/config [storage] key", 0),
        (known({"AZURE_STORAGE_KEY": "key"}, argument="contoso"), "key", "AZURE_STORAGE_KEY", 0),
        (
            known({**OWN, "AZURE_STORAGE_CONNECTION_STRING": STRING, "AZURE_STORAGE_SAS_TOKEN": "sas"}),
            "string",
            "AZURE_STORAGE_CONNECTION_STRING",
            1,
        ),
        (
            known({**OWN, "AZURE_STORAGE_SAS_TOKEN": "sas", "AZURE_STORAGE_KEY": "key", "AZURE_STORAGE_TOKEN": "t"}),
            "sas",
            "AZURE_STORAGE_SAS_TOKEN",
            2,
        ),
        (
            known({**OWN, "AZURE_USE_AZURE_CLI": "true", "AZURE_STORAGE_KEY": "key"}),
            "",
            "AZURE_USE_AZURE_CLI",
            1,
        ),
    ],
)
def test_the_first_that_says_something_is_used_and_the_others_are_named(said, secret, source, rivals):
    described = describe(said, "contoso")

    assert (described.account.credential.secret, described.source) == (secret, source)
    assert (described.warning is not None) == (rivals > 0)
    if described.warning:
        assert described.warning.startswith(f"{source} is used instead of ")
        assert described.warning.count(" and ") == rivals - 1


def test_secrets_that_agree_or_cannot_be_used_do_not_compete():
    same = known({**OWN, "AZURE_STORAGE_KEY": "k", "K": "k"}, table=TABLE)
    unset = known({**OWN, "AZURE_STORAGE_KEY": "k"}, table=TABLE)

    assert describe(same, "contoso").warning is None
    assert describe(unset, "contoso").warning is None


def test_the_secrets_of_the_environment_are_not_those_of_another_account():
    assert describe(known({**OWN, "AZURE_STORAGE_KEY": "k"}), "other").source == ""
    assert describe(known({"AZURE_STORAGE_KEY": "k"}), "other").account.credential == ANONYMOUS


def test_a_connection_string_opens_its_own_account_whichever_is_chosen():
    said = known({"AZURE_STORAGE_ACCOUNT": "other", "AZURE_STORAGE_CONNECTION_STRING": STRING})

    assert describe(said, "contoso").account.credential.secret == "string"
    assert describe(said, "other").source == ""


@pytest.mark.parametrize(
    ("said", "url", "explicit"),
    [
        (known(), "https://contoso.blob.core.windows.net", False),
        (known(table={"protocol": "http"}), "http://contoso.blob.core.windows.net", True),
        (known({"AZURE_STORAGE_CONNECTION_STRING": STRING}), "http://contoso.blob.core.windows.net", False),
        (known(hadoop=HADOOP), "https://contoso.blob.core.x", False),
        (known({**OWN, "AZURE_ENDPOINT": "http://h.x"}, table={"endpoint": "https://f.x"}), "http://h.x", False),
    ],
)
def test_the_address_follows_and_only_the_own_protocol_is_explicit(said, url, explicit):
    described = describe(said, "contoso")

    assert (described.account.url, described.explicit) == (url, explicit)


def test_a_folder_is_relative_to_the_file_and_comes_before_all():
    described = describe(known({**OWN, "AZURE_STORAGE_KEY": "k"}, table={"folder": "blobs"}), "contoso")

    assert described.account == Account("contoso", folder=Path("/project/blobs"))


def test_the_emulators_account_has_its_published_address_and_key():
    assert describe(known(), "devstoreaccount1").account == emulator()
    chosen = describe(
        known({"AZURE_STORAGE_USE_EMULATOR": "1", "AZURE_ENDPOINT": "http://127.0.0.1:7/x"}), "devstoreaccount1"
    )

    assert (chosen.account.url, chosen.account.credential.secret) == ("http://127.0.0.1:7/x", EMULATOR_KEY)


def test_an_account_nobody_describes_has_an_accounts_name():
    with pytest.raises(SettingError, match="not a valid account name"):
        describe(known(), "evil.example/")


def test_a_token_only_goes_where_microsoft_the_machine_or_the_environment_say():
    table = {"credential": "default", "endpoint": "https://data.contoso.com"}

    with pytest.raises(SettingError, match="not in one of Microsoft's clouds"):
        describe(known(table=table), "contoso")
    allowed = describe(known({**OWN, "AZURE_STORAGE_ENDPOINT": "https://data.contoso.com"}, table=table), "contoso")
    assert allowed.account.credential.kind == "token"


def test_the_last_resort_is_for_https_in_the_cloud():
    said = known()

    assert add_last_resort(said, Account("contoso")).credential == Credential("token")
    for account in (
        Account("contoso", "http"),
        Account("contoso", endpoint="https://127.0.0.1:1/contoso"),
        Account("contoso", endpoint="https://data.contoso.com"),
    ):
        assert add_last_resort(said, account).credential == ANONYMOUS


def test_the_order_is_told_whole():
    assert len(PRECEDENCE) == 8
    assert PRECEDENCE[-1] == "no credential: anonymous"
