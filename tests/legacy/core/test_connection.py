"""What a constructor was given says which account it is, where it is and how requests are signed."""

from __future__ import annotations

from typing import Any

import pytest

from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.wire.authentication import TokenCredential
from blobprep.legacy.wire.constants import DEV_ACCOUNT_KEY

MISSING = "You need to provide an account name and either an account_key or sas_token when creating a storage service."


def signs(service: BaseBlobService) -> str:
    return type(service.authentication).__name__.removesuffix("Authentication")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"protocol": "https", "primary_endpoint": "contoso.blob.core.windows.net"}),
        ({}, {"secondary_endpoint": "contoso-secondary.blob.core.windows.net", "socket_timeout": (20, 2000)}),
        ({"protocol": "http"}, {"protocol": "http"}),
        ({"protocol": ""}, {"protocol": "https"}),
        ({"account_key": " a2V5\n"}, {"account_key": "a2V5"}),
        ({"endpoint_suffix": "core.chinacloudapi.cn"}, {"primary_endpoint": "contoso.blob.core.chinacloudapi.cn"}),
        ({"endpoint_suffix": None}, {"primary_endpoint": "contoso.blob.core.windows.net"}),
        ({"custom_domain": "www.contoso.com"}, {"primary_endpoint": "www.contoso.com", "protocol": "https"}),
        ({"custom_domain": "http://h:1/contoso//"}, {"primary_endpoint": "h:1/contoso", "protocol": "http"}),
        ({"custom_domain": "h"}, {"secondary_endpoint": "contoso-secondary.blob.core.windows.net"}),
        ({"socket_timeout": 22}, {"socket_timeout": 22}),
        ({"socket_timeout": 0}, {"socket_timeout": (20, 2000)}),
    ],
)
def test_an_account_name_and_its_options(given: dict[str, Any], expected: dict[str, Any]) -> None:
    service = BaseBlobService("contoso", **given)

    assert {name: getattr(service, name) for name in expected} == expected


def test_the_emulator_has_its_own_account() -> None:
    service = BaseBlobService("contoso", "a2V5", is_emulated=True, protocol="https")

    assert (service.account_name, service.account_key) == ("devstoreaccount1", DEV_ACCOUNT_KEY)
    assert (service.protocol, service.is_emulated) == ("http", True)
    assert service.primary_endpoint == "127.0.0.1:10000/devstoreaccount1"
    assert service.secondary_endpoint == "127.0.0.1:10000/devstoreaccount1-secondary"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("AccountName=a;AccountKey=k==;", {"account_name": "a", "account_key": "k==", "protocol": "https"}),
        ("AccountName=a;DefaultEndpointsProtocol=http", {"protocol": "http", "is_emulated": None}),
        ("AccountName=a;EndpointSuffix=x.y", {"primary_endpoint": "a.blob.x.y"}),
        ("AccountName=a;SharedAccessSignature=?sv=1&sig=2", {"sas_token": "?sv=1&sig=2", "account_key": None}),
        ("BlobEndpoint=www.a.com;", {"account_name": None, "primary_endpoint": "www.a.com"}),
        ("BlobEndpoint=www.a.com;", {"secondary_endpoint": None}),
        ("BlobEndpoint=http://p/;BlobSecondaryEndpoint=http://s/q/", {"secondary_endpoint": "s/q", "protocol": "http"}),
        ("UseDevelopmentStorage=true", {"primary_endpoint": "127.0.0.1:10000/devstoreaccount1", "is_emulated": "true"}),
        ("UseDevelopmentStorage=true;SharedAccessSignature=s", {"account_key": None, "sas_token": "s"}),
    ],
)
def test_a_connection_string(told: str, expected: dict[str, Any]) -> None:
    service = BaseBlobService(connection_string=told)

    assert {name: getattr(service, name) for name in expected} == expected


def test_a_connection_string_is_stronger_than_everything_else() -> None:
    service = BaseBlobService("other", "b3RoZXI=", is_emulated=True, protocol="http", connection_string="AccountName=a")

    assert (service.account_name, service.account_key, service.protocol) == ("a", None, "https")


@pytest.mark.parametrize("given", [{}, {"account_key": "a2V5"}, {"account_name": ""}, {"connection_string": ""}])
def test_without_an_account_it_says_what_is_missing(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="account name") as caught:
        BaseBlobService(**given)

    assert str(caught.value) == MISSING


@pytest.mark.parametrize("told", ["accountname=a", "AccountKey=k", "BlobSecondaryEndpoint=http://s;AccountName=a"])
def test_a_connection_string_without_an_account_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="account name"):
        BaseBlobService(connection_string=told)


def test_a_malformed_connection_string_is_refused_in_the_old_words() -> None:
    with pytest.raises(ValueError, match="dictionary update sequence element #1 has length 1; 2 is required"):
        BaseBlobService(connection_string="AccountName=a;junk")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"account_key": "a2V5", "sas_token": "sig=1"}, "SharedKey"),
        ({"sas_token": "sig=1"}, "SharedAccessSignature"),
        ({}, "No"),
        ({"account_key": ""}, "No"),
        ({"token_credential": TokenCredential("t")}, "TokenCredential"),
        ({"token_credential": TokenCredential("t"), "sas_token": "sig=1"}, "SharedAccessSignature"),
    ],
)
def test_a_key_is_stronger_than_a_token_and_that_than_a_credential(given: dict[str, Any], expected: str) -> None:
    assert signs(BaseBlobService("contoso", **given)) == expected


def test_a_token_credential_does_not_go_over_http() -> None:
    with pytest.raises(ValueError, match=r"^Token credential is only supported with HTTPS\.$"):
        BaseBlobService("contoso", token_credential=TokenCredential("t"), protocol="http")


def test_the_services_know_who_they_are() -> None:
    service = BaseBlobService("contoso")

    assert service._USER_AGENT_STRING.startswith("Azure-Storage/2.1.0-2.1.0 (Python CPython 3.")
    assert service._X_MS_VERSION == "2019-02-02"
    assert (service.location_mode, service.require_encryption) == ("primary", False)
    assert service.retry.__self__.max_attempts == 3  # type: ignore[attr-defined]
