"""Wildcards in the name of a blob. Pure.

`*` stands for any characters but `/`, `**` for any characters, `?` for one character but `/`; nothing else is special.
Wildcards are allowed only in the blob's name, and `?` is not a wildcard in a URL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from blobprep.reference.expressions import Wildcard, capturing_expression
from blobprep.reference.percent import pattern_of, pieces_of
from blobprep.reference.values import Reference

__all__ = ["has_wildcard", "is_flat", "literal_prefix", "matcher", "name_matcher"]

_WILDCARDS: Final = frozenset("*?")


def has_wildcard(reference: Reference) -> bool:
    """Tell whether a reference refers to all blobs that match it, and not to one blob or prefix."""
    return reference.pattern is not None


def literal_prefix(reference: Reference) -> str:
    """Return the text that every matching name begins with; the whole name if there is no wildcard.

    >>> literal_prefix(Reference.parse("az://raw/2024/%2A-*.csv"))
    '2024/*-'
    """
    return reference.blob if reference.pattern is None else pieces_of(reference.pattern)[0]


def is_flat(reference: Reference) -> bool:
    """Tell whether no matching name has a `/` after the literal prefix, so that a flat listing is enough."""
    if reference.pattern is None:
        return False
    _, *rest = pieces_of(reference.pattern)
    return "**" not in rest[::2] and not any("/" in piece for piece in rest[1::2])


def matcher(reference: Reference) -> Callable[[str], bool]:
    """Return a function that tells whether the reference matches the decoded name of a blob.

    >>> matches = matcher(Reference.parse("az://raw/2024/*.csv"))
    >>> matches("2024/iris.csv"), matches("2024/old/iris.csv")
    (True, False)
    """
    return reference.blob.__eq__ if reference.pattern is None else _matching(reference.pattern)


def name_matcher(text: str) -> Callable[[str], bool]:
    """Return a function that tells whether a name equals a text, or matches it if the text has wildcards.

    >>> matches = name_matcher("models/*.pkl")
    >>> matches("models/a.pkl"), matches("models/old/a.pkl")
    (True, False)

    Raises:
        ValueError: the text has wildcards and encoded bytes that are not UTF-8.
    """
    if not _WILDCARDS.intersection(text):
        return text.__eq__
    pattern = pattern_of(text)
    assert pattern is not None
    return _matching(pattern)


def _matching(pattern: str) -> Callable[[str], bool]:
    pieces = [Wildcard(piece) if index % 2 else piece for index, piece in enumerate(pieces_of(pattern))]
    expression = capturing_expression(pieces)
    return lambda name: expression.fullmatch(name) is not None
