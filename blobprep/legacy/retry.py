"""The old SDK's retry policies: functions from a `RetryContext` to the seconds to wait, or None to give up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import KW_ONLY, InitVar
from io import SEEK_SET, UnsupportedOperation
from typing import Any

from blobprep.legacy.models import LocationMode, RetryContext
from blobprep.legacy.models.declared import model
from blobprep.legacy.wire.constants import DEV_ACCOUNT_NAME, DEV_ACCOUNT_SECONDARY_NAME

__all__ = ["ExponentialRetry", "LinearRetry", "no_retry"]

_NOT_IMPLEMENTED, _VERSION_NOT_SUPPORTED = 501, 505
_JITTER = random.Random()  # noqa: S311 - of its own, so that a script that seeds `random` repeats itself


class _Retry:
    """The base of both policies: which failures are tried again, and where."""

    def __init__(self, max_attempts: int, retry_to_secondary: bool) -> None:
        self.max_attempts = max_attempts
        self.retry_to_secondary = retry_to_secondary

    def _should_retry(self, context: RetryContext) -> bool:
        """Return whether another attempt may help.

        It may if there was no answer, if a success could not be read to its end, if the request or the server timed
        out, and if the secondary location does not have the blob yet.
        """
        if context.count >= self.max_attempts:
            return False
        status = context.response.status if context.response else None
        if not status or status < 300:
            return True
        if status < 500:
            return status == 408 or (status == 404 and context.location_mode == LocationMode.SECONDARY)
        return status not in (_NOT_IMPLEMENTED, _VERSION_NOT_SUPPORTED)

    def _set_next_host_location(self, context: RetryContext) -> None:
        """Send the request to the other location, if there is one."""
        request = context.request
        if len(request.host_locations) <= 1:
            return
        if context.location_mode == LocationMode.PRIMARY:
            context.location_mode, here, there = LocationMode.SECONDARY, DEV_ACCOUNT_NAME, DEV_ACCOUNT_SECONDARY_NAME
        else:
            context.location_mode, here, there = LocationMode.PRIMARY, DEV_ACCOUNT_SECONDARY_NAME, DEV_ACCOUNT_NAME
        if context.is_emulated:
            request.path = request.path.replace(here, there, 1)
        else:
            request.host = request.host_locations.get(context.location_mode)

    def _retry(self, context: RetryContext, backoff: Callable[[RetryContext], float]) -> float | None:
        """Prepare another attempt.

        Returns:
            The seconds to wait; None if there is to be no attempt, or the body cannot be sent again.
        """
        if not hasattr(context, "count"):
            context.count = 0
        if not self._should_retry(context):
            return None
        seconds = backoff(context)
        context.count += 1
        if self.retry_to_secondary:
            self._set_next_host_location(context)
        return seconds if _rewound(context) else None

    def retry(self, context: RetryContext) -> float | None:
        """Decide whether to try again, and after how many seconds."""
        return self._retry(context, self._backoff)

    def _backoff(self, context: RetryContext) -> float:
        raise NotImplementedError

    @staticmethod
    def _around(seconds: float, jitter: float) -> tuple[float, float]:
        """Return the range that the wait is drawn from."""
        return (seconds - jitter if seconds > jitter else 0, seconds + jitter)


def _rewound(context: RetryContext) -> bool:
    """Return whether the body is at its first position again; a body that is not a stream always is."""
    body: Any = getattr(context.request, "body", None)
    if not hasattr(body, "read"):
        return True
    if context.body_position is None:
        return False
    try:
        body.seek(context.body_position, SEEK_SET)
    except UnsupportedOperation:
        return False
    return True


@model
class ExponentialRetry(_Retry):
    """Wait longer before each attempt: `initial_backoff` seconds, from the second on `increment_base ** count` more."""

    initial_backoff: float = 15
    increment_base: float = 3
    max_attempts: int = 3
    retry_to_secondary: bool = False
    random_jitter_range: float = 3
    _: KW_ONLY
    increment_power: InitVar[float | None] = None  # the name of `increment_base` up to 0.37

    def __post_init__(self, increment_power: float | None) -> None:
        self.increment_base = self.increment_base if increment_power is None else increment_power

    def _backoff(self, context: RetryContext) -> float:
        more = 0 if context.count == 0 else self.increment_base**context.count
        return _JITTER.uniform(*self._around(self.initial_backoff + more, self.random_jitter_range))


@model
class LinearRetry(_Retry):
    """Wait equally long before each attempt."""

    backoff: float = 15
    max_attempts: int = 3
    retry_to_secondary: bool = False
    random_jitter_range: float = 3

    def _backoff(self, context: RetryContext) -> float:
        self.random_range_start, self.random_range_end = self._around(self.backoff, self.random_jitter_range)
        return _JITTER.uniform(self.random_range_start, self.random_range_end)


def no_retry(context: RetryContext) -> None:
    """Never try again."""
