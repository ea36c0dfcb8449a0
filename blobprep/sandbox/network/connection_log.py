"""What a script tried to reach, counted by endpoint."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Final, Literal

__all__ = ["Attempt", "Attempts", "Outcome"]

Outcome = Literal["reached", "refused", "failed"]

_DISTINCT: Final = 100
_OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Count the attempts to reach an endpoint that ended alike.

    Attributes:
        endpoint: HOST:PORT; `others` for what came when there were too many to tell apart.
        outcome: `reached`; `refused` by the rules or a cap; `failed`, where the network did.
        reason: of the first that did not reach it, one sentence.
        count: of the attempts.
        sent, received: bytes, as the script sees it.
    """

    endpoint: str
    outcome: Outcome
    reason: str = ""
    count: int = 0
    sent: int = 0
    received: int = 0


class Attempts:
    """Count attempts; may be told of them by several threads. A script makes up names as it likes: rows are bounded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[tuple[str, Outcome], Attempt] = {}
        self._carried = 0

    def note(self, endpoint: str, outcome: Outcome, reason: str = "") -> bool:
        """Count an attempt; True where it is the first of its kind."""
        with self._lock:
            if (endpoint, outcome) not in self._rows and len(self._rows) >= _DISTINCT:
                endpoint, reason = _OTHERS, ""
            key = (endpoint, outcome)
            row = self._rows.get(key, Attempt(endpoint, outcome, reason))
            self._rows[key] = replace(row, count=row.count + 1)
            return row.count == 0

    def carry(self, endpoint: str, sent: int, received: int) -> int:
        """Count bytes of an endpoint that was reached; return those of all together."""
        with self._lock:
            key: tuple[str, Outcome] = (endpoint, "reached")
            key = key if key in self._rows else (_OTHERS, "reached")
            row = self._rows[key]
            self._rows[key] = replace(row, sent=row.sent + sent, received=row.received + received)
            self._carried += sent + received
            return self._carried

    def rows(self) -> tuple[Attempt, ...]:
        """Return what was counted, in the order of the first attempts."""
        with self._lock:
            return tuple(self._rows.values())
