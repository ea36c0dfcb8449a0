from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import requests
from azure.common import AzureException

from blobprep.legacy.models import BatchDeleteSubRequest, BatchSetBlobTierSubRequest
from blobprep.legacy.services.block import BlockBlobService
from blobprep.legacy.wire.batches import read_batch, write_batch
from blobprep.legacy.wire.messages import HTTPRequest, HTTPResponse
from tests.legacy.transfers.conftest import Legacy


def test_blobs_are_deleted_and_those_that_cannot_be_say_why(legacy: Legacy) -> None:
    for name in ("a", "b c/ü"):
        legacy.put(name, b"text")
    asked = [BatchDeleteSubRequest(legacy.container, name) for name in ("a", "missing", "b c/ü")]

    answers = legacy.block.batch_delete_blobs(asked)

    assert [answer.is_successful for answer in answers] == [True, False, True]
    assert [answer.http_response.status for answer in answers] == [202, 404, 202]
    assert answers[1].http_response.message == "BlobNotFound"
    assert b"The specified blob does not exist." in answers[1].http_response.body
    assert [answer.batch_sub_request for answer in answers] == asked
    assert list(legacy.plain.list_blobs(legacy.container)) == []


def test_every_service_has_batches(legacy: Legacy) -> None:
    legacy.put("a", b"text")

    (answer,) = legacy.page.batch_delete_blobs([BatchDeleteSubRequest(legacy.container, "a")], timeout=5)

    assert answer.is_successful
    assert legacy.record.requests[0].query == {"comp": "batch", "timeout": "5"}


def test_blobs_are_moved_to_other_tiers(legacy: Legacy) -> None:
    legacy.put("a", b"text")
    asked = [BatchSetBlobTierSubRequest(legacy.container, name, "Cool") for name in ("a", "missing")]

    answers = legacy.block.batch_set_standard_blob_tier(asked)

    assert [answer.is_successful for answer in answers] == [True, False]
    assert legacy.plain.get_blob_properties(legacy.container, "a").properties.blob_tier == "Cool"


def sent(legacy: Legacy, part: BatchDeleteSubRequest) -> list[str]:
    """The lines of a batch of one, without what differs each time."""
    bodies: list[Any] = []

    def note(request: HTTPRequest) -> None:
        bodies.append(request.body)

    legacy.block.request_callback = note
    legacy.block.batch_delete_blobs([part])
    changing = ("--batch_", "User-Agent: ", "x-ms-date: ", "Authorization: ")
    return [line for line in bodies[0].decode().split("\r\n") if not line.startswith(changing)]


def test_a_part_has_its_own_headers(legacy: Legacy) -> None:
    then = datetime(2019, 1, 1)
    part = BatchDeleteSubRequest("container", "a b", "2020-01-01T00:00:00Z", "lease", "include", then, None, "*", '"x"')

    assert sent(legacy, part) == [
        "Content-Type: application/http",
        "Content-ID: 0",
        "Content-Transfer-Encoding: binary",
        "",
        "DELETE /devstoreaccount1/container/a%20b?snapshot=2020-01-01T00:00:00Z HTTP/1.1",
        "x-ms-lease-id: lease",
        "x-ms-delete-snapshots: include",
        "If-Modified-Since: Tue, 01 Jan 2019 00:00:00 GMT",
        "If-Match: *",
        'If-None-Match: "x"',
        "Content-Length: 0",
        "",
        "",
        "",
    ]


def test_a_token_signs_the_parts(legacy: Legacy) -> None:
    legacy.put("a", b"text")
    token = legacy.block.generate_account_shared_access_signature("sco", "rwdl", "2090-01-01")
    legacy.block.authentication = BlockBlobService("contoso", sas_token=token).authentication

    (answer,) = legacy.block.batch_delete_blobs([BatchDeleteSubRequest(legacy.container, "a")])

    assert answer.is_successful


def test_the_query_of_a_part_is_quoted() -> None:
    request = HTTPRequest()
    request.method, request.path = "DELETE", "/container/a"
    request.query = {"snapshot": "2020-01-01T00:00:00Z", "timeout": None, "sig": "a+b/c=&d"}

    line = write_batch([request], "1").decode().split("\r\n")[5]

    assert line == "DELETE /container/a?snapshot=2020-01-01T00:00:00Z&sig=a%2Bb/c%3D%26d HTTP/1.1"


def test_a_credential_that_signs_the_session_signs_the_parts(legacy: Legacy) -> None:
    class Credential:
        def signed_session(self, session: Any) -> Any:
            session.headers["Authorization"] = "Bearer token"
            return session

    bodies: list[Any] = []

    def note(request: HTTPRequest) -> None:
        bodies.append(request.body)
        raise AzureException("enough")

    legacy.block.request_session = requests.Session()
    legacy.block.authentication = Credential()
    legacy.block.request_callback = note

    with pytest.raises(AzureException, match="enough"):
        legacy.block.batch_delete_blobs([BatchDeleteSubRequest("c", "a")])

    assert b"\r\nAuthorization: Bearer token\r\n" in bodies[0]


@pytest.mark.parametrize("count", [None, 0, 257])
def test_a_batch_has_1_to_256_parts(legacy: Legacy, count: int | None) -> None:
    parts: Any = None if count is None else [BatchDeleteSubRequest("c", "a")] * count

    with pytest.raises(ValueError, match=r"^Batch request should take 1 to 256 sub-requests$"):
        legacy.block.batch_delete_blobs(parts)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (BatchSetBlobTierSubRequest("", "a", "Hot"), "container_name"),
        (BatchSetBlobTierSubRequest("c", "", "Hot"), "blob_name"),
        (BatchSetBlobTierSubRequest("c", "a", ""), "standard_blob_tier"),
    ],
)
def test_a_part_without_what_it_needs_is_refused(legacy: Legacy, part: Any, name: str) -> None:
    setattr(part, name, None)

    with pytest.raises(ValueError, match=rf"^{name} should not be None\.$"):
        legacy.block.batch_set_standard_blob_tier([part])

    assert legacy.record.requests == []


def answer(*parts: str) -> HTTPResponse:
    body = "".join(f"--batchresponse_1\r\n{part}\r\n" for part in parts) + "--batchresponse_1--\r\n"
    return HTTPResponse(202, "", {"content-type": "multipart/mixed; boundary=batchresponse_1"}, body.encode())


def test_answers_are_read_in_the_order_in_which_they_came() -> None:
    missing = (
        "Content-Type: application/http\r\nContent-ID: 1\r\n\r\n"
        "HTTP/1.1 404 The specified blob does not exist.\r\nx-ms-error-code: BlobNotFound\r\nContent-Length: 9\r\n\r\n"
        "<Error/>\n\r\n\r\nContent-ID: 7"
    )
    deleted = "Content-ID: 0\r\n\r\nHTTP/1.1 202 Accepted\r\nx-ms-request-id: 1: 2\r\n\r\n"

    failed, done = read_batch(answer(missing, deleted), ["first", "second"])

    assert (failed.is_successful, failed.batch_sub_request) == (False, "second")
    assert (failed.http_response.status, failed.http_response.message) == (404, "BlobNotFound")
    assert failed.http_response.body == b"<Error/>\n\r\n\r\nContent-ID: 7"
    assert "x-ms-error-code" not in failed.http_response.headers
    assert (done.is_successful, done.batch_sub_request) == (True, "first")
    assert done.http_response.headers["x-ms-request-id"] == "1: 2"


def test_an_answer_to_none_of_the_parts_is_an_error() -> None:
    refused = (
        "Content-Type: application/http\r\n\r\nHTTP/1.1 403 Forbidden\r\nx-ms-error-code: AuthenticationFailed\r\n\r\n"
    )

    with pytest.raises(AzureException, match=r"^The batch was answered as a whole: 403 AuthenticationFailed$"):
        read_batch(answer(refused), ["first"])
