"""What format bytes are in: told from the first of them where nothing else says so, and doubted where they differ."""

from __future__ import annotations

import codecs as encodings
import json
import re
from dataclasses import replace
from typing import Final

from blobprep.child.codecs.failures import appearance, option, refused
from blobprep.child.codecs.parts import Part
from blobprep.errors import DatasetError
from blobprep.formats import FORMATS, format_named, read_options
from blobprep.formats.encodings import MARKS
from blobprep.protocol import AskedDataset

__all__ = ["likely_delimiter", "require_likely", "told"]

_START: Final = 64 << 10
_LINES: Final = 50
_SHOWN: Final = 60
_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SPARSE: Final = re.compile(rf"{_NUMBER}(?:\s+qid:\d+)?(?:\s+\d+:{_NUMBER})+\s*(?:#.*)?")
_ATTRIBUTES: Final = re.compile(r"(?i)@(?:relation|attribute)\s")
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
_DELIMITERS: Final = {"\t": "tab", ",": ",", ";": ";", "|": "|"}


def told(part: Part) -> Part:
    """Return the part with a format: by its first bytes, where neither option, name nor content type told it.

    Raises:
        DatasetError: they do not tell it; shows what was seen.
        InvalidOption: an option that the format does not have.
    """
    asked = part.asked
    if asked.found == "name in the zip":
        return Part(part.source, _completed(asked, asked.format, {}))
    if asked.format:
        return part
    start = part.source.read_at(0, _START)
    name, options = _seen(start, asked)
    return Part(part.source, replace(_completed(asked, name, options), found="first bytes"))


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


def _completed(asked: AskedDataset, name: str, options: dict[str, str]) -> AskedDataset:
    complete = read_options(format_named(name), options | asked.options)
    return replace(asked, format=name, options=complete)


def _seen(start: bytes, asked: AskedDataset) -> tuple[str, dict[str, str]]:
    """Return the format that bytes are in, and options that go with it."""
    words, name = appearance(start)
    if name:
        return name, {}
    if start.startswith(b"\xff\xff\xff\xff"):
        return "arrow", {}
    if not start:
        raise refused(asked, "is empty, and nothing tells its format", "check what wrote it")
    lines = [] if words else _lines(start)
    if not lines:
        raise _unknown(asked, f"is {words}" if words else f"begins with {start[:16]!r}")
    found = _of_text(lines)
    if found is None:
        raise _unknown(asked, f"begins with {lines[0][:_SHOWN]!r}")
    return found


def _unknown(asked: AskedDataset, seen: str) -> DatasetError:
    remedy = f"say it with {option(asked, 'format=csv')} or another of {', '.join(FORMATS)}"
    return refused(asked, f"{seen}, which tells no format", remedy)


def _of_text(lines: list[str]) -> tuple[str, dict[str, str]] | None:
    meant = [line for line in lines if line.strip() and not line.startswith("%")]
    if any(_ATTRIBUTES.match(line.lstrip()) for line in meant[:2]):
        return "arff", {}
    if lines[0].lstrip().startswith(("[", "{")):
        return _of_json(lines)
    if meant and all(_SPARSE.fullmatch(line.strip()) for line in meant):
        return "svmlight", {}
    delimiter = likely_delimiter(lines)
    if not delimiter:
        return None
    if delimiter == "\t":
        return "tsv", {}
    return "csv", {} if delimiter == "," else {"delimiter": delimiter}


def _of_json(lines: list[str]) -> tuple[str, dict[str, str]]:
    try:
        first = json.loads(lines[0])
    except (ValueError, RecursionError):
        return "json", {}
    if not isinstance(first, dict):
        return "json", {}
    columns = len(lines) == 1 and any(isinstance(value, (list, dict)) for value in first.values())
    return ("json" if columns else "jsonl"), {}


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
