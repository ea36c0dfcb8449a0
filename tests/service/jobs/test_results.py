"""What clients are told about results, over the stand-in server: accounts that Azurite does not have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from blobprep.account import Credential
from blobprep.service.jobs.places import OpenOutput
from blobprep.service.jobs.results import describe
from blobprep.stores.location import BlobLocation
from blobprep.stores.open import open_store
from tests.server import Server

NOW = datetime.now(UTC)


def told(server: Server, credential: Credential) -> dict[str, Any]:
    account = server.account("https", credential)
    location = BlobLocation(open_store(account), "out", "a b/ü.csv", "printed")
    values: dict[str, Any] = json.loads(describe([OpenOutput("output1", location, account, is_given=True)], NOW))
    return values["output1"]  # type: ignore[no-any-return]


def test_an_identity_signs_with_a_key_that_the_service_gives_it(server: Server, trusting: None) -> None:
    result = told(server, Credential("token", server.issue("reader"), "bearer"))
    assert result["BaseLocation"] == server.endpoint("https") + "/"
    assert result["RelativeLocation"] == "out/a%20b/%C3%BC.csv"
    fields = parse_qs(result["SasBlobToken"].removeprefix("?"))
    assert (fields["sp"], fields["sr"], fields["spr"]) == (["r"], ["b"], ["https"])
    assert fields["skoid"]


def test_an_identity_that_may_not_sign_gives_results_without_a_token(
    server: Server, trusting: None, caplog: pytest.LogCaptureFixture
) -> None:
    token = server.issue("none")
    result = told(server, Credential("token", token, "bearer"))
    assert result["SasBlobToken"] == ""
    assert "no token for results in account" in caplog.text
    assert token not in caplog.text


def test_a_token_of_the_request_is_kept_to_whoever_sent_it(server: Server) -> None:
    assert told(server, Credential("sas", "sv=2024-11-04&sr=c&sp=rw&sig=c4n4ry"))["SasBlobToken"] == ""
