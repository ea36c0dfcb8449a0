"""What every queue of messages promises. Any class that passes `tests/stores/test_queues.py` is a queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

__all__ = ["AT_ONCE", "Message", "MessageQueue"]

AT_ONCE: Final = 32
"""Messages that are received at once, at most."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was received and not deleted yet.

    Attributes:
        id: of the message.
        receipt: of this time that it was received; another receiver gets another one.
        text: as it was sent.
        received: how many times it has been received.
    """

    id: str
    receipt: str = field(repr=False)
    text: str
    received: int = 1


class MessageQueue(Protocol):
    """A queue whose messages are hidden from others for a while once received, and come back unless deleted."""

    @property
    def printed(self) -> str:
        """Return its name, as messages for people show it."""
        ...

    def receive(self, seconds: float) -> Sequence[Message]:
        """Return messages, `AT_ONCE` of them at most, hidden from other receivers for so many seconds.

        Raises:
            StoreError: the queue is not there, or does not let this identity receive.
            StoreUnavailable: it cannot be reached.
        """
        ...

    def delete(self, message: Message) -> bool:
        """Delete a message; return False if it is gone, or was received again by another.

        Raises:
            StoreError: this identity may not delete messages.
            StoreUnavailable: the queue cannot be reached.
        """
        ...
