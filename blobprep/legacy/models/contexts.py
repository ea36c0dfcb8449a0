"""What lasts longer than one request: an operation, and its retries."""

from __future__ import annotations

from typing import Any

__all__ = ["OperationContext", "RetryContext"]


class OperationContext:
    """An operation of several requests that must all go to one location."""

    def __init__(self, location_lock: bool = False) -> None:
        self.location_lock = location_lock
        self.host_location: Any = None


class RetryContext:
    """What a retry policy decides on; it lasts for all attempts of a request, and a policy may keep things on it.

    Attributes:
        request: The request as it was sent; a policy may send it elsewhere.
        response: The answer, or None where there was none.
        location_mode: The location it went to.
        exception: What went wrong.
        is_emulated: Whether the emulator was asked.
        body_position: Where the body's stream stood at first; None where it cannot be sent again.
        count: How often it was retried; set by the policy.
    """

    count: int

    def __init__(self) -> None:
        self.request: Any = None
        self.response: Any = None
        self.location_mode: str | None = None
        self.exception: BaseException | None = None
        self.is_emulated: bool = False
        self.body_position: int | None = None
