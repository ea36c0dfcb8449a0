"""Patterns of blob names as regular expressions. Pure.

Where a name can be read in several ways, each wildcard takes as few characters as it can, from the left. That reading
is found without trying the others: a piece of the pattern that has found its first place never needs a later one, as
that would only leave less for the rest. So a hostile name costs the square of its length at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

__all__ = ["Piece", "Wildcard", "capturing_expression", "names_of"]

_MEANING: Final = {"*": "[^/]*?", "**": ".*?", "?": "[^/]", "{}": "[^/]+?"}


@dataclass(frozen=True, slots=True)
class Wildcard:
    """What stands for characters in a pattern.

    Attributes:
        sign: `*` for any but `/`, `**` for any, `?` for one but `/`, `{}` for one or more but `/`.
        name: of the part that it captures; empty for none.
    """

    sign: str
    name: str = ""


Piece = str | Wildcard
"""Text that stands for itself, or a wildcard."""


def names_of(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """Return the names of the parts that pieces capture, each once, in order."""
    return tuple(dict.fromkeys(piece.name for piece in pieces if isinstance(piece, Wildcard) and piece.name))


def capturing_expression(pieces: Sequence[Piece]) -> re.Pattern[str]:
    """Return an expression for `fullmatch`, whose groups are the named parts in the order of `names_of`.

    >>> capturing_expression([Wildcard("{}", "region"), "/", Wildcard("*")]).fullmatch("north/a.csv").groups()
    ('north',)
    """
    names = names_of(pieces)
    groups = {name: f"p{index}" for index, name in enumerate(names)}
    uses = [piece.name for piece in pieces if isinstance(piece, Wildcard) and piece.name]
    # A part that is named twice must have one value: then the first place need not be the right one.
    settled = len(uses) == len(names)
    seen: set[str] = set()
    first, *others = (_written(chunk, groups, seen) for chunk in _split(pieces, "**"))
    chunks = [_joined(first, settled=settled, last=not others)]
    for place, steps in enumerate(others, 1):
        last = place == len(others)
        chunk = _MEANING["**"] + _joined(steps, settled=settled, last=last)
        chunks.append(f"(?>{chunk})" if settled and not last else chunk)
    return re.compile("".join(chunks), re.DOTALL)


def _split(pieces: Sequence[Piece], sign: str) -> list[Sequence[Piece]]:
    """Return the pieces between wildcards of one sign."""
    ends = [place for place, piece in enumerate(pieces) if isinstance(piece, Wildcard) and piece.sign == sign]
    return [pieces[start + 1 : end] for start, end in pairwise([-1, *ends, len(pieces)])]


def _written(pieces: Iterable[Piece], groups: dict[str, str], seen: set[str]) -> list[str]:
    """Return the steps of an expression: what comes before the first wildcard of some length, then each with its text.

    Args:
        pieces: without `**`.
        groups: the group of each named part.
        seen: the parts that have their group already, to which others are added.
    """
    steps = [""]
    for piece in pieces:
        if isinstance(piece, str):
            steps[-1] += re.escape(piece)
        elif piece.sign == "?":
            steps[-1] += _MEANING["?"]
        elif not piece.name:
            steps.append(_MEANING[piece.sign])
        elif piece.name in seen:
            steps.append(f"(?P={groups[piece.name]})")
        else:
            seen.add(piece.name)
            steps.append(f"(?P<{groups[piece.name]}>{_MEANING[piece.sign]})")
    return steps


def _joined(steps: Sequence[str], *, settled: bool, last: bool) -> str:
    """Join steps; each keeps the first place it finds, but the one that must reach the end of the name."""
    start, *others = steps
    final = len(others) - 1 if last else len(others)
    return start + "".join(f"(?>{step})" if settled and place < final else step for place, step in enumerate(others))
