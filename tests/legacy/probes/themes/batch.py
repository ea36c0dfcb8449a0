"""Batches of deletions and of tiers."""

from __future__ import annotations

from typing import Any

from azure.storage.blob import BatchDeleteSubRequest, BatchSetBlobTierSubRequest

from tests.legacy.probes.environment import Environment, tried
from tests.legacy.probes.recorder import Answer


def _part(number: int, status: str, *headers: str, body: str = "") -> str:
    lines = ["--batch_x", "Content-Type: application/http", f"Content-ID: {number}", "", f"HTTP/1.1 {status}"]
    return "\r\n".join([*lines, *headers, "", body]) + "\r\n"


def _answer(*parts: str) -> Answer:
    text = "".join(parts) + "--batch_x--\r\n"
    return Answer(202, {"Content-Type": "multipart/mixed; boundary=batch_x"}, text.encode())


def _told(response: Any) -> Any:
    if isinstance(response, Exception):
        return response
    return [
        {
            "is_successful": one.is_successful,
            "status": one.http_response.status,
            "message": one.http_response.message,
            "headers": dict(one.http_response.headers),
            "body": one.http_response.body,
            "blob": one.batch_sub_request.blob_name,
        }
        for one in response
    ]


def deletions(env: Environment) -> Any:
    env.answer(
        _answer(
            _part(0, "202 Accepted", "x-ms-request-id: a", "x-ms-version: 2019-02-02"),
            _part(1, "404 The specified blob does not exist.", "x-ms-error-code: BlobNotFound", body="<Error/>"),
        )
    )
    requests = [BatchDeleteSubRequest("c", "a"), BatchDeleteSubRequest("d", "b")]
    return _told(tried(env.over_https().batch_delete_blobs, requests))


def deletions_answered_in_another_order(env: Environment) -> Any:
    env.answer(_answer(_part(1, "202 Accepted"), _part(0, "403 Forbidden", "a: b")))
    requests = [BatchDeleteSubRequest("c", "a"), BatchDeleteSubRequest("d", "b")]
    return _told(tried(env.over_https().batch_delete_blobs, requests))


def deletions_with_a_sas_token(env: Environment) -> Any:
    env.answer(_answer(_part(0, "202 Accepted")))
    service = env.over_https(account_key=None, sas_token="sv=1&sig=abc")
    return _told(tried(service.batch_delete_blobs, [BatchDeleteSubRequest("c", "a")]))


def deletions_of_snapshots(env: Environment) -> Any:
    env.answer(_answer(_part(0, "202 Accepted")))
    requests = [BatchDeleteSubRequest("c", "a", "2019-01-01T00:00:00.0000000Z", delete_snapshots="only")]
    return _told(tried(env.over_https().batch_delete_blobs, requests))


def deletions_of_names_to_encode(env: Environment) -> Any:
    env.answer(_answer(_part(0, "202 Accepted"), _part(1, "202 Accepted")))
    requests = [BatchDeleteSubRequest("c", "a b/é"), BatchDeleteSubRequest("c", "100%?#")]
    return _told(tried(env.over_https().batch_delete_blobs, requests))


def tiers(env: Environment) -> Any:
    env.answer(_answer(_part(0, "200 OK"), _part(1, "202 Accepted")))
    requests = [BatchSetBlobTierSubRequest("c", "a", "Cool"), BatchSetBlobTierSubRequest("c", "b", "Hot", "High")]
    return _told(tried(env.over_https().batch_set_standard_blob_tier, requests))


def sizes_that_are_refused(env: Environment) -> Any:
    one = BatchDeleteSubRequest("c", "a")
    return [tried(env.over_https().batch_delete_blobs, requests) for requests in ([], None, [one] * 257)] + [
        tried(env.over_https().batch_set_standard_blob_tier, requests) for requests in ([], None)
    ]


def sub_requests_that_are_incomplete(env: Environment) -> Any:
    return [
        tried(lambda: env.over_https().batch_delete_blobs([BatchDeleteSubRequest(None, "a")])),
        tried(lambda: env.over_https().batch_delete_blobs([BatchDeleteSubRequest("c", None)])),
        tried(lambda: env.over_https().batch_set_standard_blob_tier([BatchSetBlobTierSubRequest("c", "a", None)])),
    ]


def refused_as_a_whole(env: Environment) -> Any:
    env.answer(Answer(403, {"x-ms-error-code": "AuthenticationFailed"}, b"<Error/>"))
    return tried(env.over_https().batch_delete_blobs, [BatchDeleteSubRequest("c", "a")])


def models(env: Environment) -> Any:
    return [
        BatchDeleteSubRequest("c", "b", "s", "l", "d", 1, 2, 3, 4),
        BatchDeleteSubRequest("c", "b"),
        BatchSetBlobTierSubRequest("c", "b", "Hot", "High"),
    ]


def on_azurite(env: Environment) -> Any:
    env.put("a")
    env.put("b")
    requests = [BatchDeleteSubRequest(env.container, name) for name in ("a", "missing", "b")]
    response = tried(env.block.batch_delete_blobs, requests)
    if isinstance(response, Exception):
        return type(response).__name__
    return [(one.is_successful, one.http_response.status) for one in response], env.block.exists(env.container, "a")
