"""A storage account as workers feel it: answers take a while, and above a rate they are refusals."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

WINDOWS = 10  # a second: the service measures rates over short times
FIRST_WAIT, LONGEST_WAIT = (
    1.0,
    60.0,
)  # seconds before a request is repeated, doubled each time; as in stores/azure/retry.py


@dataclass
class Account:
    """The limits of an account, and what was asked of it.

    Attributes:
        rate: requests a second that are answered.
        latency: seconds until an answer; one in a hundred takes ten times as long.
        retries: repetitions of a request until it counts as failed.
    """

    rate: float
    latency: float
    retries: int
    random: Random
    answered: int = 0
    refused: int = 0
    _left: dict[int, float] = field(default_factory=dict)

    def ask(self, now: float, requests: int) -> tuple[float, bool]:
        """Send requests one after another, from a time on.

        Returns:
            When the last was answered, and whether all were.
        """
        draw = self.random.random
        for _ in range(requests):
            failed = 0
            while not self._admits(now):
                failed += 1
                if failed > self.retries:
                    return now, False
                now += min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failed - 1)) * (0.5 + draw() / 2)
            now += self.latency * (10 if draw() < 0.01 else 1)
        return now, True

    def forget(self, now: float) -> None:
        """Drop what was counted before a time: nothing is asked then any more."""
        oldest = int(now * WINDOWS)
        self._left = {window: left for window, left in self._left.items() if window >= oldest}

    def _admits(self, now: float) -> bool:
        window = int(now * WINDOWS)
        left = self._left.get(window, self.rate / WINDOWS)
        if left < 1:
            self.refused += 1
            return False
        self._left[window] = left - 1
        self.answered += 1
        return True
