"""The record of what a script tried to reach, counted by endpoint and outcome."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Final, Literal

__all__ = ["ConnectionLog", "ConnectionRecord", "Outcome"]

Outcome = Literal["reached", "refused", "failed"]

_DISTINCT: Final = 100
_OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """The attempts to reach one endpoint that had the same outcome.

    Attributes:
        endpoint: HOST:PORT; `others` for endpoints beyond the number that is recorded separately.
        outcome: `reached`; `refused` by the rules or a cap; `failed`: the network did.
        reason: why the first attempt did not reach it, one sentence.
        count: the number of attempts.
        sent, received: bytes, from the script's point of view.
    """

    endpoint: str
    outcome: Outcome
    reason: str = ""
    count: int = 0
    sent: int = 0
    received: int = 0


class ConnectionLog:
    """A count of attempts, safe to use from several threads.

    The number of rows is limited, since a script can make up any number of names.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[tuple[str, Outcome], ConnectionRecord] = {}
        self._carried = 0

    def note(self, endpoint: str, outcome: Outcome, reason: str = "") -> bool:
        """Count an attempt; return whether it is the first of its kind."""
        with self._lock:
            if (endpoint, outcome) not in self._rows and len(self._rows) >= _DISTINCT:
                endpoint, reason = _OTHERS, ""
            key = (endpoint, outcome)
            row = self._rows.get(key, ConnectionRecord(endpoint, outcome, reason))
            self._rows[key] = replace(row, count=row.count + 1)
            return row.count == 0

    def carry(self, endpoint: str, sent: int, received: int) -> int:
        """Count bytes of an endpoint that was reached; return the total of all endpoints."""
        with self._lock:
            key: tuple[str, Outcome] = (endpoint, "reached")
            key = key if key in self._rows else (_OTHERS, "reached")
            row = self._rows.get(key, ConnectionRecord(*key))
            self._rows[key] = replace(row, sent=row.sent + sent, received=row.received + received)
            self._carried += sent + received
            return self._carried

    def clear(self) -> None:
        """Begin anew; what a connection that is still open carries counts among the others."""
        with self._lock:
            self._rows, self._carried = {}, 0

    def rows(self) -> tuple[ConnectionRecord, ...]:
        """Return the counts, in the order of the first attempts."""
        with self._lock:
            return tuple(self._rows.values())
