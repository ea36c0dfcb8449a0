"""Tokens that read one blob, signed by each kind of credential; the stand-in verifies them as the service does."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from blobprep.account import ANONYMOUS, Account, Credential, Network
from blobprep.errors import AccessError, StoreUnavailable
from blobprep.stores.azure.read_token import read_token
from tests.server import Behaviour, Certificates, Server

NOW = datetime.now(UTC).replace(microsecond=0)
WINDOW = (NOW - timedelta(minutes=5), NOW + timedelta(hours=24))


@pytest.fixture
def raw(server: Server) -> Server:
    server.store.create_container("raw")
    for name in ("a b.csv", "other.csv"):
        server.store.write("raw", name, b"data", content_type="text/csv")
    return server


def account_of(raw: Server, credential: Credential) -> Account:
    return raw.account("https", credential=credential)


def request(raw: Server, authority: Certificates, method: str, blob: str, token: str, **more: Any) -> int:
    trust = ssl.create_default_context(cafile=str(authority.authority))
    url = f"{raw.endpoint('https')}/raw/{blob}?{token}"
    return httpx.request(method, url, verify=trust, **more).status_code


@pytest.mark.parametrize("kind", ["key", "token"])
def test_a_token_reads_its_one_blob_and_does_nothing_else(
    raw: Server, trusting: None, authority: Certificates, kind: str
) -> None:
    key = Credential("key", raw.key)
    credential = key if kind == "key" else Credential("token", raw.issue("reader"), "bearer")
    token = read_token(account_of(raw, credential), "raw", "a b.csv", *WINDOW)

    assert "sp=r" in token.split("&")
    assert "spr=https" in token.split("&")
    assert ("skoid=" in token) == (kind == "token")
    assert request(raw, authority, "GET", "a%20b.csv", token) == 200
    assert request(raw, authority, "GET", "other.csv", token) == 403
    assert request(raw, authority, "DELETE", "a%20b.csv", token) == 403
    headers = {"x-ms-blob-type": "BlockBlob"}
    assert request(raw, authority, "PUT", "a%20b.csv", token, content=b"x", headers=headers) == 403
    assert raw.key not in token
    assert credential.secret not in token


def test_a_token_of_an_identity_holds_where_keys_are_forbidden(
    raw: Server, trusting: None, authority: Certificates
) -> None:
    account = account_of(raw, Credential("token", raw.issue("reader"), "bearer"))
    with raw.behave(Behaviour(shared_key_disabled=True)):
        token = read_token(account, "raw", "a b.csv", *WINDOW)
        assert request(raw, authority, "GET", "a%20b.csv", token) == 200


def test_a_token_that_has_ended_reads_nothing(raw: Server, trusting: None, authority: Certificates) -> None:
    account = account_of(raw, Credential("key", raw.key))
    token = read_token(account, "raw", "a b.csv", NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    assert request(raw, authority, "GET", "a%20b.csv", token) == 403


@pytest.mark.parametrize("credential", [ANONYMOUS, Credential("sas", "sv=2024-11-04&sr=c&sp=rw&sig=c4n4ry")])
def test_what_cannot_sign_gives_no_token(raw: Server, credential: Credential) -> None:
    assert read_token(account_of(raw, credential), "raw", "a b.csv", *WINDOW) == ""
    assert raw.requests == []


def test_an_identity_that_may_not_have_a_key_is_told_so(raw: Server, trusting: None) -> None:
    account = account_of(raw, Credential("token", raw.issue("none"), "bearer"))
    with pytest.raises(AccessError, match="AuthorizationPermissionMismatch"):
        read_token(account, "raw", "a b.csv", *WINDOW)


def test_a_service_that_does_not_answer_is_said() -> None:
    account = Account(
        "contoso",
        endpoint="https://127.0.0.1:1/contoso",
        credential=Credential("token", "token", "bearer"),
        network=Network(retries=0),
    )
    with pytest.raises(StoreUnavailable):
        read_token(account, "raw", "a b.csv", *WINDOW)
