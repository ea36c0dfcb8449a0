"""Log what is sent and what comes back, with the old SDK's logger and messages, without secrets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from blobprep.legacy.models import RetryContext
from blobprep.legacy.wire.messages import HTTPRequest, HTTPResponse

__all__ = ["Teller", "logger", "scrubbed_headers", "scrubbed_query", "timestamp_and_id"]

logger: Final = logging.getLogger("azure.storage.common.storageclient")

_REDACTED = "REDACTED"
_SIGNATURE = "sig"
_SOURCE = "x-ms-copy-source"


class Teller:
    """The log of one request, each line with the id that the client gave it."""

    def __init__(self, request: HTTPRequest) -> None:
        self._prefix = f"Client-Request-ID={request.headers['x-ms-client-request-id']}"

    def tell(self, text: str, *values: object) -> None:
        """Log a message."""
        logger.info(f"%s {text}", self._prefix, *values)

    def outgoing(self, request: HTTPRequest) -> None:
        """Log a request before it is sent."""
        if logger.isEnabledFor(logging.INFO):
            headers, query = _line(scrubbed_headers(request.headers)), scrubbed_query(request.query)
            text = "Outgoing request: Method=%s, Path=%s, Query=%s, Headers=%s."
            self.tell(text, request.method, request.path, query, headers)

    def receiving(self, retrying: RetryContext, response: HTTPResponse) -> None:
        """Log an answer."""
        text = "Receiving Response: %s, HTTP Status Code=%s, Message=%s, Headers=%s."
        self.tell(text, timestamp_and_id(retrying), response.status, response.message, _line(response.headers))

    def failed(self, level: int, text: str, retrying: RetryContext, error: Exception) -> None:
        """Log a failure: what follows from it, and then what it was."""
        status = "Unknown" if retrying.response is None else retrying.response.status
        what = (timestamp_and_id(retrying), status, _line(error))
        logger.log(level, f"%s {text}%s, HTTP status code=%s, Exception=%s.", self._prefix, *what)


def timestamp_and_id(retry_context: RetryContext) -> str:
    """Describe the service's time and id of the request, as far as the answer has them."""
    response = getattr(retry_context, "response", None)
    headers = {} if response is None else response.headers
    known = {"Server-Timestamp": headers.get("date"), "Server-Request-ID": headers.get("x-ms-request-id")}
    return ", ".join(f"{name}={value}" for name, value in known.items() if value is not None)


def scrubbed_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Copy headers without the authorization, and without the signature of the source of a copy."""
    clean = dict(headers)
    if "Authorization" in clean:
        clean["Authorization"] = _REDACTED
    source = clean.get(_SOURCE)
    if source is not None and _SIGNATURE + "=" in source:
        parts = urlsplit(source)
        query = dict(parse_qsl(parts.query)) | {_SIGNATURE: _REDACTED}
        clean[_SOURCE] = urlunsplit(parts._replace(query=urlencode(query)))
    return clean


def scrubbed_query(query: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a query without its signature."""
    return {name: _REDACTED if name == _SIGNATURE else value for name, value in query.items()}


def _line(value: object) -> str:
    return str(value).replace("\n", "")
