"""Percent-encoding and wildcards in the text of a blob's name: one rule for every dialect. Pure.

Reading: `%XX` is decoded exactly once, as UTF-8; a `%` that two hexadecimal digits do not follow stands for itself; `+`
is a plus. An undecoded `*` is a wildcard, and so is `?` where no query begins; `%2A` and `%3F` are the characters. With
a `/` at its end a name is a prefix; `%2F` there is the last character of a blob's name.

Printing: a URL encodes everything but letters, digits and `-._~/`. The other forms encode only what reading would take
otherwise (an escape, a wildcard, what looks like a SAS token) and what would not show (control characters, odd spaces).

A pattern is text of the latter kind: its wildcards stand undecoded among encoded characters.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

__all__ = ["decode", "encode_plain", "encode_url", "exact", "is_exact", "pattern_of", "pieces_of", "url_pattern"]

_WILDCARD: Final = re.compile(r"(\*+|\?)")
_ENCODED: Final = re.compile(r"%(?=[0-9A-Fa-f]{2})|[*?]|(?i:(?<=[?&;#]sig)=)")
_SURROGATES: Final = range(0xD800, 0xE000)


def decode(text: str) -> str:
    """Decode a text once.

    Raises:
        ValueError: the encoded bytes are not UTF-8.
    """
    return unquote(text, errors="strict")


def encode_plain(name: str) -> str:
    """Encode a name for the dialects that are no URLs."""
    encoded = _ENCODED.sub(lambda match: quote(match[0], safe=""), name)
    return encoded if encoded.isprintable() else "".join(map(_visible, encoded))


def encode_url(name: str) -> str:
    """Encode a name for a URL."""
    return quote(name, safe="/")


def exact(encoded: str) -> str:
    """Write the `/` at the end of an encoded name so that it is read as a blob's.

    >>> exact("x/a/"), exact("x/a")
    ('x/a%2F', 'x/a')
    """
    return f"{encoded[:-1]}%2F" if encoded.endswith("/") else encoded


def is_exact(text: str) -> bool:
    """Tell whether the text of a name ends with a `/` that is a blob's."""
    return text[-3:].upper() == "%2F"


def pattern_of(text: str) -> str | None:
    """Return the pattern that the text of a name is, in its one spelling; None where it has no wildcard.

    >>> pattern_of("a%20b/***.csv"), pattern_of("%2A")
    ('a b/**.csv', None)

    Raises:
        ValueError: the encoded bytes are not UTF-8.
    """
    spelled = [piece[:2] if index % 2 else encode_plain(decode(piece)) for index, piece in _split(text)]
    if len(spelled) == 1:
        return None
    pattern = "".join(spelled)
    # Behind a `?` the text `name=value` would read as a query.
    head, mark, tail = pattern.partition("?")
    return f"{head}{mark}{tail.replace('=', '%3D')}"


def pieces_of(pattern: str) -> list[str]:
    """Return names and wildcards in turn, a name first and last, decoded."""
    return [piece if index % 2 else decode(piece) for index, piece in _split(pattern)]


def url_pattern(pattern: str) -> str:
    """Return a pattern as a URL has it; a `?` has no place there."""
    return "".join(piece if index % 2 else encode_url(piece) for index, piece in enumerate(pieces_of(pattern)))


def _visible(character: str) -> str:
    # A file's name that is no text has surrogates, which have no encoding.
    shows = character.isprintable() or ord(character) in _SURROGATES
    return character if shows else quote(character, safe="")


def _split(text: str) -> list[tuple[int, str]]:
    return list(enumerate(_WILDCARD.split(text)))
