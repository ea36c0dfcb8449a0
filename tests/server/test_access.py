"""Who is let in by the stand-in server, and to what."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import pytest

from blobprep.account import Credential
from blobprep.errors import AccessError, BlobNotFound, ConditionNotMet, ContainerNotFound
from blobprep.stores.azure import AzureStore, convert_errors
from tests.server import Role, Server, serve
from tests.server.conftest import ANONYMOUS, EXPIRED, client_of, store_of
from tests.server.credentials import Issued, account_sas, container_sas


def test_a_wrong_key_is_refused(raw: Server) -> None:
    with serve(account="another") as another:
        wrong = Credential("key", another.key)

    with pytest.raises(AccessError, match="AuthenticationFailed"):
        store_of(raw, credential=wrong).read("raw", "a")


@pytest.mark.parametrize(
    ("path", "header"),
    [("/contoso/raw/b", ""), ("/contoso/raw/a?comp=metadata", ""), ("/contoso/raw/a", "x-ms-range"), ("", "")],
)
def test_a_signature_opens_only_the_request_it_was_made_for(raw: Server, path: str, header: str) -> None:
    raw.store.write("raw", "b", b"", content_type="a/b")
    store_of(raw).read("raw", "a", length=3)
    (signed,) = raw.requests
    headers = {name: value for name, value in signed.headers.items() if name not in ("connection", "content-length")}
    if header:
        headers[header] = "bytes=5-9"
    connection = HTTPConnection("127.0.0.1", raw.port)

    connection.request("GET", path or signed.path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.status == (403 if path else 206)


def test_a_stranger_is_told_neither_what_is_private_nor_what_is_missing(raw: Server) -> None:
    store = store_of(raw, credential=ANONYMOUS)
    for blob in ("a", "missing"):
        with pytest.raises(BlobNotFound, match="private"):
            store.read("raw", blob)
    with pytest.raises(AccessError, match="NoAuthenticationInformation"):
        store.write("raw", "b", b"", content_type="a/b")


def test_a_public_container_is_open_to_strangers(raw: Server) -> None:
    client_of(raw).create_container("open", public_access="blob")
    raw.store.write("open", "a", b"for all", content_type="a/b")
    store = store_of(raw, credential=ANONYMOUS)

    assert store.read("open", "a") == b"for all"
    with pytest.raises(ContainerNotFound):
        next(store.list("open"))


def test_what_is_missing_is_told(raw: Server) -> None:
    with pytest.raises(ContainerNotFound):
        store_of(raw).read("missing", "a")
    with pytest.raises(BlobNotFound):
        store_of(raw).read("raw", "missing")


def read(store: AzureStore) -> object:
    return store.read("raw", "a")


def write(store: AzureStore) -> object:
    return store.write("raw", "a", b"", content_type="a/b")


def write_new(store: AzureStore) -> object:
    return store.write("raw", "new", b"", content_type="a/b")


def listing(store: AzureStore) -> object:
    return list(store.list("raw"))


def containers(store: AzureStore) -> object:
    return list(store.list_containers())


@pytest.mark.parametrize(
    ("permission", "allowed", "refused"),
    [
        ("r", [read], [write, write_new, listing, containers]),
        ("l", [listing], [read, containers]),
        ("c", [write_new], [read]),
        ("rw", [read, write, write_new], [listing]),
    ],
)
def test_a_sas_token_opens_what_it_says(
    raw: Server,
    permission: str,
    allowed: list[Callable[[AzureStore], object]],
    refused: list[Callable[[AzureStore], object]],
) -> None:
    store = store_of(raw, credential=container_sas(raw, "raw", permission))

    for use in allowed:
        use(store)
    for use in refused:
        with pytest.raises(AccessError):
            use(store)


def test_a_sas_token_that_only_creates_does_not_overwrite(raw: Server) -> None:
    with pytest.raises(ConditionNotMet, match="UnauthorizedBlobOverwrite"):
        write(store_of(raw, credential=container_sas(raw, "raw", "c")))


REFUSED_TOKENS: dict[str, tuple[Callable[[Server], Credential], str]] = {
    "expired": (lambda server: container_sas(server, "raw", lifetime=EXPIRED), "expired at"),
    "of another container": (lambda server: container_sas(server, "other"), "AuthenticationFailed"),
    "of another key": (lambda server: container_sas(server, "raw", key="YQ=="), "AuthenticationFailed"),
    "for https": (lambda server: container_sas(server, "raw", protocol="https"), "AuthorizationProtocolMismatch"),
    "for other places": (lambda server: container_sas(server, "raw", ip="10.0.0.1"), "AuthorizationSourceIPMismatch"),
    "permission": (lambda server: container_sas(server, "raw", "l"), "AuthorizationPermissionMismatch"),
    "for containers": (lambda server: account_sas(server, "r", "sc"), "AuthorizationResourceTypeMismatch"),
}


@pytest.mark.parametrize("wrong", REFUSED_TOKENS)
def test_a_sas_token_is_refused_for_what_is_wrong_with_it(raw: Server, wrong: str) -> None:
    make, told = REFUSED_TOKENS[wrong]

    with pytest.raises(AccessError, match=told):
        store_of(raw, credential=make(raw)).read("raw", "a")


def test_an_expired_sas_token_is_told_by_the_services_words(raw: Server) -> None:
    token = container_sas(raw, "raw", lifetime=EXPIRED).secret
    connection = HTTPConnection("127.0.0.1", raw.port)

    connection.request("GET", f"/contoso/raw/a?{token}")
    body = connection.getresponse().read().decode()
    connection.close()

    assert "<AuthenticationErrorDetail>Signature not valid in the specified time frame: Start [" in body


def test_an_account_sas_token_lists_containers(raw: Server) -> None:
    assert containers(store_of(raw, credential=account_sas(raw, "l", "s"))) == ["raw"]


def token_use(server: Server, token: str, *, is_writing: bool = False) -> bytes:
    account = server.account("https", ANONYMOUS)
    blob = client_of(server, Issued(token), "https").get_blob_client("raw", "a")
    with convert_errors("raw", "a", account):
        if is_writing:
            blob.upload_blob(b"new", overwrite=True)
        return blob.download_blob().readall()


@pytest.mark.parametrize(
    ("role", "is_writing", "is_allowed"),
    [
        ("reader", False, True),
        ("reader", True, False),
        ("contributor", True, True),
        ("none", False, False),
    ],
)
def test_a_bearer_token_opens_what_its_role_allows(
    raw: Server, trusting: None, role: Role, is_writing: bool, is_allowed: bool
) -> None:
    token = raw.issue(role)

    if is_allowed:
        assert token_use(raw, token, is_writing=is_writing)
    else:
        with pytest.raises(AccessError, match="AuthorizationPermissionMismatch"):
            token_use(raw, token, is_writing=is_writing)
    assert {request.client_header for request in raw.requests} == {"Bearer"}


@pytest.mark.parametrize(
    "given", [{"lifetime": EXPIRED}, {"tenant": "another"}, {"audience": "https://vault.azure.net"}, None]
)
def test_a_bearer_token_that_is_not_for_us_is_refused(
    raw: Server, trusting: None, given: dict[str, Any] | None
) -> None:
    token = "unheard of" if given is None else raw.issue("contributor", **given)

    with pytest.raises(AccessError, match="InvalidAuthenticationInfo"):
        token_use(raw, token)
