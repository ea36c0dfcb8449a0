"""What a child and the parent's broker say to each other: a request to connect, and its answer. Pure.

Under isolation a script's process has no network of its own. To connect, the child makes a socket pair, sends one end
over the broker's socket together with one message, a `Dial`, and keeps the other. The broker answers on the end it was
given, an `Answer` behind its length, and from then on moves bytes between that end and the connection it has made. So
each connection has its own channel, and no answer can reach another's.
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
"""Bytes of a request."""

ANSWER_HEAD: Final = 2
"""Bytes that say how long an answer is."""

Outcome = Literal["connected", "refused", "unresolved", "failed"]
_TEXT_LIMIT: Final = 2000
_KEYS: Final = {"host", "port", "wait"}


class DialError(ValueError):
    """Say that a message is none of these."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Ask for a connection.

    Attributes:
        host: a name or an address, as the script wrote it.
        port: of TCP.
        wait: whether the answer is wanted when the connection is made; else as soon as the rules are known to allow
            it, and a connection that then cannot be made shows as one that was closed.
    """

    host: str
    port: int
    wait: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Say what became of a request.

    Attributes:
        outcome: `connected`; `refused` by the rules; `unresolved`, no such name; `failed`, as connecting can.
        number: errno for `failed`, the resolver's number for `unresolved`.
        text: one sentence.
    """

    outcome: Outcome
    number: int = 0
    text: str = ""


def encode_dial(dial: Dial) -> bytes:
    """Return a request as one message.

    Raises:
        DialError: the host is too long to be one.
    """
    data = json.dumps(asdict(dial)).encode()
    if len(data) > DIAL_LIMIT:
        raise DialError("the name of the host is too long")
    return data


def decode_dial(data: bytes) -> Dial:
    """Read and check a request; what a child wrote is not trusted to have any shape.

    Raises:
        DialError: it is none.
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
    """Return an answer, its length first; a text that is too long for it is cut."""
    data = json.dumps(asdict(replace(answer, text=answer.text[:_TEXT_LIMIT]))).encode()
    return len(data).to_bytes(ANSWER_HEAD, "big") + data


def answer_length(head: bytes) -> int:
    """Return the bytes of an answer whose head this is."""
    return int.from_bytes(head, "big")


def decode_answer(data: bytes) -> Answer:
    """Read an answer, without its head.

    Raises:
        DialError: it is none.
    """
    try:
        answer = Answer(**json.loads(data))
    except (ValueError, TypeError) as error:
        raise DialError("not an answer") from error
    if answer.outcome not in get_args(Outcome):
        raise DialError("not an answer")
    return answer
