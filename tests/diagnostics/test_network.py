from __future__ import annotations

import pytest

from blobprep.account import Account
from blobprep.diagnostics.network import find_route, look_up

CONTOSO = Account("contoso")


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_is_taken_from_the_variables(variable):
    route, (finding,) = find_route(CONTOSO, {variable: "http://proxy.example:3128"})

    assert route.proxy == ("proxy.example", 3128)
    assert finding.text == f"{variable} sends requests through proxy.example:3128"


def test_a_proxy_for_http_is_not_one_for_https():
    route, (finding,) = find_route(CONTOSO, {"http_proxy": "http://proxy.example:3128"})

    assert route.proxy is None
    assert finding.text == "none is set"


@pytest.mark.parametrize(
    "excepted",
    [
        *("*", "contoso.blob.core.windows.net", ".core.windows.net", "core.windows.net"),
        *("a.example, BLOB.core.windows.net", "contoso.blob.core.windows.net:443"),
    ],
)
def test_no_proxy_excepts_the_host(excepted):
    route, (finding,) = find_route(CONTOSO, {"https_proxy": "http://proxy.example:3128", "no_proxy": excepted})

    assert route.proxy is None
    assert "exempts contoso.blob.core.windows.net" in finding.text


@pytest.mark.parametrize("excepted", ["soso.blob.core.windows.net", "example", "10.0.0.0/8", ","])
def test_no_proxy_excepts_no_other_host(excepted):
    route, _ = find_route(CONTOSO, {"https_proxy": "http://proxy.example:3128", "NO_PROXY": excepted})

    assert route.proxy is not None


def test_no_proxy_excepts_a_network():
    account = Account("contoso", endpoint="https://10.1.2.3/contoso")
    route, _ = find_route(account, {"https_proxy": "http://proxy.example:3128", "no_proxy": "10.0.0.0/8"})

    assert route.proxy is None


def test_the_login_of_a_proxy_is_shown_nowhere():
    route, (finding,) = find_route(CONTOSO, {"https_proxy": "http://me:c4n4ry@proxy.example:3128"})

    assert route.login == "me:c4n4ry"
    assert "c4n4ry" not in f"{route!r}{finding!r}"


@pytest.mark.parametrize(
    "address", ["socks5://proxy.example:1080", "https://proxy.example", "http://x:port", "http://"]
)
def test_a_proxy_of_another_kind_is_a_failure(address):
    _, (finding,) = find_route(CONTOSO, {"https_proxy": address})

    assert (finding.mark, finding.error) == ("fail", "SettingError")
    assert "http://HOST:PORT" in finding.remedy


def test_a_name_without_address_says_how_to_check_it():
    # A label of more than 63 characters is refused before anybody is asked.
    route, _ = find_route(Account("a" * 64), {})
    finding = look_up(route)

    assert (finding.mark, finding.error) == ("fail", "StoreUnavailable")
    assert "az storage account show --name aaa" in finding.remedy


def test_a_proxy_without_address_is_what_is_named():
    route, _ = find_route(CONTOSO, {"https_proxy": f"http://{'p' * 64}.example:3128"})

    assert "correct https_proxy" in look_up(route).remedy
