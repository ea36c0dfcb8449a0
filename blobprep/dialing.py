"""The messages between a child and the parent's broker: a request to connect, and its answer. Pure.

Under isolation a script's process has no network of its own. To connect, the child makes a socket pair, sends one end
over the broker's socket together with one message, a `Dial`, and keeps the other. The broker replies on the end it was
given with an `Answer`, preceded by its length, and from then on moves bytes between that end and the connection it has
made. So each connection has its own channel, and no answer can reach the wrong one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Final, Literal, get_args

__all__ = [
    "ANSWER_HEAD",
    "DIAL_LIMIT",
    "Answer",
    "Dial",
    "DialError",
    "Outcome",
    "answer_length",
    "decode_answer",
    "decode_dial",
    "encode_answer",
    "encode_dial",
]

DIAL_LIMIT: Final = 1024
"""The most bytes that a request may have."""

ANSWER_HEAD: Final = 2
"""The number of bytes before an answer, which hold its length."""

Outcome = Literal["connected", "refused", "unresolved", "failed"]
_TEXT_LIMIT: Final = 2000
_KEYS: Final = {"host", "port", "wait"}


class DialError(ValueError):
    """A message that is neither a request nor an answer."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A request for a connection.

    Attributes:
        host: a name or an address, as the script wrote it.
        port: the TCP port.
        wait: True to be answered once the connection is made; False to be answered as soon as the rules allow it. In
            that case a connection that then cannot be made looks like one that was closed.
    """

    host: str
    port: int
    wait: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a request.

    Attributes:
        outcome: `connected`; `refused` by the rules; `unresolved`: no such name; `failed`: connecting did.
        number: errno for `failed`, the resolver's error number for `unresolved`.
        text: the reason, one sentence.
    """

    outcome: Outcome
    number: int = 0
    text: str = ""


def encode_dial(dial: Dial) -> bytes:
    """Return a request as one message.

    Raises:
        DialError: the host name is too long.
    """
    data = json.dumps(asdict(dial)).encode()
    if len(data) > DIAL_LIMIT:
        raise DialError("the host name is too long")
    return data


def decode_dial(data: bytes) -> Dial:
    """Read and check a request. A child wrote it, so nothing about its shape is trusted.

    Raises:
        DialError: it is not a request.
    """
    try:
        values = json.loads(data) if len(data) <= DIAL_LIMIT else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or set(values) != _KEYS:
        raise DialError("not a request to connect")
    host, port, wait = values["host"], values["port"], values["wait"]
    if not isinstance(host, str) or type(port) is not int or not isinstance(wait, bool):
        raise DialError("not a request to connect")
    return Dial(host, port, wait)


def encode_answer(answer: Answer) -> bytes:
    """Return an answer preceded by its length; text that is too long is cut."""
    data = json.dumps(asdict(replace(answer, text=answer.text[:_TEXT_LIMIT]))).encode()
    return len(data).to_bytes(ANSWER_HEAD, "big") + data


def answer_length(head: bytes) -> int:
    """Return the length of the answer that follows this head."""
    return int.from_bytes(head, "big")


def decode_answer(data: bytes) -> Answer:
    """Read an answer, without its head.

    Raises:
        DialError: it is not an answer.
    """
    try:
        answer = Answer(**json.loads(data))
    except (ValueError, TypeError) as error:
        raise DialError("not an answer") from error
    if answer.outcome not in get_args(Outcome):
        raise DialError("not an answer")
    return answer
