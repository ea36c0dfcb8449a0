"""How the account answers: what a test switches on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from ssl import TLSVersion
from threading import Event
from typing import Final, Literal

from tests.server.recording import Request

__all__ = ["ALWAYS", "Behaviour", "CertificateKind"]

ALWAYS: Final = sys.maxsize
"""A number of times without an end."""

CertificateKind = Literal["good", "untrusted", "wrong host", "expired"]


def _everything(request: Request) -> bool:
    return True


_FAULTS: Final = (
    *("throttling", "refusing", "resetting", "held", "latency", "losing", "cut_after", "shortening", "damaging"),
    *("dripping", "changes_after"),
)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the account answers; by default it is healthy, and answers at once.

    The account as it is set up:
        requires_https: http is refused (AccountRequiresHttps).
        disabled: everything is refused (AccountIsDisabled).
        firewall: this network is not allowed (AuthorizationFailure).
        shared_key_disabled: keys, and SAS tokens signed with them, are refused (KeyBasedAuthenticationNotPermitted).
        public_access_disabled: anonymous requests are refused (PublicAccessNotPermitted).
        clock_skew: how far the service's clock is ahead of this machine's.
        certificate: what TLS connections are shown.
        minimum_tls: older ones end in the handshake.
        page_size: the most items of one page of a listing.

    Faults, on those requests that `concerns` picks; what is counted begins anew with each `Server.behave`:
        throttling: so many are refused with the status `throttled` (503 is ServerBusy, 500 InternalError), and the
            client is told to come back after `retry_after` seconds.
        refusing: the code with which all are refused.
        resetting: so many are not done, and the connection is reset.
        held: an answer waits until this is set.
        latency: seconds until an answer, cut short when the server ends.
        losing: so many are done, and the connection is closed without an answer.
        cut_after: an answer's connection is closed behind so many bytes of its body; `cuts` of them are.
        shortening: so many downloads bring half of the range that was asked for, and say so.
        damaging: so many bodies have a byte changed on the way: of an upload as it comes, of a download as it goes.
        dripping: seconds between two bytes of a download; the first `drips` of them come so.
        changes_after: a blob changes, size excepted, once it has been read so many times.
    """

    requires_https: bool = False
    disabled: bool = False
    firewall: bool = False
    shared_key_disabled: bool = False
    public_access_disabled: bool = False
    clock_skew: timedelta = timedelta()
    certificate: CertificateKind = "good"
    minimum_tls: TLSVersion = TLSVersion.TLSv1_2
    page_size: int = 5000

    concerns: Callable[[Request], bool] = _everything
    throttling: int = 0
    throttled: int = 503
    retry_after: int | str = 0
    refusing: str = ""
    resetting: int = 0
    held: Event | None = None
    latency: float = 0.0
    losing: int = 0
    cut_after: int | None = None
    cuts: int = ALWAYS
    shortening: int = 0
    damaging: int = 0
    dripping: float = 0.0
    drips: int = ALWAYS
    changes_after: int | None = None

    def healthy(self) -> Behaviour:
        """Return the same account without faults, for requests that are not concerned."""
        plain = {each.name: each.default for each in fields(self)}
        return replace(self, **{name: plain[name] for name in _FAULTS})
