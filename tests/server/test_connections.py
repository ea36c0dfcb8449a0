"""What a connection to the stand-in server is: http, https, through a proxy."""

from __future__ import annotations

import ssl
import threading
from typing import Any

import pytest
from azure.core.pipeline.transport import RequestsTransport
from requests import Session
from requests.adapters import HTTPAdapter

from blobprep.account import Account, Credential, Protocol
from blobprep.errors import StoreUnavailable
from blobprep.stores.azure import AzureStore, convert_errors
from tests.server import Behaviour, Certificates, Server, serve
from tests.server.conftest import client_of, store_of


def test_http_and_https_are_one_port_and_recorded_as_what_they_were(raw: Server, trusting: None) -> None:
    assert store_of(raw, "http").read("raw", "a") == b"0123456789"
    assert store_of(raw, "https").read("raw", "a") == b"0123456789"

    assert [request.scheme for request in raw.requests] == ["http", "https"]
    assert {request.path for request in raw.requests} == {"/contoso/raw/a"}
    assert {request.client_header for request in raw.requests} == {"SharedKey"}


@pytest.mark.parametrize("protocol", ["http", "https"])
def test_the_real_address_leads_here_through_the_proxy(
    raw: Server, trusting: None, protocol: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{protocol}_proxy", raw.proxy)
    account = Account("contoso", protocol=protocol, credential=Credential("key", raw.key))

    assert AzureStore(account, retry_total=0).read("raw", "a") == b"0123456789"

    (request,) = raw.requests
    assert (request.scheme, request.host) == (protocol, "contoso.blob.core.windows.net")
    assert (request.path, request.proxied) == ("/raw/a", True)


def test_the_proxy_leads_to_no_other_host(raw: Server, trusting: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", raw.proxy)

    with pytest.raises(StoreUnavailable):
        AzureStore(Account("another"), retry_total=0).read("raw", "a")

    assert raw.requests == []


def test_a_server_ends_its_threads_and_open_connections(authority: Certificates) -> None:
    before = set(threading.enumerate())
    with serve(authority) as server:
        store = store_of(server)
        store.create_container("raw")
        of_its_own = set(threading.enumerate()) - before

    assert len(of_its_own) == 2
    assert not any(thread.is_alive() for thread in of_its_own)
    with pytest.raises(StoreUnavailable):
        store.container_exists("raw")


@pytest.mark.parametrize("kind", ["untrusted", "wrong host", "expired"])
def test_a_certificate_that_cannot_be_trusted_ends_the_connection(raw: Server, trusting: None, kind: Any) -> None:
    with raw.behave(Behaviour(certificate=kind)), pytest.raises(StoreUnavailable, match="certificate"):
        store_of(raw, "https").read("raw", "a")

    assert raw.requests == []


def test_a_client_that_does_not_know_the_authority_refuses(raw: Server) -> None:
    with pytest.raises(StoreUnavailable, match="certificate"):
        store_of(raw, "https").read("raw", "a")


class OldTls(HTTPAdapter):
    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        context = ssl.create_default_context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        super().init_poolmanager(*given, ssl_context=context, **named)


def test_a_connection_of_an_older_tls_is_refused(raw: Server, trusting: None) -> None:
    with Session() as session:
        session.mount("https://", OldTls())
        blob = client_of(
            raw, protocol="https", transport=RequestsTransport(session=session, session_owner=False)
        ).get_blob_client("raw", "a")
        account = raw.account("https")
        with convert_errors("raw", "a", account):
            assert blob.download_blob().readall() == b"0123456789"
        session.close()

        with (
            raw.behave(Behaviour(minimum_tls=ssl.TLSVersion.TLSv1_3)),
            pytest.raises(StoreUnavailable),
            convert_errors("raw", "a", account),
        ):
            blob.download_blob()


def test_a_server_without_certificates_takes_no_https() -> None:
    with serve() as server, pytest.raises(StoreUnavailable):
        store_of(server, "https").container_exists("raw")
