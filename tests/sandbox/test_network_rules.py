"""Which endpoints a script may reach: exactly those that are named, and never a metadata service."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.errors import InvalidOption
from blobprep.sandbox.network.rules import (
    Endpoint,
    Rules,
    explain_refusal,
    find_objection,
    is_allowed,
    normalize_host,
    parse_endpoint,
)

BLOB = Endpoint("contoso.blob.core.windows.net", 443)
METADATA = (
    *("169.254.169.254", "169.254.0.1", "168.63.129.16", "100.100.100.200", "192.0.0.192", "0.0.0.0", "224.0.0.1"),
    *("255.255.255.255", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fd20:ce::254", "::", "ff02::1"),
    # The same, wrapped in IPv6: mapped, 6to4, NAT64, Teredo, compatible.
    *("::ffff:169.254.169.254", "2002:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe", "::a9fe:a9fe"),
    *("2001:0:0:0:0:0:5601:5601", "::ffff:0.0.0.0"),
)
PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "10.0.0.5", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fc00::1", "fd12::1"),
    *("::ffff:10.0.0.5", "::ffff:127.0.0.1", "64:ff9b::a00:5", "240.0.0.1"),
    # The rest of the special-purpose registries, and what IPv6 has outside its global unicast addresses.
    *("192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.7"),
    *("203.0.113.9", "255.255.255.254", "fec0::1", "feff::1", "64:ff9b:1::a00:5", "100::1", "100:0:0:1::1"),
    *("2001::1", "2001:2::1", "2001:10::1", "2001:db8::1", "3fff:123::1", "5f00::1", "4000::1", "2002:a00:5::1"),
)
PUBLIC = (
    *("20.60.1.1", "2603:1030::1", "::ffff:20.60.1.1", "64:ff9b::143c:101", "192.0.0.9", "192.31.196.1"),
    *("192.52.193.1", "192.175.48.1", "2001:1::1", "2001:3::1", "2001:4:112::1", "2001:20::1", "2620:4f:8000::1"),
    *("172.32.0.1", "100.128.0.1", "2001:200::1"),
)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("contoso.blob.core.windows.net", "contoso.blob.core.windows.net:443"),
        (" Contoso.Blob.core.windows.net.:80 ", "contoso.blob.core.windows.net:80"),
        ("localhost:10000", "localhost:10000"),
        ("127.0.0.1:10000", "127.0.0.1:10000"),
        ("bücher.example", "xn--bcher-kva.example:443"),
        ("::1", "[::1]:443"),
        ("[::1]", "[::1]:443"),
        ("[2001:DB8:0::1]:80", "[2001:db8::1]:80"),
        ("with_underscore.example:1", "with_underscore.example:1"),
        ("a.b:65535", "a.b:65535"),
    ],
)
def test_an_endpoint_is_read_in_its_one_form(text: str, printed: str) -> None:
    endpoint = parse_endpoint(text)

    assert str(endpoint) == printed
    assert parse_endpoint(printed) == endpoint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("*.blob.core.windows.net", "wildcard"),
        ("*", "wildcard"),
        ("contoso.blob.core.windows.net:*", "wildcard"),
        ("", "does not name a host"),
        (":443", "does not name a host"),
        ("a..b", "does not name a host"),
        ("-a.b", "does not name a host"),
        ("127.1", "does not name a host"),
        ("0x7f000001", "does not name a host"),
        ("2130706433", "does not name a host"),
        ("127.0.0.01", "does not name a host"),
        ("[127.0.0.1]:80", "does not name a host"),
        ("[::1]80", "does not name a host"),
        ("[::1", "does not name a host"),
        ("[:80", "does not name a host"),
        ("x" * 64, "does not name a host"),
        ("a.b:0", "port"),
        ("a.b:65536", "port"),
        ("a.b:http", "port"),
        ("a.b:", "port"),
        ("a.b:-1", "port"),
        ("a.b:٣", "port"),
        *((each if ":" not in each else f"[{each}]", "may never reach") for each in METADATA if "%" not in each),
    ],
)
def test_an_invalid_or_forbidden_endpoint_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidOption, match=said):
        parse_endpoint(text)


@pytest.mark.parametrize(
    "text",
    ["https://contoso.blob.core.windows.net/c?sig=c4n4ry", "u:c4n4ry@host", "c4n4ry==", "c4n4ry" * 60, "a b"],
)
def test_what_may_hold_a_secret_is_not_shown(text: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse_endpoint(text)

    assert "c4n4ry" not in str(caught.value)
    assert "HOST:PORT" in caught.value.remedy


@given(st.text(max_size=30))
def test_any_text_is_an_endpoint_that_reads_back_or_is_refused(text: str) -> None:
    try:
        endpoint = parse_endpoint(text)
    except InvalidOption:
        return

    assert parse_endpoint(str(endpoint)) == endpoint
    assert normalize_host(endpoint.host) == endpoint.host


@given(st.one_of(st.text(max_size=300), st.ip_addresses().map(str), st.from_regex(r"[a-zü.%:\[\]0-9-]{1,20}")))
def test_any_text_is_a_host_in_its_one_form_or_refused(text: str) -> None:
    try:
        host = normalize_host(text)
    except ValueError:
        return

    assert host.isascii()
    assert host.isprintable()
    assert normalize_host(host) == normalize_host(host.upper()) == host


def test_exactly_the_host_and_the_port_that_are_named_are_allowed() -> None:
    rules = Rules(frozenset({BLOB}))

    assert is_allowed(BLOB, rules)
    assert not is_allowed(Endpoint(BLOB.host, 80), rules)
    assert not is_allowed(Endpoint("fabrikam.blob.core.windows.net", 443), rules)
    assert not is_allowed(Endpoint("x.contoso.blob.core.windows.net", 443), rules)
    assert not is_allowed(BLOB, Rules())


def test_the_accounts_of_a_run_are_allowed_when_that_is_asked_for() -> None:
    assert not is_allowed(BLOB, Rules(accounts=frozenset({BLOB})))
    assert is_allowed(BLOB, Rules(accounts=frozenset({BLOB}), allow_accounts=True))
    assert Rules(accounts=frozenset({BLOB})).listed == ()
    assert Rules(accounts=frozenset({BLOB}), allow_accounts=True).listed == ("contoso.blob.core.windows.net:443",)


def test_advice_names_the_option_that_would_allow_it() -> None:
    assert explain_refusal(BLOB, Rules()).endswith("allow it with --allow-host contoso.blob.core.windows.net:443")
    assert "--allow-accounts" in explain_refusal(BLOB, Rules(accounts=frozenset({BLOB})))
    assert "no option" in explain_refusal(Endpoint("169.254.169.254", 80), Rules())


@pytest.mark.parametrize("address", METADATA)
def test_a_metadata_address_is_never_reached(address: str) -> None:
    ends = {BLOB, Endpoint("localhost", 80), Endpoint(address, 80), Endpoint(address, 443)}
    rules = Rules(frozenset(ends), frozenset(ends), allow_accounts=True)

    assert all("may never reach" in find_objection(end, address, rules) for end in ends)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_behind_any_allowed_name(address: str) -> None:
    assert find_objection(BLOB, address, Rules(frozenset({BLOB}))) == ""


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_reached_where_it_was_meant(address: str) -> None:
    itself = parse_endpoint(f"[{address}]:443" if ":" in address else f"{address}:443")

    assert f"--allow-host {itself}" in find_objection(BLOB, address, Rules(frozenset({BLOB})))
    assert f"--allow-host {itself}" in find_objection(BLOB, address, Rules(frozenset({BLOB}), frozenset({BLOB})))
    assert find_objection(BLOB, address, Rules(frozenset({BLOB, itself}))) == ""
    assert find_objection(itself, address, Rules(frozenset({itself}))) == ""
    assert find_objection(BLOB, address, Rules(accounts=frozenset({BLOB}), allow_accounts=True)) == ""
    for name in ("localhost", "azurite", "azurite.default.svc.cluster.local"):
        assert find_objection(Endpoint(name, 443), address, Rules()) == ""
