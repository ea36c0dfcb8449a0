"""Send one request and take its answer: the pipeline of the current SDK over the session that the script gave.

The session is asked with exactly the arguments that the old SDK used, so that sessions of a script's own, which count
requests, mount adapters or answer themselves, go on working. The current SDK's own transport would overrule what
they say about certificates, refuse redirects, and wants more of an answer than such sessions give.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from azure.core.pipeline import Pipeline
from azure.core.pipeline.transport import HttpRequest, HttpResponse, HttpTransport

from blobprep.legacy.wire.constants import DEFAULT_PROTOCOL
from blobprep.legacy.wire.failures import only_bytes_or_stream
from blobprep.legacy.wire.messages import HTTPRequest, HTTPResponse

__all__ = ["HTTPClient", "Timeout"]

Timeout = float | tuple[float, float] | None


class HTTPClient:
    """Sends requests over a session.

    Attributes:
        protocol: `http` or `https`.
        session: a `requests.Session`, or what can do the same.
        timeout: in seconds, for connecting and reading, or one for each.
        proxies: by protocol, once `set_proxy` was called.
    """

    def __init__(self, protocol: str | None = None, session: Any = None, timeout: Timeout = None) -> None:
        self.protocol = protocol or DEFAULT_PROTOCOL
        self.session = session
        self.timeout = timeout
        self.proxies: dict[str, str] | None = None
        for name in ("Accept", "Accept-Encoding"):  # requests adds them by itself, to the service's confusion
            if name in session.headers:
                del session.headers[name]

    def set_proxy(self, host: str, port: int | str, user: str | None, password: str | None) -> None:
        """Send everything through a proxy, whatever the environment says."""
        login = f"{user}:{password}@" if user and password else ""
        self.proxies = {protocol: f"{protocol}://{login}{host}:{port}" for protocol in ("http", "https")}

    def perform_request(self, request: HTTPRequest) -> HTTPResponse:
        """Send a request.

        Raises:
            TypeError: its body is neither bytes nor a stream.
        """
        if request.body:
            only_bytes_or_stream("request.body", request.body)
        url = f"{self.protocol.lower()}://{request.host}{request.path}"
        sent = HttpRequest(request.method, url, headers=request.headers, data=request.body or None)  # type: ignore[arg-type]  # requests takes streams
        pipeline: Pipeline[HttpRequest, HttpResponse] = Pipeline(_SessionTransport(self.session))
        answer = pipeline.run(sent, params=request.query, timeout=self.timeout, proxies=self.proxies)
        return _whole(answer.http_response)


class _SessionTransport(HttpTransport[HttpRequest, HttpResponse]):
    """What the pipeline ends in: the session, which is neither opened nor closed here since it is the script's."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def send(self, request: HttpRequest, **options: Any) -> HttpResponse:
        """Ask the session; `options` are what `requests.Session.request` takes besides."""
        answer = self._session.request(
            request.method, request.url, headers=dict(request.headers), data=request.data, **options
        )
        return _SessionResponse(request, answer)

    def open(self) -> None:
        """Do nothing: the session is open."""

    def close(self) -> None:
        """Do nothing: the script closes its session."""

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.close()


class _SessionResponse(HttpResponse):
    """The session's answer to the pipeline."""

    def __init__(self, request: HttpRequest, answer: Any) -> None:
        super().__init__(request, answer)
        self.status_code = int(answer.status_code)
        self.reason = answer.reason
        self.headers = answer.headers

    def body(self) -> bytes:
        """Give all of it."""
        content: bytes = self.internal_response.content
        return content


def _whole(answer: HttpResponse) -> HTTPResponse:
    headers = {
        name if name.lower().startswith("x-ms-meta-") else name.lower(): value for name, value in answer.headers.items()
    }
    whole = HTTPResponse(answer.status_code, answer.reason, headers, answer.body())
    answer.internal_response.close()
    return whole
