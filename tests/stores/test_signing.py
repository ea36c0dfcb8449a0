"""Requests signed by an account's key: as the SDK signs them."""

from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.pipeline.transport import HttpRequest
from azure.storage.blob._shared.authentication import SharedKeyCredentialPolicy
from hypothesis import given
from hypothesis import strategies as st

from blobprep.account import Credential
from blobprep.stores import IfAbsent
from blobprep.stores.azure import AzureStore
from blobprep.stores.azure.signing import KeySigner
from tests.server import Server

KEY = b64encode(b"no secret at all").decode()
SENT = {"x-ms-version": "2025-01-05", "Accept": "application/xml", "x-ms-date": "Mon, 30 Nov 2026 13:09:37 GMT"}

names = st.sampled_from(
    (
        "Content-MD5",
        "If-Match",
        "If-None-Match",
        "x-ms-range",
        "x-ms-range-get-content-md5",
        "x-ms-blob-type",
        "x-ms-blob-content-type",
        "x-ms-client-request-id",
    )
) | st.from_regex(r"x-ms-meta-[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)


def signed(url: str, headers: dict[str, str], body: bytes | None) -> tuple[str, str]:
    """Return the signature of a request by the signer, and by the SDK."""
    found = []
    for ours in (True, False):
        policy = SharedKeyCredentialPolicy("contoso", KEY)
        made = HttpRequest("PUT", url, headers=dict(headers))
        if body is not None:
            made.set_bytes_body(body)
        request: Any = PipelineRequest(made, PipelineContext(None))
        if ours:
            signer = KeySigner(policy)
            signer.next = SimpleNamespace(send=lambda sent: sent)  # type: ignore[assignment]
            assert signer.send(request) is request
        else:
            policy.on_request(request)
        found.append(made.headers["Authorization"])
    return found[0], found[1]


@given(
    st.dictionaries(names, values, max_size=8).filter(
        lambda given: len({name.lower() for name in given}) == len(given)
    ),
    st.dictionaries(
        st.sampled_from(("comp", "restype", "prefix", "blockid", "snapshot", "Marker")), values, max_size=4
    ),
    st.sampled_from((None, b"", b"abc")),
)
def test_a_request_is_signed_as_by_the_sdk(headers: dict[str, str], query: dict[str, str], body: bytes | None) -> None:
    asked = "&".join(f"{name}={value.encode().hex()}%3D" for name, value in query.items())
    ours, sdk = signed(f"https://contoso.test/raw/a%20b?{asked}".rstrip("?"), SENT | headers, body)

    assert ours == sdk
    assert ours.startswith("SharedKey contoso:")


def test_a_key_that_is_none_cannot_sign() -> None:
    with pytest.raises(ValueError, match=r"padding|base64"):
        KeySigner(SharedKeyCredentialPolicy("contoso", "c4n4r"))


def test_the_service_takes_what_is_signed_here_alone(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(SharedKeyCredentialPolicy, "on_request")  # of the SDK's, which is asked for the order of names
    server.store.create_container("raw")
    store = AzureStore(server.account("http", credential=Credential("key", server.key)), retry_total=0)

    store.write("raw", "a b.csv", b"1,2", content_type="text/csv", metadata={"Kind": "raw"}, condition=IfAbsent())

    assert store.read("raw", "a b.csv") == b"1,2"
    assert len(list(store.list("raw", "a"))) == 1
