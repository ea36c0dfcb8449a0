"""The filters of `BlobService`, and requests and answers as they see them: names and values in lists of pairs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from blobprep.legacy.wire.messages import HTTPRequest, HTTPResponse

__all__ = ["EarlyRequest", "EarlyResponse", "Filter", "Send", "filtered"]

Send = Callable[[HTTPRequest], HTTPResponse]
Filter = Callable[["EarlyRequest", Callable[["EarlyRequest"], "EarlyResponse"]], "EarlyResponse"]

_UNQUOTED: Final = "/()$=',~"


@dataclass
class EarlyRequest:
    """A signed request in front of a filter, which may change it.

    Attributes:
        host: without a scheme.
        method: such as `GET`.
        path: with the query, as it is sent.
        query: that of the path, for a filter to read; a value of None is not sent.
        headers: a value of None is not sent.
        body: bytes, or an empty text for none.
    """

    host: str
    method: str
    path: str
    query: list[tuple[str, Any]]
    headers: list[tuple[str, Any]]
    body: Any


@dataclass
class EarlyResponse:
    """An answer on its way back through a filter; its body is None if it has no body."""

    status: int
    message: str | None
    headers: list[tuple[str, str]]
    body: bytes | None


def filtered(filter: Filter, behind: Send) -> Send:  # noqa: A002 - its name in `with_filter`
    """Put a filter in front of what sends requests, or of another filter."""

    def passing(request: HTTPRequest) -> HTTPResponse:
        def send(seen: EarlyRequest) -> EarlyResponse:
            answer = behind(_sent(seen, request))
            return EarlyResponse(answer.status, answer.message, list(answer.headers.items()), answer.body or None)

        answer = filter(_seen(request), send)
        return HTTPResponse(answer.status, answer.message, dict(answer.headers), answer.body or b"")

    return passing


def _seen(request: HTTPRequest) -> EarlyRequest:
    query = [(name, None if value is None else str(value)) for name, value in request.query.items()]
    written = "&".join(f"{name}={quote(value, _UNQUOTED)}" for name, value in query if value is not None)
    path = f"{request.path}?{written}" if written else request.path
    headers = [(name, None if value is None else str(value)) for name, value in request.headers.items()]
    return EarlyRequest(request.host, request.method, path, query, headers, request.body)


def _sent(seen: EarlyRequest, request: HTTPRequest) -> HTTPRequest:
    sent = copy.copy(request)
    sent.host, sent.method, sent.body = seen.host, seen.method, seen.body
    sent.path, _, query = seen.path.partition("?")
    sent.query = dict(parse_qsl(query, keep_blank_values=True))
    sent.headers = {name: value for name, value in seen.headers if value is not None}
    return sent
