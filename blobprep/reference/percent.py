"""Percent-encoding and wildcards in the text of a blob's name: one rule for every dialect. Pure.

Reading: `%XX` is decoded exactly once, as UTF-8; a `%` without two hexadecimal digits after it stands for itself; `+`
is a plus. A literal `*` is a wildcard, and so is a `?` that does not begin a query; `%2A` and `%3F` are the characters.
A name that ends with `/` is a prefix; `%2F` at the end is the last character of a blob's name.

Printing: a URL encodes everything but letters, digits and `-._~/`. The other forms encode only text that would be read
differently (an escape, a wildcard, a part of a SAS token) or would not be visible (control characters, odd spaces).

A pattern is text of the second kind: literal wildcards among encoded characters.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

__all__ = ["decode", "encode_exact", "encode_plain", "encode_url", "is_exact", "pattern_of", "pieces_of", "url_pattern"]

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
    """Encode a name for the dialects that are not URLs."""
    encoded = _ENCODED.sub(lambda match: quote(match[0], safe=""), name)
    return encoded if encoded.isprintable() else "".join(map(_visible, encoded))


def encode_url(name: str) -> str:
    """Encode a name for a URL."""
    return quote(name, safe="/")


def encode_exact(encoded: str) -> str:
    """Encode the `/` at the end of an encoded name, so that it is read as the name of a blob.

    >>> encode_exact("x/a/"), encode_exact("x/a")
    ('x/a%2F', 'x/a')
    """
    return f"{encoded[:-1]}%2F" if encoded.endswith("/") else encoded


def is_exact(text: str) -> bool:
    """Tell whether an encoded name ends with a `/` that belongs to the name of a blob."""
    return text[-3:].upper() == "%2F"


def pattern_of(text: str) -> str | None:
    """Return the pattern that an encoded name stands for, in its normal spelling; None if it has no wildcard.

    >>> pattern_of("a%20b/***.csv"), pattern_of("%2A")
    ('a b/**.csv', None)

    Raises:
        ValueError: the encoded bytes are not UTF-8.
    """
    spelled = [piece[:2] if index % 2 else encode_plain(decode(piece)) for index, piece in _split(text)]
    if len(spelled) == 1:
        return None
    pattern = "".join(spelled)
    # After a `?` the text `name=value` would be read as a query.
    head, mark, tail = pattern.partition("?")
    return f"{head}{mark}{tail.replace('=', '%3D')}"


def pieces_of(pattern: str) -> list[str]:
    """Split a pattern into decoded names and wildcards in turn, beginning and ending with a name."""
    return [piece if index % 2 else decode(piece) for index, piece in _split(pattern)]


def url_pattern(pattern: str) -> str:
    """Return a pattern without `?` as it is written in a URL."""
    return "".join(piece if index % 2 else encode_url(piece) for index, piece in enumerate(pieces_of(pattern)))


def _visible(character: str) -> str:
    # A file name with bytes that are not text has surrogates, which cannot be encoded.
    is_kept = character.isprintable() or ord(character) in _SURROGATES
    return character if is_kept else quote(character, safe="")


def _split(text: str) -> list[tuple[int, str]]:
    return list(enumerate(_WILDCARD.split(text)))
