"""The retry policy: how often and when a request is sent again if the service could not answer.

The SDK's own policy ignores Retry-After and status 429, does not resume a download where it broke, does not retry after
a wrong checksum, and waits as long for an untrusted certificate as for a busy server.
"""

from __future__ import annotations

import logging
import random
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from azure.core.exceptions import AzureError, IncompleteReadError, ServiceRequestError, ServiceResponseError
from azure.storage.blob import ExponentialRetry
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from blobprep.account import Account
from blobprep.causes import walk_causes
from blobprep.stores.azure.body import LEAST, Body, BrokenBody
from blobprep.stores.azure.headers import read_date
from blobprep.stores.base import Write
from blobprep.stores.cancellation import pause
from blobprep.stores.service_rules import format_name

__all__ = ["LONGEST_WAIT", "UNTRUSTED", "RetriesExhausted", "RetryPolicy", "Sleep", "is_checked", "is_cut"]

LONGEST_WAIT: Final = 60.0
"""The longest wait in seconds; if the service asks for more, the request fails."""

UNTRUSTED: Final = "the certificate is not trusted"

Sleep = Callable[[float], None]
"""Waits for a number of seconds, and raises if the outcome is no longer wanted."""

_LOG: Final = logging.getLogger(__name__)
_FIRST_WAIT: Final = 1.0
_UNMADE: Final = (ConnectTimeoutError, NewConnectionError, ConnectionRefusedError, socket.gaierror)
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})
_DAMAGED: Final = frozenset({"Md5Mismatch"})
_OF_SOURCE: Final = frozenset({"CannotVerifyCopySource", "Md5Mismatch"})
"""What the service says of a source that it is to copy, also with status 500; another attempt finds the same."""


class RetriesExhausted(AzureError):
    """A request that failed on its last allowed attempt.

    Attributes:
        tried: how often and how long it was tried, in words.
        why: how the last attempt failed, in words.
        status, headers: of the last answer; None and empty if no complete answer came.
        asked: seconds that it asks to wait.
        cause: the last error, None if there was an answer.
    """

    def __init__(self, tried: str, failure: _Failure) -> None:
        super().__init__(failure.why)
        self.tried, self.why = tried, failure.why
        self.status, self.headers, self.cause = failure.status, failure.headers or {}, failure.error
        self.asked = failure.asked


@dataclass(frozen=True, slots=True)
class _Failure:
    """A failed attempt.

    Attributes:
        why: how it failed, in a few words.
        may_be_done: the request may have taken effect.
        asked: seconds that the service asks to wait.
        is_hopeless: another attempt would fail in the same way.
    """

    why: str
    may_be_done: bool = True
    asked: float = 0.0
    is_hopeless: bool = False
    status: int | None = None
    headers: Mapping[str, str] | None = None
    error: AzureError | None = None


class RetryPolicy(ExponentialRetry):
    """The policy that repeats requests until they are answered, and downloads until they are complete.

    Args:
        account: the account the requests are for.
        retries: how often a request is repeated; a download that made progress counts from the start again.
        sleep: waits for a number of seconds, and raises if the outcome is no longer wanted.
    """

    def __init__(self, account: Account, retries: int, sleep: Sleep = pause) -> None:
        super().__init__(retry_total=retries)
        self._account, self._wait = account, sleep
        self._checked = is_checked(account)

    def send(self, request: Any) -> Any:
        """Send a request.

        Its option `retry_hook` is called if an attempt may have taken effect although its answer was lost. With the
        option `write` it is a download, each piece of which is passed on with its place; see `Body`.

        Raises:
            RetriesExhausted: the last allowed attempt failed.
            AzureError: the request cannot be sent at all.
            StoreUnavailable: a pause was ended early.
        """
        settings = self.configure_retries(request)
        body = self._body(request)
        began, made, failed = time.monotonic(), 0, 0
        while True:
            there = len(body) if body is not None else 0
            made += 1
            answer = self._attempt(request, body)
            if not isinstance(answer, _Failure):
                answer.http_response.location_mode = settings["mode"]
                return answer
            if answer.may_be_done and settings["hook"]:
                settings["hook"]()
            failed = 1 if body is not None and len(body) - there >= LEAST else failed + 1
            wait = _backoff(failed, answer.asked)
            if failed > settings["total"] or answer.is_hopeless or answer.asked > LONGEST_WAIT:
                raise RetriesExhausted(_describe_attempts(made, time.monotonic() - began, answer.asked), answer)
            _LOG.info(
                "%s: %s; attempt %d of %d in %.1f s",
                self._format_name(request.http_request.url),
                answer.why,
                failed + 1,
                settings["total"] + 1,
                wait,
            )
            self._wait(wait)

    def _body(self, request: Any) -> Body | None:
        write: Write | None = request.context.options.pop("write", None)
        if write is None:
            return None
        request.context.options["stream"] = True
        patience = self._account.network.read_timeout
        return Body(request.http_request.headers, write, checked=self._checked, patience=patience)

    def _attempt(self, request: Any, body: Body | None) -> Any:
        try:
            response = self.next.send(request)
            if failure := _find_failure(response.http_response, request.http_request.headers):
                return failure
            if body is not None and response.http_response.status_code in (200, 206):
                return body.take(response)
            return response
        except AzureError as error:
            if not is_cut(error):
                raise
            return _Failure(
                str(error) if isinstance(error, BrokenBody) else _reason(error),
                may_be_done=not _was_never_sent(error),
                is_hopeless=any(map(_is_hopeless, walk_causes(error))),
                error=error,
            )

    def _format_name(self, url: str) -> str:
        path = urlsplit(url).path.removeprefix(urlsplit(self._account.url).path).lstrip("/")
        container, _, blob = path.partition("/")
        return format_name(unquote(container), unquote(blob), self._account.name)


def is_checked(account: Account) -> bool:
    """Return whether downloads need a checksum: TLS authenticates every byte, and a local connection alters none."""
    return account.protocol == "http" and not account.is_local


def is_cut(error: AzureError) -> bool:
    """Return whether no answer came, or only part of one; the SDK reports a broken download without a response."""
    inner = (error.inner_exception, error.__cause__) if getattr(error, "response", None) is None else ()
    if any(isinstance(cause, OSError) for cause in inner):
        return True
    cuts = (BrokenBody, ServiceRequestError, ServiceResponseError, IncompleteReadError)
    return any(isinstance(cause, cuts) for cause in (error, *inner))


def _find_failure(response: Any, sent: Mapping[str, str]) -> _Failure | None:
    """Return the failure that an answer stands for; None for answers that are final, including refusals.

    Args:
        response: the answer.
        sent: the headers of the request.
    """
    status, headers = response.status_code, response.headers
    code = headers.get("x-ms-error-code", "")
    if code in _OF_SOURCE and "x-ms-copy-source" in sent:
        return None
    if status not in _AGAIN and code not in _DAMAGED:
        return None
    is_undone = status == 429 or code == "ServerBusy" or code in _DAMAGED
    return _Failure(
        code or f"status {status}",
        may_be_done=not is_undone,
        asked=_read_wait(headers),
        status=status,
        headers=headers,
    )


def _read_wait(headers: Mapping[str, str]) -> float:
    """Return how many seconds the service asks to wait; 0 if it does not."""
    try:
        for name in ("x-ms-retry-after-ms", "retry-after-ms"):
            if milliseconds := headers.get(name):
                return max(0.0, float(milliseconds) / 1000)
        after = headers.get("Retry-After", "0")
        if after.replace(".", "", 1).isdigit():
            return float(after)
        return max(0.0, (parsedate_to_datetime(after).astimezone(UTC) - read_date(headers)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _backoff(failed: int, asked: float) -> float:
    """Return seconds to wait: at least what is asked, longer each time, and random so that clients spread out."""
    backoff = min(_FIRST_WAIT * 2.0 ** (failed - 1), LONGEST_WAIT)
    return asked + random.uniform(backoff / 2, backoff)  # noqa: S311 - no secret


def _describe_attempts(made: int, seconds: float, asked: float) -> str:
    tried = f"in {made} attempts over {seconds:.0f} s" if made > 1 else "in one attempt"
    return f"{tried} and asks for a wait of {asked:.0f} s" if asked > LONGEST_WAIT else tried


def _reason(error: AzureError) -> str:
    """Return what went wrong in words of our own; the SDK's may contain an address with a SAS token."""
    for cause in walk_causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UNTRUSTED
        if isinstance(cause, socket.gaierror):
            return "its address cannot be looked up"
        if isinstance(cause, TimeoutError):
            return "no answer came in time"
        if isinstance(cause, ConnectionRefusedError):
            return "the connection was refused"
    return "it cannot be reached" if _was_never_sent(error) else "the connection was cut"


def _was_never_sent(error: AzureError) -> bool:
    """Return whether no connection was made; behind a proxy, the SDK's class may say so of a lost answer too."""
    return any(isinstance(cause, _UNMADE) for cause in walk_causes(error))


def _is_hopeless(cause: BaseException) -> bool:
    """Return whether waiting cannot help: an untrusted certificate, or a host name that does not exist."""
    if isinstance(cause, socket.gaierror):
        return cause.errno == socket.EAI_NONAME
    return isinstance(cause, ssl.SSLCertVerificationError)
