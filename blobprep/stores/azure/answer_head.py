"""The head of an answer, read in one piece.

The standard library reads a head line by line and has its parser of e-mail take it apart, which is a fifth of the
processor time that a small request takes. A plain head that has arrived whole is read here. Whatever is out of the
ordinary is left to the standard library: another status, a body without a length, a folded line, an odd character.
"""

from __future__ import annotations

import re
from http.client import HTTPMessage, HTTPResponse
from typing import Any, Final

__all__ = ["Head", "parse_head", "with_quick_heads"]

_PLAIN: Final = re.compile(
    rb"HTTP/1\.1 (200|201|206) ([\x20-\x7e]*)\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e]*\r\n)+)\r\n"
)
_ODD: Final = ("transfer-encoding", "connection")  # they change how long the body is, or the connection lives


class Head(HTTPMessage):
    """The fields of a plain head, in order; as the standard library's, but that they are listed without a policy."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in fields:
            self.set_raw(name, value)
        self._fields = fields

    def items(self) -> list[tuple[str, str]]:
        """Return the fields."""
        return self._fields


def parse_head(data: bytes) -> tuple[int, int, str, Head, int] | None:
    """Take apart the head that some bytes begin with.

    Returns:
        The length of the head, the status, its reason, the fields, and the length of the body; None where it is not
        plain, or not whole.
    """
    found = _PLAIN.match(data)
    if found is None:
        return None
    fields = []
    length = -1
    for line in found[3].decode("ascii").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        fields.append((name, value := value.strip(" \t")))
        lower = name.lower()
        if lower in _ODD:
            return None
        if lower == "content-length":
            if length >= 0 or not value.isdigit():
                return None
            length = int(value)
    if length < 0:
        return None
    return found.end(), int(found[1]), found[2].decode("ascii").strip(), Head(fields), length


class _QuickResponse(HTTPResponse):
    """An answer of the standard library's, whose head is read quickly where it is plain.

    Args:
        sock, debuglevel, method, url: as those of `HTTPResponse`.
    """

    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._asked = method

    def begin(self, **options: Any) -> None:
        """Read the head; as `HTTPResponse.begin`."""
        answer: Any = self  # no head yet, whatever its types say
        parsed = parse_head(answer.fp.peek(1)) if answer.headers is None and not self.debuglevel else None
        if parsed is None:
            super().begin(**options)
            return
        end, self.status, self.reason, head, length = parsed
        answer.fp.read(end)
        self.code, self.version = self.status, 11
        self.headers = self.msg = head
        self.chunked, self.will_close = False, False
        self.length = 0 if self._asked == "HEAD" else length


def with_quick_heads(connection: Any) -> Any:
    """Return a class of connections like another one, whose answers' heads are read quickly."""
    if connection.response_class is not HTTPResponse:
        return connection
    return type(connection.__name__, (connection,), {"response_class": _QuickResponse})
