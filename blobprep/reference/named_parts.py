"""Named parts of references, in braces. Pure.

In a pattern, `{region}` stands for one or more characters but `/` and captures them; in a template, it is where they
are filled in. A brace that belongs to a name is written `%7B` or `%7D`. Named parts are allowed only in the name of the
blob. What a part captured may be anything that a blob's name can have; it is written into another name so that it
stays one piece of that name and can be told from every other value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final
from urllib.parse import quote, unquote

from blobprep.errors import InvalidReference
from blobprep.reference.expressions import Piece, Wildcard, capturing_expression, names_of
from blobprep.reference.percent import pieces_of
from blobprep.reference.sas import quote_text, split_sas
from blobprep.reference.values import Reference

__all__ = ["PartPattern", "Template", "braced_names", "escape_part", "quote_braces", "read_pattern", "read_template"]

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_NAME: Final = re.compile(r"[^\W\d]\w*")
_SIGNS: Final = re.compile(r"(\*+|\?)")
_UNFIT: Final = re.compile(r"[/\\\x00-\x1f\x7f]|%(?=[0-9A-Fa-f]{2})")
_DOTS: Final = frozenset({".", ".."})


@dataclass(frozen=True, slots=True)
class PartPattern:
    """A pattern of blob names that may capture parts of them.

    Attributes:
        pieces: text and wildcards, in order.
        printed: the pattern as it was written, without secrets.
    """

    pieces: tuple[Piece, ...]
    printed: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its parts, in order."""
        return names_of(self.pieces)

    @property
    def prefix(self) -> str:
        """Return the text that every matching name begins with."""
        return self.pieces[0] if self.pieces and isinstance(self.pieces[0], str) else ""

    @property
    def is_flat(self) -> bool:
        """Return whether no matching name has a `/` after the prefix, so that a flat listing is enough."""
        rest = self.pieces[1:] if self.prefix else self.pieces
        return not any("/" in piece if isinstance(piece, str) else piece.sign == "**" for piece in rest)

    def matcher(self) -> Callable[[str], Mapping[str, str] | None]:
        """Return a function that returns the parts of a matching name, and None for any other."""
        names, match = self.names, capturing_expression(self.pieces).fullmatch

        def parts_of(name: str) -> Mapping[str, str] | None:
            found = match(name)
            return None if found is None else dict(zip(names, found.groups(), strict=True))

        return parts_of


@dataclass(frozen=True, slots=True)
class Template:
    """A text with named parts that are filled in.

    Attributes:
        pieces: text and wildcards with names, in order.
        printed: the template as it was written, without secrets.
        reference: what it is a reference to, but for the name of the blob; None for a local path.
    """

    pieces: tuple[Piece, ...]
    printed: str
    reference: Reference | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its parts, in order."""
        return names_of(self.pieces)

    @property
    def fixed(self) -> str:
        """Return the name up to the first part, to its last `/`: what all that it is filled in to lies below."""
        first = self.pieces[0] if self.pieces else ""
        if not isinstance(first, str):
            return ""
        return first if len(self.pieces) == 1 else first[: first.rfind("/") + 1]

    def fill(self, values: Mapping[str, str], *, escape: Callable[[str], str]) -> str:
        """Return the name with values in place of the parts; raises `KeyError` for a part without a value."""
        return "".join(piece if isinstance(piece, str) else escape(values[piece.name]) for piece in self.pieces)


def braced_names(text: str) -> tuple[str, ...]:
    """Return what stands in braces in a text, in order."""
    return tuple(_BRACES.findall(text))


def escape_part(value: str) -> str:
    """Return a value as a piece of a blob's name, which adds no folder and leads out of none.

    >>> escape_part("north"), escape_part("a/b"), escape_part(".."), escape_part("100%25")
    ('north', 'a%2Fb', '%2E%2E', '100%2525')
    """
    if value in _DOTS:
        return "%2E" * len(value)
    return _UNFIT.sub(lambda match: quote(match[0], safe=""), value)


def quote_braces(printed: str) -> str:
    """Return a printed reference in which no text is in braces."""
    return printed.replace("{", "%7B").replace("}", "%7D")


def read_pattern(text: str, parse: Callable[[str], Reference] | None) -> tuple[PartPattern, Reference | None]:
    """Read a pattern with named parts.

    Args:
        text: the pattern as it was written; a SAS token in it is dropped.
        parse: parses a reference; None for a local path, in which nothing is decoded.

    Returns:
        The pattern of names, and the reference that has it, with account and container; None for a local path.

    Raises:
        InvalidReference: it is not a reference, a part has no valid name, or is outside of the name of the blob.
    """
    clean = split_sas(text)[0]
    _require_names(clean)
    if parse is None:
        return PartPattern(tuple(_local_pieces(clean)), clean), None
    reference, pieces = _read(clean, parse)
    return PartPattern(pieces, clean), reference


def read_template(text: str, parse: Callable[[str], Reference] | None) -> Template:
    """Read a template; as `read_pattern`, but the names in braces may be any, and it may also have wildcards."""
    clean = split_sas(text)[0]
    _require_pairs(clean)
    if parse is None:
        return Template(tuple(_local_pieces(clean, wildcards=False)), clean)
    reference, pieces = _read(clean, parse)
    return Template(pieces, clean, reference)


def _require_pairs(text: str) -> None:
    if re.search(r"[{}]", _BRACES.sub("", text)):
        raise InvalidReference(
            f"{quote_text(text)} has a brace without its counterpart",
            remedy="write {NAME} for a named part; in a name write %7B for { and %7D for }",
        )


def _require_names(text: str) -> None:
    _require_pairs(text)
    for name in braced_names(text):
        if not _NAME.fullmatch(name):
            raise InvalidReference(
                f"{quote_text(text)} has a part without a valid name: {{{name}}}",
                remedy="name it with letters, digits and _, as in {region}; in a name write %7B for { and %7D for }",
            )


def _local_pieces(text: str, *, wildcards: bool = True) -> Iterator[Piece]:
    for place, piece in enumerate(_BRACES.split(text)):
        if place % 2:
            yield Wildcard("{}", piece)
        elif wildcards:
            yield from _with_signs(_SIGNS.split(piece))
        elif piece:
            yield piece


def _with_signs(pieces: list[str]) -> Iterator[Piece]:
    """Yield the pieces of a split at wildcards, in which every other one is a wildcard."""
    for place, piece in enumerate(pieces):
        if place % 2:
            yield Wildcard(piece[:2])
        elif piece:
            yield piece


def _read(text: str, parse: Callable[[str], Reference]) -> tuple[Reference, tuple[Piece, ...]]:
    """Parse a reference in which marks stand for the named parts, and put these back."""
    mark = next(mark for mark in (f"part{place}n" for place in count()) if mark not in unquote(text) + text)
    names: list[str] = []

    def marked(match: re.Match[str]) -> str:
        names.append(match[1])
        return f"{mark}{len(names) - 1}x"

    written = _BRACES.sub(marked, text)
    marks = re.compile(rf"{mark}(\d+)x")

    def shown(text: str) -> str:
        return marks.sub(lambda match: f"{{{names[int(match[1])]}}}", text)

    try:
        reference = parse(written)
    except InvalidReference as error:
        raise InvalidReference(shown(error.message), remedy=shown(error.remedy)) from None
    split = [reference.blob] if reference.pattern is None else pieces_of(reference.pattern)
    pieces: list[Piece] = []
    for piece in _with_signs(split):
        found = marks.split(piece) if isinstance(piece, str) else [piece]
        pieces += (
            Wildcard("{}", names[int(part)]) if place % 2 and isinstance(part, str) else part
            for place, part in enumerate(found)
            if part
        )
    if sum(isinstance(piece, Wildcard) and piece.sign == "{}" for piece in pieces) != len(names):
        raise InvalidReference(
            f"{quote_text(text)} has a named part outside of the name of a blob",
            remedy="account and container are fixed: write az://container/{NAME}/…",
        )
    return reference, tuple(pieces)
