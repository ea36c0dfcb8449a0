"""Filters of `BlobService` get requests and answers in the form of 0.20, and may change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from azure.common import AzureMissingResourceHttpError

from blobprep.legacy.early import BlobService
from blobprep.legacy.early.filters import EarlyRequest, EarlyResponse
from tests.legacy.models import early_calls

Sending = Callable[[EarlyRequest], EarlyResponse]


@pytest.fixture
def adapter() -> early_calls.Answering:
    return early_calls.Answering()


@pytest.fixture
def service(adapter: early_calls.Answering) -> BlobService:
    session = requests.Session()
    session.mount("https://", adapter)
    return BlobService(early_calls.ACCOUNT, early_calls.KEY, request_session=session)


def test_a_filter_sees_pairs_and_the_query_in_the_path(service: BlobService) -> None:
    seen: list[Any] = []

    def keep(request: EarlyRequest, send: Sending) -> EarlyResponse:
        answer = send(request)
        seen.extend((request, answer))
        return answer

    service.with_filter(keep).get_blob("c", "a b", snapshot="10:30 1/2")

    request, answer = seen
    assert (request.host, request.method) == ("devstoreaccount1.blob.core.windows.net", "GET")
    assert request.path == "/c/a%20b?snapshot=10%3A30%201/2"
    assert request.query == [("snapshot", "10:30 1/2")]
    assert ("x-ms-range", None) in request.headers
    assert {"x-ms-date", "Authorization"} <= {name for name, _ in request.headers}
    assert request.body == ""
    assert (answer.status, answer.message, answer.body) == (200, "Told so.", None)
    assert ("x-ms-meta-Key", "Value") in answer.headers


def test_what_a_filter_changes_is_what_is_sent(adapter: early_calls.Answering, service: BlobService) -> None:
    def change(request: EarlyRequest, send: Sending) -> EarlyResponse:
        request.headers.append(("x-ms-tag", "1"))
        request.path = "/other/blob?comp=tags&empty="
        request.body = b"other"
        return send(request)

    service.with_filter(change).put_blob("c", "b", b"data", "BlockBlob", x_ms_blob_content_type="text/csv")

    (sent,) = adapter.requests
    assert sent["url"] == "https://devstoreaccount1.blob.core.windows.net/other/blob"
    assert sent["query"] == [("comp", "tags"), ("empty", "")]
    assert (sent["headers"]["x-ms-tag"], sent["headers"]["x-ms-blob-content-type"]) == ("1", "text/csv")
    assert sent["body"] == "other"


def test_what_a_filter_answers_is_what_the_caller_gets(adapter: early_calls.Answering, service: BlobService) -> None:
    def missing(request: EarlyRequest, send: Sending) -> EarlyResponse:
        return EarlyResponse(404, "It is gone.", [("x-ms-request-id", "1")], None)

    with pytest.raises(AzureMissingResourceHttpError, match=r"It is gone\."):
        service.with_filter(missing).get_blob("c", "b")
    assert adapter.requests == []


def test_a_filter_may_send_a_request_again(adapter: early_calls.Answering, service: BlobService) -> None:
    def twice(request: EarlyRequest, send: Sending) -> EarlyResponse:
        send(request)
        return send(request)

    service.with_filter(twice).put_blob("c", "b", b"data", "BlockBlob")

    first, second = adapter.requests
    assert first == second


def test_filters_see_what_the_ones_before_them_changed(service: BlobService) -> None:
    seen = []

    def inner(request: EarlyRequest, send: Sending) -> EarlyResponse:
        seen.append(dict(request.headers)["x-ms-tag"])
        return send(request)

    def outer(request: EarlyRequest, send: Sending) -> EarlyResponse:
        request.headers.append(("x-ms-tag", "outer"))
        return send(request)

    service.with_filter(inner).with_filter(outer).delete_container("c")

    assert seen == ["outer"]
