"""Many requests in one: the multipart bodies of a batch and of its answer.

    --batch_ID                                          --batchresponse_ID
    Content-Type: application/http                      Content-Type: application/http
    Content-ID: 0                                       Content-ID: 0
    Content-Transfer-Encoding: binary
                                                        HTTP/1.1 202 Accepted
    DELETE /container/blob? HTTP/1.1                    x-ms-request-id: …
    Content-Length: 0
                                                        body, if there is one
    --batch_ID--                                        --batchresponse_ID--

Source:
    Microsoft, "Blob Batch", the REST API.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote

from blobprep.legacy.models import BatchSubResponse
from blobprep.legacy.wire.failures import AzureException
from blobprep.legacy.wire.messages import HTTPRequest, HTTPResponse

__all__ = ["boundary", "read_batch", "write_batch"]

_LINE: Final = "\r\n"
_UNQUOTED_VALUE: Final = ":,/"
_ERROR_CODE: Final = "x-ms-error-code"


def boundary(batch_id: str) -> str:
    """Return what separates the parts."""
    return f"batch_{batch_id}"


def write_batch(requests: Iterable[HTTPRequest], batch_id: str) -> bytes:
    """Write signed requests as the body of one; the answer to each has its number here."""
    line = f"--{boundary(batch_id)}"
    parts = [f"{line}{_LINE}{_written(number, request)}{_LINE}" for number, request in enumerate(requests)]
    return f"{''.join(parts)}{line}--{_LINE}".encode()


def _written(number: int, request: HTTPRequest) -> str:
    query = "&".join(
        f"{name}={quote(value, _UNQUOTED_VALUE)}" for name, value in request.query.items() if value is not None
    )
    return _LINE.join(
        (
            "Content-Type: application/http",
            f"Content-ID: {number}",
            "Content-Transfer-Encoding: binary",
            "",
            f"{request.method} {request.path}?{query} HTTP/1.1",
            *(f"{name}: {value}" for name, value in request.headers.items() if value is not None),
            "",
            "",
        )
    )


def read_batch(response: HTTPResponse, asked: Sequence[Any]) -> list[BatchSubResponse]:
    """Read the answers, in the order in which the service gave them.

    Args:
        response: the answer to the batch.
        asked: the parts of the batch, by number.

    Raises:
        AzureException: an answer belongs to no part, because the service refuses them all.
    """
    separator = "--" + response.headers["content-type"].split("=", 1)[1]
    parts = response.body.decode().split(separator + _LINE)
    parts[-1] = parts[-1].split(f"{_LINE}{separator}--", 1)[0]
    answers = []
    for part in filter(None, parts):
        answer = _answer(part.removesuffix(_LINE))
        number = answer.headers.get("Content-ID")
        if number is None:
            raise AzureException(f"The batch was answered as a whole: {answer.status} {answer.message}")
        is_successful = answer.status // 100 == 2
        answers.append(BatchSubResponse(is_successful, answer, asked[int(number)]))
    return answers


def _answer(part: str) -> HTTPResponse:
    """Read one answer: its error code is its message, and not among its headers."""
    outer, _, inner = part.partition(_LINE * 2)
    head, _, body = inner.partition(_LINE * 2)
    status_line, *lines = head.split(_LINE)
    headers: dict[str, str] = {}
    for line in (*outer.split(_LINE), *lines):
        name, colon, value = line.partition(": ")
        if colon:
            headers[name] = value.rstrip()
    message = headers.pop(_ERROR_CODE, "")
    return HTTPResponse(int(status_line.split(" ")[1]), message, headers, body.encode())
