"""The short way to an account: its pool of connections is as `requests` makes it."""

from __future__ import annotations

import certifi
import pytest

from blobprep.stores.azure.transport import CONNECTIONS, Transport

URL = "https://account.test/container/blob"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_the_authorities_are_those_that_requests_trusts() -> None:
    pool = Transport()._find_route(URL, None).pool

    assert pool.cert_reqs == "CERT_REQUIRED"  # type: ignore[attr-defined]
    # Versions before 2.32.3 have loaded them into a context already.
    assert pool.ca_certs == certifi.where() or "ssl_context" in pool.conn_kw  # type: ignore[attr-defined]


@pytest.mark.parametrize("by_setting", [True, False])
def test_a_bundle_of_ones_own_takes_their_place(by_setting: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not by_setting:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", __file__)
    transport = Transport(connection_verify=__file__) if by_setting else Transport()

    assert transport._find_route(URL, None).pool.ca_certs == __file__  # type: ignore[attr-defined]


def test_a_request_through_a_proxy_names_the_host_only_where_the_proxy_reads_it() -> None:
    proxies = {"http": "http://proxy.test:8080", "https": "http://proxy.test:8080"}

    assert Transport()._find_route("http://account.test/a/b", proxies).before == "http://account.test"
    assert Transport()._find_route(URL, proxies).before == ""  # inside the tunnel
    assert Transport()._find_route(URL, None).before == ""


def test_the_environment_names_a_proxy_and_the_hosts_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:8080")
    monkeypatch.setenv("NO_PROXY", "near.test")

    assert Transport()._find_route("http://account.test/a", None).pool.proxy.host == "proxy.test"  # type: ignore[union-attr]
    assert Transport()._find_route("http://near.test/a", None).pool.proxy is None


def test_there_is_a_connection_for_each_thread() -> None:
    assert Transport()._find_route(URL, None).pool.pool.maxsize == CONNECTIONS  # type: ignore[union-attr]
