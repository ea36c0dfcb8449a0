"""Requests are signed with a key, with a token, by a session, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from azure.common import AzureException, AzureHttpError

from blobprep.legacy.models import BlobPermissions, ContainerPermissions, PublicAccess, ResourceTypes
from blobprep.legacy.retry import LinearRetry
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.wire.authentication import SharedKeyAuthentication, TokenCredential
from blobprep.legacy.wire.failures import AzureSigningError
from blobprep.legacy.wire.messages import HTTPRequest
from tests import emulator
from tests.legacy.core.conftest import Answering, Live, offline, refusal, written

SOON = datetime.now(UTC) + timedelta(hours=1)


def signed(authentication: SharedKeyAuthentication, **given: Any) -> str:
    request = HTTPRequest()
    request.method, request.path = "PUT", "/devstoreaccount1-secondary/c/b%20c"
    for name, value in given.items():
        setattr(request, name, value)
    authentication.sign_request(request)
    header: str = request.headers["Authorization"]
    return header


def test_a_signature_is_what_the_old_sdk_made() -> None:
    """The proof was made by azure-storage-common 2.1.0 for the same request."""
    authentication = SharedKeyAuthentication(emulator.ACCOUNT, emulator.KEY)

    header = signed(
        authentication,
        query={"comp": "metadata", "timeout": "5", "snapshot": None, "Prefix": "ü"},
        headers={
            "x-ms-version": "2019-02-02",
            "x-ms-date": "Mon, 23 Nov 2026 13:04:09 GMT",
            "x-ms-meta-B": "b",
            "x-ms-lease-id": None,
            "If-Match": '"0x1"',
            "Content-Length": "0",
            "Content-Type": "text/plain",
        },
    )

    assert header == "SharedKey devstoreaccount1:irW0wfJWic/rgN4v1EnS1vMPdCFIX1l1Y0RFWpPLNXI="


def test_the_emulators_secondary_is_signed_as_its_primary() -> None:
    plain = SharedKeyAuthentication(emulator.ACCOUNT, emulator.KEY)
    emulated = SharedKeyAuthentication(emulator.ACCOUNT, emulator.KEY, is_emulated=True)

    assert signed(emulated) == signed(plain, path="/devstoreaccount1/c/b%20c") != signed(plain)


def test_junk_behind_the_padding_of_a_key_is_dropped() -> None:
    pasted = SharedKeyAuthentication(emulator.ACCOUNT, emulator.KEY + ";EndpointSuffix=core.windows.net")

    assert signed(pasted) == signed(SharedKeyAuthentication(emulator.ACCOUNT, emulator.KEY))


def test_a_key_that_is_no_base64_is_a_signing_error() -> None:
    with pytest.raises(AzureSigningError, match="Incorrect padding"):
        signed(SharedKeyAuthentication("contoso", "abc"))


@pytest.mark.parametrize("mark", ["", "?"])
def test_a_token_of_the_account_opens_it(live: Live, make: Callable[..., BaseBlobService], mark: str) -> None:
    token = live.service.generate_account_shared_access_signature(
        ResourceTypes.SERVICE + ResourceTypes.CONTAINER, "rl", SOON
    )

    service = make(account_name=emulator.ACCOUNT, sas_token=mark + token)

    assert live.container in [each.name for each in service.list_containers()]


def test_a_token_of_a_container_and_of_a_blob_open_them_alone(live: Live, make: Callable[..., BaseBlobService]) -> None:
    live.put()
    whole = live.service.generate_container_shared_access_signature(live.container, ContainerPermissions.LIST, SOON)
    single = live.service.generate_blob_shared_access_signature(
        live.container, "blob", permission=BlobPermissions.READ, expiry=SOON
    )

    assert list(make(account_name="devstoreaccount1", sas_token=whole).list_blob_names(live.container)) == ["blob"]
    reader = make(account_name="devstoreaccount1", sas_token=single)
    assert reader.get_blob_metadata(live.container, "blob") == {}
    with pytest.raises(AzureHttpError) as caught:
        reader.list_blobs(live.container)
    assert caught.value.status_code == 403


def test_a_token_is_added_once_however_often_a_request_is_sent() -> None:
    session = Answering(refusal(500), written())
    service = offline(session, account_key=None, sas_token="sv=1&sig=a%2Bb%3D")
    service.retry = LinearRetry(0, 1, False, 0).retry

    service.create_container("c")

    assert [options["params"]["sig"] for _, _, options in session.asked] == ["a+b=", "a+b="]


def test_what_is_public_needs_no_signature(live: Live, make: Callable[..., BaseBlobService]) -> None:
    live.put()
    anyone = make(account_name=emulator.ACCOUNT)
    with pytest.raises(AzureHttpError):
        anyone.get_blob_metadata(live.container, "blob")

    live.service.set_container_acl(live.container, public_access=PublicAccess.Container)

    assert anyone.get_blob_metadata(live.container, "blob") == {}


def test_a_credential_signs_the_session_before_each_request() -> None:
    session = Answering(refusal(500), written())
    credential = TokenCredential("first")
    service = offline(session, account_key=None)
    service.authentication = credential

    def renew(context: Any) -> float:
        credential.token = "second"
        return 0

    service.retry = renew
    seen: list[str] = []
    service.response_callback = lambda response: seen.append(session.headers["Authorization"])
    service.create_container("c")

    assert seen == ["Bearer first", "Bearer second"]


def test_any_object_that_signs_sessions_is_a_credential() -> None:
    class Managed:
        def signed_session(self, session: requests.Session | None = None) -> requests.Session:
            return other  # type: ignore[return-value]

    other = Answering()
    service = BaseBlobService("contoso", token_credential=Managed(), request_session=Answering())

    service.create_container("c")

    assert service.request_session is other
    assert other.urls == ["https://contoso.blob.core.windows.net/c"]


def test_a_credential_makes_a_session_where_there_is_none() -> None:
    with TokenCredential("token").signed_session() as session:
        assert session.headers["Authorization"] == "Bearer token"


def test_what_signs_nothing_is_an_azure_exception() -> None:
    service = offline(Answering())
    service.authentication = object()

    with pytest.raises(AzureException, match="has no attribute 'signed_session'"):
        service.create_container("c")
