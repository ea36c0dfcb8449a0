from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from blobprep.account import (
    EMULATOR_KEY,
    Account,
    Credential,
    allowed_protocol,
    emulator,
    parse_connection_string,
)
from blobprep.errors import ProtocolForbidden, SettingError

HTTP = Account("contoso", protocol="http")


@pytest.mark.parametrize(
    ("account", "url", "local"),
    [
        (Account("contoso"), "https://contoso.blob.core.windows.net", False),
        (HTTP, "http://contoso.blob.core.windows.net", False),
        (
            Account("contoso", endpoint_suffix="core.chinacloudapi.cn"),
            "https://contoso.blob.core.chinacloudapi.cn",
            False,
        ),
        (Account("contoso", "http", endpoint="https://data.contoso.com/"), "http://data.contoso.com", False),
        (emulator(), "http://127.0.0.1:10000/devstoreaccount1", True),
        (emulator("https://localhost:7"), "https://localhost:7/devstoreaccount1", True),
        (Account("dev", endpoint="https://dev.blob.localhost:10000"), "https://dev.blob.localhost:10000", True),
        (Account("dev", endpoint="https://[::1]:10000/dev"), "https://[::1]:10000/dev", True),
    ],
)
def test_an_account_has_one_address_that_is_local_or_not(account, url, local):
    assert (account.url, account.is_local) == (url, local)


@pytest.mark.parametrize(
    ("account", "allow_http", "explicit", "outcome"),
    [
        (Account("contoso"), "never", False, "quiet"),
        (emulator(), "never", True, "refused"),
        (emulator(), "emulator", False, "quiet"),
        (emulator(), "always", False, "quiet"),
        (HTTP, "never", True, "refused"),
        (HTTP, "emulator", False, "refused"),
        (HTTP, "emulator", True, "warned"),
        (HTTP, "always", False, "warned"),
        (replace(HTTP, folder=Path("blobs")), "never", False, "quiet"),
    ],
)
def test_http_is_held_against_the_policy(account, allow_http, explicit, outcome):
    if outcome == "refused":
        with pytest.raises(ProtocolForbidden, match=r"contoso|devstoreaccount1"):
            allowed_protocol(account, allow_http, explicit=explicit)
        return

    allowed, warning = allowed_protocol(account, allow_http, explicit=explicit)

    assert allowed == account
    assert (warning is not None) == (outcome == "warned")


@pytest.mark.parametrize(
    ("text", "url", "kind"),
    [
        (
            "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=a2V5PQ==;EndpointSuffix=core.windows.net",
            "https://contoso.blob.core.windows.net",
            "key",
        ),
        (" accountname = contoso ; ACCOUNTKEY = k ; ", "https://contoso.blob.core.windows.net", "key"),
        ('"AccountName=contoso;AccountKey=k"', "https://contoso.blob.core.windows.net", "key"),
        # The SDK turns this one into https in silence.
        (
            "DefaultEndpointsProtocol=http;AccountName=contoso;AccountKey=k",
            "http://contoso.blob.core.windows.net",
            "key",
        ),
        (
            "BlobEndpoint=https://contoso.blob.core.windows.net/;SharedAccessSignature=?sv=1&sig=s",
            "https://contoso.blob.core.windows.net",
            "sas",
        ),
        ("BlobEndpoint=http://127.0.0.1:7/dev1;AccountName=dev1", "http://127.0.0.1:7/dev1", "anonymous"),
        ("UseDevelopmentStorage=True", "http://127.0.0.1:10000/devstoreaccount1", "key"),
        (
            "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://127.0.0.2",
            "http://127.0.0.2:10000/devstoreaccount1",
            "key",
        ),
    ],
)
def test_a_connection_string_gives_address_and_credential(text, url, kind):
    account = parse_connection_string(text)

    assert (account.url, account.credential.kind) == (url, kind)


def test_a_key_keeps_its_equals_signs_and_a_sas_token_loses_its_question_mark():
    assert parse_connection_string("AccountName=contoso;AccountKey=a2V5PQ==").credential.secret == "a2V5PQ=="
    assert parse_connection_string("AccountName=contoso;SharedAccessSignature=?sig=s").credential.secret == "sig=s"
    assert parse_connection_string("UseDevelopmentStorage=true").credential.secret == EMULATOR_KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c4n4ry",
        "AccountKey=c4n4ry",
        "AccountName=contoso;AccountKey=c4n4ry;c4n4ry",
        "DefaultEndpointsProtocol=c4n4ry;AccountName=contoso",
        "BlobEndpoint=contoso.blob.core.windows.net;SharedAccessSignature=c4n4ry",
    ],
)
def test_a_text_that_is_no_connection_string_is_refused_and_not_shown(text):
    with pytest.raises(SettingError) as caught:
        parse_connection_string(text)

    assert "c4n4ry" not in str(caught.value)
    assert caught.value.remedy


def test_a_credential_is_masked_wherever_it_is_printed():
    account = Account("contoso", credential=Credential("key", "c4n4ry"))

    assert "c4n4ry" not in f"{account!r} {account} {account.credential!r}"
