from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.account import (
    EMULATOR_KEY,
    Access,
    Account,
    Credential,
    SasToken,
    check_protocol,
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
        (replace(HTTP, credential=Credential("token")), "always", True, "refused"),
        (replace(HTTP, credential=Credential("sas", "spr=https&sig=s")), "always", True, "refused"),
        (replace(HTTP, credential=Credential("sas", "spr=https,http&sig=s")), "always", True, "warned"),
        (replace(Account("contoso"), credential=Credential("token")), "never", False, "quiet"),
    ],
)
def test_http_is_held_against_the_policy(account, allow_http, explicit, outcome):
    if outcome == "refused":
        with pytest.raises(ProtocolForbidden, match=r"contoso|devstoreaccount1"):
            check_protocol(account, allow_http, explicit=explicit)
        return

    allowed, warning = check_protocol(account, allow_http, explicit=explicit)

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
        ("BlobEndpoint=http://127.0.0.1:7/dev1;AccountName=dev1;AccountKey=k", "http://127.0.0.1:7/dev1", "key"),
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
        "BlobEndpoint=https://contoso.blob.core.windows.net?sv=1&sig=c4n4ry;AccountName=contoso",
        "BlobEndpoint=contoso.blob.core.windows.net;SharedAccessSignature=c4n4ry",
    ],
)
def test_a_text_that_is_no_connection_string_is_refused_and_not_shown(text):
    with pytest.raises(SettingError) as caught:
        parse_connection_string(text)

    assert "c4n4ry" not in str(caught.value)
    assert caught.value.remedy


def test_a_token_does_not_even_travel_over_http_on_this_machine():
    with pytest.raises(ProtocolForbidden, match="never sent over http"):
        check_protocol(replace(emulator(), credential=Credential("token")), "always", explicit=True)


def test_the_warning_says_what_travels():
    plain = replace(HTTP, credential=Credential("sas", "sig=s"))

    assert "SAS token" in str(check_protocol(plain, "always", explicit=False)[1])
    assert "SAS token" not in str(check_protocol(HTTP, "always", explicit=False)[1])


@pytest.mark.parametrize(
    ("credential", "words"),
    [
        (Credential("key", "c4n4ry"), "account key"),
        (Credential("anonymous"), "anonymous"),
        (Credential("sas", "ss=b&srt=sco&sig=c4n4ry"), "account SAS"),
        (Credential("sas", "sr=c&sig=c4n4ry"), "service SAS"),
        (Credential("sas", "sr=c&skoid=1&sig=c4n4ry"), "user delegation SAS"),
        (Credential("token"), "token: default chain"),
        (Credential("token", "c4n4ry", "bearer"), "token: as given"),
    ],
)
def test_a_credential_is_named_by_its_kind(credential, words):
    account = Account("contoso", credential=credential)

    assert account.access == Access("https://contoso.blob.core.windows.net", words)


@pytest.mark.parametrize(
    "text",
    [
        "AccountName=con]to;AccountKey=c4n4ry",
        "AccountName=a/b;AccountKey=c4n4ry",
        "AccountName=a@b;AccountKey=c4n4ry",
        "AccountName=a;EndpointSuffix=b?x=1;AccountKey=c4n4ry",
    ],
)
def test_a_connection_string_whose_account_makes_no_host_is_refused(text):
    with pytest.raises(SettingError, match=r"not a valid account name|endpoint suffix") as caught:
        parse_connection_string(text)

    assert "c4n4ry" not in f"{caught.value}{caught.value.remedy}"


@pytest.mark.parametrize(
    ("token", "expires"),
    [
        ("se=2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("se=2024-05-01T12%3A00Z", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("se=2024-05-01T12:00:00.1234567Z", datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)),
        ("se=2024-05-01T12:00:00%2B02:00", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("se=2024-05-02&skoid=1&ske=2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("si=policy", None),
        ("se=soon", None),
        ("se=0001-01-01T00:00:00%2B02:00", None),
    ],
)
def test_a_sas_token_says_when_it_expires(token, expires):
    credential = Credential("sas", f"{token}&sig=c4n4ry")

    assert SasToken.parse(credential.secret).expires == expires
    if expires is not None:
        assert credential.expired_at(expires) == expires
        assert credential.expired_at(expires - timedelta(seconds=1)) is None


def test_a_sas_token_is_described_without_its_signature():
    token = SasToken.parse("ss=bq&srt=co&sp=rl&st=2024-01-01&spr=https&sig=c4n4ry")

    assert (token.services, token.permissions, token.https_only) == ("bq", "rl", True)
    assert token.starts == datetime(2024, 1, 1, tzinfo=UTC)
    assert "c4n4ry" not in repr(token)


def test_a_credential_is_masked_wherever_it_is_printed():
    account = Account("contoso", credential=Credential("key", "c4n4ry"))

    assert "c4n4ry" not in f"{account!r} {account} {account.credential!r}"


NAMES = st.sampled_from(
    [
        "DefaultEndpointsProtocol",
        "AccountName",
        "AccountKey",
        "BlobEndpoint",
        "SharedAccessSignature",
        "EndpointSuffix",
        "UseDevelopmentStorage",
        "DevelopmentStorageProxyUri",
        "x",
    ]
)
SAID = st.text(max_size=12) | st.sampled_from(
    [
        "http",
        "ftp",
        "true",
        "http://[",
        "http://h:port/x",
        "https://a.blob.core.windows.net/?sig=S",
        "http://[::1]:1/a",
        "http://h:99999/x",
        "http://℀.com",
        "//x",
        "https://u@h",
    ]
)


@given(st.lists(st.builds("{}={}".format, NAMES, SAID) | st.text(max_size=10), max_size=5).map(";".join))
def test_any_text_is_a_connection_string_or_refused(text: str) -> None:
    try:
        account = parse_connection_string(text)
    except SettingError:
        return
    assert account.url.startswith(("http://", "https://"))
    assert account.is_local in (True, False)
