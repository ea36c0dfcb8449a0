"""The character that separates the cells of a text, told from its first lines."""

from __future__ import annotations

import codecs as encodings
import re
from typing import Final

from blobprep.child.codecs.failures import option, refused
from blobprep.child.codecs.parts import Part
from blobprep.formats import FORMATS
from blobprep.formats.encodings import MARKS

__all__ = ["likely_delimiter", "require_likely"]

_START: Final = 64 << 10
_LINES: Final = 50
_SHOWN: Final = 60
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
_DELIMITERS: Final = {"\t": "tab", ",": ",", ";": ";", "|": "|"}


def require_likely(part: Part) -> None:
    """Refuse a text whose lines are plainly separated by another character than the one that was guessed.

    Only a guess is doubted: who says `format=csv` gets it.

    Raises:
        DatasetError: says what was seen, and both ways out.
    """
    asked = part.asked
    if asked.found == "asked" or "delimiter" not in asked.options:
        return
    default = FORMATS[asked.format].reads["delimiter"].default
    if asked.options["delimiter"] != default:
        return
    lines = _lines(part.source.read_at(0, _START))
    own = {name: character for character, name in _DELIMITERS.items()}[default]
    other = likely_delimiter(lines)
    if other in ("", own) or any(own in _QUOTED.sub("", line) for line in lines[:1]):
        return
    raise refused(
        asked,
        f"is {asked.format} by its {asked.found}, and its first line has no {_named(own)} but {_named(other)}:"
        f" {lines[0][:_SHOWN]!r}",
        f"{option(asked, f'delimiter={_spelled(other)}')}, or format={asked.format} to take it as it is",
    )


def likely_delimiter(lines: list[str]) -> str:
    """Return the character that every line has equally often outside quotes, empty where there is none.

    >>> likely_delimiter(["a;b", "1,5;2"])
    ';'
    """
    bare = [_QUOTED.sub("", line) for line in lines]
    if len(bare) < 2:
        return ""
    counts = {character: {line.count(character) for line in bare} for character in _DELIMITERS}
    steady = {character: seen.pop() for character, seen in counts.items() if len(seen) == 1}
    character, count = max(steady.items(), key=lambda each: each[1], default=("", 0))
    return character if count else ""


def _lines(start: bytes) -> list[str]:
    """Return the first whole lines of a text, none where it is none."""
    encoding = next((name for mark, name in MARKS if start.startswith(mark)), "utf-8")
    try:
        text = encodings.getincrementaldecoder(encoding)("strict").decode(start)
    except UnicodeError:
        try:
            text = start.decode("cp1252")
        except UnicodeError:
            return []
    if "\0" in text:
        return []
    lines = text.splitlines(keepends=True)
    if len(start) == _START and len(lines) > 1:
        lines.pop()  # the cut may be within it
    kept = (line.rstrip("\r\n") for line in lines[:_LINES])
    return [line for line in kept if line.strip()]


def _named(character: str) -> str:
    return {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[character]


def _spelled(character: str) -> str:
    return f'"{character}"' if character == "," else _DELIMITERS[character]
