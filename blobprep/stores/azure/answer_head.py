"""The head of an answer, taken apart in one piece.

The standard library reads a head line by line and has its parser of e-mail take it apart, which is a fifth of the
processor time that a small request takes. A plain head that has arrived whole is read here. Whatever is out of the
ordinary is left to the standard library: another status, a body without a length, a folded line, an odd character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

__all__ = ["Head", "parse_head"]

_PLAIN: Final = re.compile(
    rb"HTTP/1\.1 (20[0126]|4\d\d|50\d) ([\x20-\x7e]*)\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e]*\r\n)+)\r\n"
)


class Head(Mapping[str, str]):
    """The fields of a plain head by name, in whatever case; in order, each once."""

    def __init__(self, fields: dict[str, tuple[str, str]]) -> None:
        self._fields = fields  # by the name in small letters: the name as it came, and the value

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)


def parse_head(data: bytes) -> tuple[int, int, str, Head, int] | None:
    """Take apart the head that some bytes begin with.

    Returns:
        The length of the head, the status, its reason, the fields, and the length of the body; None where it is not
        plain, or not whole.
    """
    found = _PLAIN.match(data)
    if found is None:
        return None
    fields: dict[str, tuple[str, str]] = {}
    for line in found[3].decode("ascii").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        lower, value = name.lower(), value.strip(" \t")
        if lower not in fields:
            fields[lower] = (name, value)
        elif lower == "content-length":
            return None
        else:
            fields[lower] = (fields[lower][0], f"{fields[lower][1]}, {value}")
    length = fields.get("content-length", ("", ""))[1]
    lives = fields.get("connection", ("", "keep-alive"))[1].lower() == "keep-alive"
    if not (length.isdigit() and lives) or "transfer-encoding" in fields:
        return None
    return found.end(), int(found[1]), found[2].decode("ascii").strip(), Head(fields), int(length)
