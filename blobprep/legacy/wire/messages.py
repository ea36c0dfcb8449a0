"""Requests and answers, as the callbacks and retry policies of old scripts see and change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

__all__ = ["Body", "HTTPError", "HTTPRequest", "HTTPResponse", "Headers", "HostLocations"]

Headers = dict[str, Any]
HostLocations = dict[str, Any]
Body = bytes | str | IO[bytes]


class HTTPRequest:
    """A request; a retry sends the same object again.

    Attributes:
        host: to connect to, without a scheme; chosen from `host_locations` when it is sent.
        method: such as `GET`.
        path: quoted when it is sent.
        query: by name; None leaves a name out.
        headers: by name; None leaves a name out.
        body: bytes, or a stream that can be read again for a retry.
        host_locations: the hosts this operation may go to, by `LocationMode`.
    """

    host_locations: HostLocations

    def __init__(self) -> None:
        self.host = ""
        self.method = ""
        self.path = ""
        self.query: dict[str, Any] = {}
        self.headers: Headers = {}
        self.body: Body = ""


class HTTPResponse:
    """An answer, whole.

    Attributes:
        status: of HTTP; a `response_callback` may assign another.
        message: the reason behind the status.
        headers: names in lower case but for `x-ms-meta-…`, which keep their case; a callback may change them.
        body: all of it.
    """

    def __init__(self, status: Any, message: str | None, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.message = message
        self.headers = headers
        self.body = body


class HTTPError(Exception):
    """An answer of 300 or above, before it becomes an error of `azure.common`."""

    def __init__(self, status: int, message: str | None, respheader: Mapping[str, str], respbody: bytes | None) -> None:
        self.status = status
        self.respheader = respheader
        self.respbody = respbody
        super().__init__(message)
