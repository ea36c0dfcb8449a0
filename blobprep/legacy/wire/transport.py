"""Send one request and take its answer, over the `requests.Session` that the script gave, or one of its own.

The session gets exactly the arguments that the old SDK used, so that a script's own session, which counts requests,
mounts adapters or answers itself, still works.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from blobprep.legacy.wire.constants import DEFAULT_PROTOCOL
from blobprep.legacy.wire.failures import only_bytes_or_stream
from blobprep.legacy.wire.messages import HTTPRequest, HTTPResponse

__all__ = ["HTTPClient", "Timeout", "logger"]

logger: Final = logging.getLogger("azure.storage.common._http.httpclient")
"""The old SDK had this logger, and did not use it."""

Timeout = float | tuple[float, float] | None


class HTTPClient:
    """A session, and how requests are sent over it.

    Attributes:
        protocol: `http` or `https`.
        session: a `requests.Session`, or an object with the same methods.
        timeout: in seconds, for connecting and reading, or one for each.
        proxies: by protocol, once `set_proxy` was called.
    """

    def __init__(self, protocol: str | None = None, session: Any = None, timeout: Timeout = None) -> None:
        self.protocol = protocol or DEFAULT_PROTOCOL
        self.session = session
        self.timeout = timeout
        self.proxies: dict[str, str] | None = None
        for name in ("Accept", "Accept-Encoding"):  # requests adds them, and they confuse the service
            if name in session.headers:
                del session.headers[name]

    def set_proxy(self, host: str, port: int | str, user: str | None, password: str | None) -> None:
        """Send everything through a proxy, regardless of the environment."""
        login = f"{user}:{password}@" if user and password else ""
        self.proxies = {protocol: f"{protocol}://{login}{host}:{port}" for protocol in ("http", "https")}

    def perform_request(self, request: HTTPRequest) -> HTTPResponse:
        """Send a request.

        Raises:
            TypeError: its body is neither bytes nor a stream.
        """
        if request.body:
            only_bytes_or_stream("request.body", request.body)
        answer = self.session.request(
            request.method,
            f"{self.protocol.lower()}://{request.host}{request.path}",
            params=request.query,
            headers=request.headers,
            data=request.body or None,
            timeout=self.timeout,
            proxies=self.proxies,
        )
        headers = {_header_name(name): value for name, value in answer.headers.items()}
        response = HTTPResponse(int(answer.status_code), answer.reason, headers, answer.content)
        answer.close()
        return response


def _header_name(name: str) -> str:
    """Write a name in lower case, but leave the case of metadata, which is a script's."""
    return name if name.lower().startswith("x-ms-meta-") else name.lower()
