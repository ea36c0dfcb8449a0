r"""Literals of Python 2: `'é'` was bytes in the file's encoding, and `'\u00e9'` six letters."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Final

from blobprep.classic.python2.attributes import parse_escapes

__all__ = ["Literal", "read_literal"]

_PIECE: Final = re.compile(r"(?P<prefix>[A-Za-z]*)(?P<quote>'''|\"\"\"|'|\")")
_UNICODE_ESCAPE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u([0-9A-Fa-f]{4})")


@dataclass(frozen=True, slots=True)
class Literal:
    """What a literal was in Python 2.

    Attributes:
        text: its characters, if it was `u'…'`, or bytes that are ASCII.
        data: its bytes, if it was `'…'` with others.
    """

    text: str | None
    data: bytes | None = None


def read_literal(text: str, encoding: str, unicode_literals: bool) -> Literal | None:
    """Read a literal, of one or several adjacent strings, as Python 2 did; None if its text cannot be made out.

    Args:
        text: the literal, as it stands in the source.
        encoding: of the file.
        unicode_literals: whether `'…'` without a prefix was text too.
    """
    pieces: list[str | bytes] = []
    position = 0
    while match := _find_piece(text, position):
        prefix, body, position = match
        pieces.append(_read_piece(prefix.lower(), body, encoding, unicode_literals))
    if not pieces:
        return None
    if all(isinstance(piece, bytes) for piece in pieces):
        data = b"".join(piece for piece in pieces if isinstance(piece, bytes))
        return Literal(data.decode("ascii")) if data.isascii() else Literal(None, data)
    try:
        return Literal("".join(piece if isinstance(piece, str) else piece.decode("ascii") for piece in pieces))
    except UnicodeDecodeError:
        return None


def _find_piece(text: str, position: int) -> tuple[str, str, int] | None:
    """Return the prefix of the next string, its content, and where it ends."""
    while position < len(text) and (text[position] in " \t\r\n\f\\()" or text[position] == "#"):
        if text[position] == "#":
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        position += 1
    match = _PIECE.match(text, position)
    if match is None:
        return None
    quote, index = match["quote"], match.end()
    while index < len(text) and not text.startswith(quote, index):
        index += 2 if text[index] == "\\" else 1
    return match["prefix"], text[match.end() : index], index + len(quote)


def _read_piece(prefix: str, body: str, encoding: str, unicode_literals: bool) -> str | bytes:
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    if "u" in prefix or (unicode_literals and "b" not in prefix):
        if "r" in prefix:
            return _UNICODE_ESCAPE.sub(lambda match: match[1] + chr(int(match[2], 16)), body)
        value = ast.literal_eval('"""' + re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', body) + '"""')
        return str(value)
    data = body.encode(encoding)
    return data if "r" in prefix else parse_escapes(data)
