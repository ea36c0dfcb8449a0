"""Requests sent again where the service could not answer: bounded, spread in time, and told.

The SDK's own policy overlooks Retry-After and status 429, repeats no download that breaks in the middle where it broke,
never looks at a checksum twice, and waits as long for a certificate nobody trusts as for a server that is busy.
"""

from __future__ import annotations

import logging
import random
import socket
import ssl
import threading
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
from blobprep.stores.cancellation import pause
from blobprep.stores.service_rules import format_name

__all__ = ["LONGEST_WAIT", "UNTRUSTED", "RetriesExhausted", "RetryPolicy", "is_checked", "is_cut"]

LONGEST_WAIT: Final = 60.0
"""Seconds a wait may last; a service that asks for more is left alone."""

UNTRUSTED: Final = "the certificate is not trusted"

Sleep = Callable[[float, threading.Event | None], None]

_LOG: Final = logging.getLogger(__name__)
_FIRST_WAIT: Final = 1.0
_UNMADE: Final = (ConnectTimeoutError, NewConnectionError, ConnectionRefusedError, socket.gaierror)
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})
_DAMAGED: Final = frozenset({"Md5Mismatch"})


class RetriesExhausted(AzureError):
    """Say that a request failed as often as it may.

    Attributes:
        tried: how often and how long, for people.
        status, headers: of the last answer; None and empty where none came whole.
        cause: the last error, None where there was an answer.
    """

    def __init__(self, tried: str, failure: _Failure) -> None:
        super().__init__(failure.why)
        self.tried, self.why = tried, failure.why
        self.status, self.headers, self.cause = failure.status, failure.headers or {}, failure.error


@dataclass(frozen=True, slots=True)
class _Failure:
    """Say how an attempt failed.

    Attributes:
        why: in a few words.
        may_be_done: the request may have had its effect.
        asked: seconds the service asks to wait.
        is_hopeless: another attempt would end the same way.
    """

    why: str
    may_be_done: bool = True
    asked: float = 0.0
    is_hopeless: bool = False
    status: int | None = None
    headers: Mapping[str, str] | None = None
    error: AzureError | None = None


class RetryPolicy(ExponentialRetry):
    """Send requests until they are answered, and downloads until they are whole, as often as is allowed.

    Args:
        account: whose requests they are.
        retries: how often one is repeated; a download that came forward counts anew.
        sleep: waits so many seconds, less once the given event is set; raises where it did.
    """

    def __init__(self, account: Account, retries: int, sleep: Sleep = pause) -> None:
        super().__init__(retry_total=retries)
        self._account, self._wait = account, sleep

    def send(self, request: Any) -> Any:
        """Send a request.

        Of its options `retry_hook` is called when one may have been done and nobody knows, and the event `stop` ends
        pauses.

        Raises:
            RetriesExhausted: it failed as often as it may.
            AzureError: it cannot be sent at all.
            StoreUnavailable: a pause was ended.
        """
        stop: threading.Event | None = request.context.options.pop("stop", None)
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
            wait = _wait(failed, answer.asked)
            if failed > settings["total"] or answer.is_hopeless or answer.asked > LONGEST_WAIT:
                raise RetriesExhausted(_tried(made, time.monotonic() - began, answer.asked), answer)
            _LOG.info(
                "%s: %s; attempt %d of %d in %.1f s",
                self._named(request.http_request.url),
                answer.why,
                failed + 1,
                settings["total"] + 1,
                wait,
            )
            self._wait(wait, stop)

    def _body(self, request: Any) -> Body | None:
        sent = request.http_request
        if sent.method != "GET" or not request.context.options.get("stream"):
            return None
        return Body(sent.headers, checked=is_checked(self._account), patience=self._account.network.read_timeout)

    def _attempt(self, request: Any, body: Body | None) -> Any:
        try:
            response = self.next.send(request)
            if failure := _refused(response.http_response):
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

    def _named(self, url: str) -> str:
        path = urlsplit(url).path.removeprefix(urlsplit(self._account.url).path).lstrip("/")
        container, _, blob = path.partition("/")
        return format_name(unquote(container), unquote(blob), self._account.name)


def is_checked(account: Account) -> bool:
    """Tell whether downloads need a checksum: over TLS every byte is authenticated, and memory copies no byte wrong."""
    return account.protocol == "http" and not account.is_local


def is_cut(error: AzureError) -> bool:
    """Tell whether no answer came, or not all of one; of a download the SDK says so by an error without a response."""
    inner = (error.inner_exception, error.__cause__) if getattr(error, "response", None) is None else ()
    if any(isinstance(each, OSError) for each in inner):
        return True
    cuts = (BrokenBody, ServiceRequestError, ServiceResponseError, IncompleteReadError)
    return any(isinstance(each, cuts) for each in (error, *inner))


def _refused(response: Any) -> _Failure | None:
    """Return the failure an answer stands for, None where it is an answer: a refusal is one, and final."""
    status, headers = response.status_code, response.headers
    code = headers.get("x-ms-error-code", "")
    if status not in _AGAIN and code not in _DAMAGED:
        return None
    is_undone = status == 429 or code == "ServerBusy" or code in _DAMAGED
    return _Failure(
        code or f"status {status}",
        may_be_done=not is_undone,
        asked=_asked_wait(headers),
        status=status,
        headers=headers,
    )


def _asked_wait(headers: Mapping[str, str]) -> float:
    """Return how long the service asks to wait, in seconds; 0 where it does not."""
    try:
        for name in ("x-ms-retry-after-ms", "retry-after-ms"):
            if milliseconds := headers.get(name):
                return max(0.0, float(milliseconds) / 1000)
        told = headers.get("Retry-After", "0")
        if told.replace(".", "", 1).isdigit():
            return float(told)
        return max(0.0, (parsedate_to_datetime(told).astimezone(UTC) - read_date(headers)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _wait(failed: int, asked: float) -> float:
    """Return seconds to wait: longer each time, no less than asked, spread so that not all come back at once."""
    backoff = min(_FIRST_WAIT * 2.0 ** (failed - 1), LONGEST_WAIT)
    return asked + random.uniform(backoff / 2, backoff)  # noqa: S311 - nobody gains by guessing it


def _tried(made: int, seconds: float, asked: float) -> str:
    tried = f"in {made} attempts over {seconds:.0f} s" if made > 1 else "in one attempt"
    return f"{tried} and asks for a wait of {asked:.0f} s" if asked > LONGEST_WAIT else tried


def _reason(error: AzureError) -> str:
    """Say what went wrong in words of the system; the SDK's own may hold an address with a SAS token."""
    for cause in walk_causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UNTRUSTED
        if isinstance(cause, socket.gaierror):
            return "its address cannot be looked up"
        if isinstance(cause, TimeoutError):
            return "no answer came in time"
        if isinstance(cause, ConnectionRefusedError):
            return "nobody answers there"
    return "it cannot be reached" if _was_never_sent(error) else "the connection was cut"


def _was_never_sent(error: AzureError) -> bool:
    """Tell whether no connection was made; the SDK says so of a lost answer too where a proxy is on the way."""
    return any(isinstance(each, _UNMADE) for each in walk_causes(error))


def _is_hopeless(cause: BaseException) -> bool:
    """Tell whether waiting fixes nothing: a certificate nobody trusts, a name nobody has."""
    if isinstance(cause, socket.gaierror):
        return cause.errno == socket.EAI_NONAME
    return isinstance(cause, ssl.SSLCertVerificationError)
