"""What format bytes are in: told from the first of them where nothing else says so, and doubted where they differ."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Final

from blobprep.child.codecs.delimiters import likely_delimiter, separator_hint
from blobprep.child.codecs.failures import appearance, option, refused
from blobprep.child.codecs.parts import Part
from blobprep.child.codecs.sample import START, start_lines
from blobprep.errors import DatasetError
from blobprep.formats import FORMATS, format_named, read_options
from blobprep.formats.encodings import AUTO
from blobprep.protocol import AskedDataset

__all__ = ["told"]

_SHOWN: Final = 60
_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SPARSE: Final = re.compile(rf"{_NUMBER}(?:\s+qid:\d+)?(?:\s+\d+:{_NUMBER})+\s*(?:#.*)?")
_ATTRIBUTES: Final = re.compile(r"(?i)@(?:relation|attribute)\s")


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
    start = part.source.read_at(0, START)
    name, options = _seen(start, asked)
    return Part(part.source, replace(_completed(asked, name, options), found="first bytes"))


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
    lines = [] if words else start_lines(start, asked.options.get("encoding", AUTO))
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
    if separator_hint(lines[0]) is not None:
        return "csv", {}
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
