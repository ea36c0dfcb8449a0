"""The context of an operation, and of its retries."""

from __future__ import annotations

from typing import Any

__all__ = ["OperationContext", "RetryContext"]


class OperationContext:
    """An operation of several requests that must all go to one location."""

    def __init__(self, location_lock: bool = False) -> None:
        self.location_lock = location_lock
        self.host_location: Any = None


class RetryContext:
    """The input of a retry policy, the same for all attempts of a request; a policy may set attributes of its own.

    Attributes:
        request: The request as it was sent; a policy may send it elsewhere.
        response: The answer, or None where there was none.
        location_mode: The location it went to.
        exception: What went wrong.
        is_emulated: Whether the emulator was asked.
        body_position: First position of the body's stream; None if it cannot be sent again.
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
