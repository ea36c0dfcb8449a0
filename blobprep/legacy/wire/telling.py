"""Tell the log what is sent and what comes back, under the old SDK's logger and in its words, without secrets."""

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
_OUTCOME = "HTTP status code=%s, Exception=%s."


class Teller:
    """What is told of one request, each line with the id that the client gave it."""

    def __init__(self, request: HTTPRequest) -> None:
        self._prefix = f"Client-Request-ID={request.headers['x-ms-client-request-id']}"

    def outgoing(self, request: HTTPRequest) -> None:
        """Tell of a request before it is sent."""
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                "%s Outgoing request: Method=%s, Path=%s, Query=%s, Headers=%s.",
                self._prefix,
                request.method,
                request.path,
                scrubbed_query(request.query),
                _line(scrubbed_headers(request.headers)),
            )

    def receiving(self, retrying: RetryContext, response: HTTPResponse) -> None:
        """Tell of an answer."""
        logger.info(
            "%s Receiving Response: %s, HTTP Status Code=%s, Message=%s, Headers=%s.",
            self._prefix,
            timestamp_and_id(retrying),
            response.status,
            response.message,
            _line(response.headers),
        )

    def expected(self, retrying: RetryContext, error: Exception) -> None:
        """Tell of a failure that is an answer."""
        logger.info("%s Received expected http error: %s, " + _OUTCOME, self._prefix, *_outcome(retrying, error))

    def unsigned(self, error: Exception) -> None:
        """Tell that the request could not be signed."""
        logger.info("%s Unable to sign the request: Exception=%s.", self._prefix, _line(error))

    def failed(self, retrying: RetryContext, error: Exception) -> None:
        """Tell of a failure before the retry policy is asked."""
        logger.info(
            "%s Operation failed: checking if the operation should be retried. Current retry count=%s, %s, " + _OUTCOME,
            self._prefix,
            getattr(retrying, "count", 0),
            *_outcome(retrying, error),
        )

    def undecryptable(self, retrying: RetryContext, error: Exception) -> None:
        """Tell of content that no retry can make readable."""
        logger.error(
            "%s Encountered decryption failure: this cannot be retried. %s, " + _OUTCOME,
            self._prefix,
            *_outcome(retrying, error),
        )

    def retrying(self, retrying: RetryContext, seconds: float) -> None:
        """Tell that another attempt follows."""
        logger.info(
            "%s Retry policy is allowing a retry: Retry count=%s, Interval=%s.",
            self._prefix,
            getattr(retrying, "count", 0),
            seconds,
        )

    def given_up(self, retrying: RetryContext, error: Exception) -> None:
        """Tell that no other attempt follows."""
        logger.error(
            "%s Retry policy did not allow for a retry: %s, " + _OUTCOME, self._prefix, *_outcome(retrying, error)
        )


def timestamp_and_id(retry_context: RetryContext) -> str:
    """Say when the service answered and what it calls the request, as far as it said so."""
    response = getattr(retry_context, "response", None)
    headers = {} if response is None else response.headers
    told = {"Server-Timestamp": headers.get("date"), "Server-Request-ID": headers.get("x-ms-request-id")}
    return ", ".join(f"{name}={value}" for name, value in told.items() if value is not None)


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


def _outcome(retrying: RetryContext, error: Exception) -> tuple[str, int | str, str]:
    status = "Unknown" if retrying.response is None else retrying.response.status
    return timestamp_and_id(retrying), status, _line(error)


def _line(value: object) -> str:
    return str(value).replace("\n", "")
