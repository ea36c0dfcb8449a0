"""The service's answer to an anonymous request: its clock, and the state of the account."""

from __future__ import annotations

import http.client
import socket
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from blobprep.account import SasToken
from blobprep.diagnostics.findings import StepFinding, fail, ok, warn
from blobprep.diagnostics.network import Route
from blobprep.diagnostics.refusals import Case, explain
from blobprep.errors import AccessError, StoreUnavailable
from blobprep.stores.error_codes import ACCOUNT_CODES
from blobprep.stores.explanations import explain_sas_token

__all__ = ["ServiceAnswer", "ask", "check_clock", "check_state", "check_token"]

_VERSION: Final = "2021-12-02"
_TOLERATED: Final = timedelta(minutes=15)
_NOTICED: Final = timedelta(minutes=2)
_SCOPES: Final = {"b": "one blob", "bs": "one snapshot", "bv": "one version", "c": "a container", "d": "a prefix"}


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """An answer of the service.

    Attributes:
        status: the HTTP status.
        code: the service's error code; empty if there is none.
        date: the service's clock; None if the answer has no date.
        server: the name of the server software.
    """

    status: int
    code: str
    date: datetime | None
    server: str

    @property
    def is_emulator(self) -> bool:
        """Return whether the server says that it is Azurite."""
        return self.server.startswith("Azurite")


def ask(opened: socket.socket, route: Route, timeout: float) -> tuple[ServiceAnswer | None, StepFinding | None]:
    """Send one request without a credential, and close the connection.

    Args:
        opened: the connection to the service, over TLS if the route has https.
        route: the way to the service.
        timeout: seconds to wait for the answer.
    """
    origin = f"{route.host}:{route.port}"
    target = f"{route.path}/?restype=account&comp=properties"
    headers = {"Host": origin, "x-ms-version": _VERSION, "Connection": "close"}
    if route.proxy and route.scheme == "http":
        target = f"http://{origin}{target}"
        if route.login:
            headers["Proxy-Authorization"] = f"Basic {b64encode(route.login.encode()).decode()}"
    connection = http.client.HTTPConnection(route.host, route.port, timeout=timeout)
    connection.sock = opened
    try:
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        answer.read(64 * 1024)
    except (
        OSError,
        http.client.HTTPException,
        ValueError,
        OverflowError,
    ) as error:  # the last two for malformed lengths
        cause = f"the connection was cut, or no answer came within {timeout:g} seconds ({type(error).__name__})"
        remedy = f"check what listens on {origin}, and any proxy on the way; try again later"
        return None, fail("service", "there is no HTTP answer", cause, remedy, StoreUnavailable)
    finally:
        connection.close()
    code, server = answer.getheader("x-ms-error-code", ""), answer.getheader("Server", "")
    return ServiceAnswer(answer.status, code, _date(answer.getheader("Date", "")), server), None


def check_clock(answered: ServiceAnswer, now: datetime, kind: str) -> StepFinding:
    """Compare this machine's clock with the service's, which refuses signatures made by a wrong clock.

    Args:
        answered: the service's answer.
        now: this machine's clock.
        kind: the kind of credential.
    """
    if answered.date is None:
        return warn("clock", "the service's answer has no date", "something else may answer in its place")
    ahead = now - answered.date
    away = abs(ahead)
    if away < _NOTICED:
        return ok("clock", "this machine's clock agrees with the service's")
    direction = "ahead of" if ahead > timedelta() else "behind"
    text = f"this machine's clock is {_length(away)} {direction} the service's"
    remedy = "set it: sudo timedatectl set-ntp true (in a container: on the host)"
    if away > _TOLERATED and kind == "key":
        return fail(
            "clock", text, "the service refuses signatures that are more than 15 minutes off", remedy, AccessError
        )
    return warn(
        "clock", text, "beyond 15 minutes, signatures are refused; SAS tokens made here have wrong times", remedy
    )


def check_state(answered: ServiceAnswer, case: Case) -> StepFinding:
    """Check that the account takes requests at all, whatever their credential."""
    meaning = explain(answered.code, answered.status, case)
    if answered.code not in ACCOUNT_CODES and answered.status < 500 and meaning.error is not StoreUnavailable:
        server = answered.server.partition(" ")[0]
        return ok("service", f"it answers{f' ({server})' if server else ''}")
    reason = answered.code or f"status {answered.status}"
    return fail("service", f"it refuses every request ({reason})", meaning.cause, meaning.remedy, meaning.error)


def check_token(token: SasToken, now: datetime, case: Case) -> StepFinding:
    """Check the fields of a SAS token against the service's clock and the Blob service."""
    text = _describe_token(token)
    fault = explain_sas_token(token, now)
    if fault is None:
        return ok("SAS", text)
    cause, remedy = fault
    if token.expires and token.expires <= now:
        remedy = explain("AuthenticationFailed", 403, case).remedy  # with the command that makes a new one
    return fail("SAS", text, cause, remedy, AccessError)


def _describe_token(token: SasToken) -> str:
    scope = _SCOPES.get(token.resource, "the account" if token.kind == "account" else "something else")
    policy = f"from the stored access policy {token.policy}" if token.policy else "none"
    ends = f", until {token.expires:%Y-%m-%d %H:%M} UTC" if token.expires else ""
    return f"{token.kind} SAS for {scope}, permissions {token.permissions or policy}{ends}"


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _length(away: timedelta) -> str:
    minutes = round(away.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
