"""One type tried on a column of text: its values if all cells are of that type, and problems with some of them.

A column becomes numbers only if nothing is lost that the user may need: leading zeros, a leading plus and integers
beyond 64 bits keep it text. Surprising results get a ledger entry, at most one per column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.errors import option
from blobprep.tables.codecs.text.numerals import (
    are_small,
    find_infinite,
    find_large_integers,
    find_too_precise,
    find_vanished,
    strip_plus,
)

__all__ = ["KINDS", "Candidate", "find_candidate"]

_PREFIXED: Final = r"^-?0[0-9]|^\+"
_HEXADECIMAL: Final = r"^[+-]?0[xX]"
_PROBE: Final = 64
_TRUE: Final = len("true")
_OF_INTEGERS: Final = frozenset("+-xX0123456789abcdefABCDEF")
_OF_DOUBLES: Final = frozenset("+-.eE0123456789")
_BOOLEANS: Final = ("true", "false", "0", "1")


@dataclass(frozen=True, slots=True)
class _Problem:
    """The consequence of a problem with some values of a column of numbers.

    Attributes:
        stays: whether the column stays text; otherwise it loses something.
        detail: for the ledger; empty if the result surprises no one.
        remedy: the option that changes the result.
    """

    stays: bool
    detail: str = ""
    remedy: str = ""


_PROBLEMS: Final[Mapping[str, _Problem]] = {
    "huge": _Problem(True, "Stays text, because a number in it is too large for a double.", "types=text"),
    "beyond": _Problem(True, "Stays text, because an integer in it needs more than 64 bits."),
    "hexadecimal": _Problem(True),
    "prefixed": _Problem(
        True, "Stays text, because a value has a leading zero or plus: {example}.", "leading_zeros=number"
    ),
    "inexact": _Problem(False, "Became double; integers above 2**53 lost digits.", "types=text"),
    "vanished": _Problem(False, "Became double; values too small for a double became 0.", "types=text"),
    "imprecise": _Problem(False, "Became double; values with more than 17 digits lost digits.", "types=text"),
}
"""Possible problems; the ledger reports the first that applies."""


_MISSING: Final = pa.nulls(1, pa.string())[0]
_DOUBLE: Final = pa.float64()
_BOOLEAN: Final = pa.bool_()
KINDS: Final = (pa.int64(), _DOUBLE, _BOOLEAN)


@dataclass(frozen=True, slots=True)
class _ParsedCells:
    """Cells parsed as a type, and their texts without surrounding blanks."""

    values: Any
    texts: Any


@dataclass(slots=True)
class _Occurrences:
    """How many values have a problem, and the first of them."""

    count: int
    example: str


class Candidate:
    """One type tried on a column: the values as long as all cells are of that type, and problems with some of them.

    Args:
        kind: one of `KINDS`.
        asked: the dataset with its read options.
        keep: whether values are kept; without them there is no outcome.

    Attributes:
        kind: the type.
        missing: how many values are missing, blank cells among them.
    """

    def __init__(self, kind: Any, asked: AskedDataset, *, keep: bool = True) -> None:
        self.kind, self._asked, self._keeps_values = kind, asked, keep
        self._missing = asked.options["missing"]
        self._keeps_prefixed = asked.options.get("leading_zeros", "text") == "text"
        self.missing = 0
        self._values: list[Any] = []
        self._found: dict[str, _Occurrences] = {}
        self._finite = kind != _DOUBLE

    @property
    def fits(self) -> bool:
        """Whether the column is of this type, judging by the cells so far."""
        return self._finite and not any(_PROBLEMS[name].stays for name in self._found)

    def obstacle(self) -> str | None:
        """Return a value that keeps the column from being of this type, as far as one value can; None if none does."""
        return next((found.example for name, found in self._found.items() if _PROBLEMS[name].stays), None)

    def as_doubles(self) -> Candidate | None:
        """Return what goes on with doubles where all cells so far are integers; None where they are not."""
        if self.kind != pa.int64():
            return None
        doubles = Candidate(_DOUBLE, self._asked, keep=False)
        doubles._found, doubles._finite, doubles.missing = self._found, True, self.missing
        return doubles

    def add_all(self, chunks: list[Any]) -> bool:
        """Add all chunks; a few cells are tried first, because a cast that fails still runs to the end of its chunk."""
        longest = max(chunks, key=len)
        if len(longest) > _PROBE and _parse(longest.slice(0, _PROBE), self.kind, self._missing) is None:
            return False
        return all(map(self.add, chunks))

    def add(self, chunk: Any) -> bool:
        """Add a chunk of cells; return False if one is not of this type."""
        parsed = _parse(chunk, self.kind, self._missing)
        if parsed is None:
            return False
        self.missing += parsed.values.null_count
        if self._keeps_values:
            self._values.append(parsed.values)
        if self.kind == _BOOLEAN:
            # The cast also accepts 0 and 1, but a column of only these is integers, and a mixed one is text.
            return bool((pc.min(pc.binary_length(parsed.texts)).as_py() or _TRUE) >= _TRUE)
        if self.kind == _DOUBLE:
            self._examine_doubles(parsed)
        suspects = _find_suspects(parsed.texts)
        if len(suspects):
            self._note("hexadecimal", _filter_matching(suspects, _HEXADECIMAL))
            if self._keeps_prefixed:
                self._note("prefixed", _filter_matching(suspects, _PREFIXED))
        return True

    def outcome(self, label: str) -> tuple[Any, Translation | None]:
        """Return the values, which are valid if the type fits, and the ledger entry."""
        entry = None
        for name, reason in _PROBLEMS.items():
            if name in self._found and self._finite:
                entry = self._entry(label, reason, self._found[name])
                break
        return pa.chunked_array(self._values, self.kind), entry

    def _examine_doubles(self, parsed: _ParsedCells) -> None:
        if are_small(parsed.values):
            self._finite = self._finite or parsed.values.null_count < len(parsed.values)
        else:
            parsed = self._examine_large(parsed)
        self._note("vanished", find_vanished(parsed.texts, parsed.values))
        self._note("imprecise", find_too_precise(parsed.texts, parsed.values))

    def _examine_large(self, parsed: _ParsedCells) -> _ParsedCells:
        """Note numbers that are infinite or lost digits; return the finite ones."""
        finite = pc.is_finite(parsed.values)
        self._finite = self._finite or bool(pc.any(finite).as_py())
        if pc.all(finite).as_py() is False:
            self._note("huge", find_infinite(parsed.texts, parsed.values))
            parsed = _ParsedCells(parsed.values.filter(finite), parsed.texts.filter(finite))
        large = find_large_integers(parsed.texts, parsed.values)
        self._note("beyond", large.beyond)
        self._note("inexact", large.inexact)
        return parsed

    def _note(self, name: str, texts: Any) -> None:
        if len(texts) == 0:
            return
        noted = self._found.setdefault(name, _Occurrences(0, texts[0].as_py()[:EXAMPLE_LIMIT]))
        noted.count += len(texts)

    def _entry(self, label: str, reason: _Problem, found: _Occurrences) -> Translation | None:
        if not reason.detail:
            return None
        remedy = option(self._asked, reason.remedy) if reason.remedy else ""
        detail = reason.detail.format(example=repr(found.example))
        return Translation(
            self._asked.port, label, "type", detail, not reason.stays, remedy, found.count, found.example
        )


def find_candidate(chunks: list[Any], asked: AskedDataset, *, keep: bool = True) -> Candidate | None:
    """Return the first type that all cells have, which may not fit for another reason; None if they are text.

    Args:
        chunks: arrays of text, null where missing.
        asked: the dataset with its read options.
        keep: whether values are kept.
    """
    first = next((chunk[_first_present(chunk)].as_py() for chunk in chunks if chunk.null_count < len(chunk)), "")
    for kind in KINDS:
        if _may_be(first, kind, asked.options["missing"]):
            candidate = Candidate(kind, asked, keep=keep)
            if candidate.add_all(chunks):
                return candidate
    return None


def _first_present(chunk: Any) -> int:
    return int(pc.indices_nonzero(chunk.is_valid())[0].as_py()) if chunk.null_count else 0


def _may_be(text: str, kind: Any, missing: str) -> bool:
    """Tell whether a cell may be of a type, judging by its characters; trying it costs more where it is not."""
    bare = text.strip()
    if bare in ("", missing):  # the cell is missing, and tells nothing
        return True
    if kind == _BOOLEAN:
        return bare.lower() in _BOOLEANS
    if kind == _DOUBLE:
        return _OF_DOUBLES.issuperset(bare) or bare.lstrip("+-").lower().startswith(("nan", "inf"))
    return _OF_INTEGERS.issuperset(bare)


def _parse(chunk: Any, kind: Any, missing: str) -> _ParsedCells | None:
    """Cast a chunk; return None if a cell is of another type."""
    try:
        return _ParsedCells(chunk.cast(kind), chunk)
    except pa.ArrowInvalid:
        trimmed = _trim(chunk, missing)
        plain = strip_plus(trimmed)
        if plain.equals(chunk):  # the same cells again; an error is what takes most of the time here
            return None
        try:
            return _ParsedCells(plain.cast(kind), trimmed)
        except pa.ArrowInvalid:
            return None


def _trim(chunk: Any, missing: str) -> Any:
    trimmed = pc.ascii_trim_whitespace(chunk)
    absent = pc.match_substring_regex(trimmed, f"^({re.escape(missing)})?$")
    return pc.if_else(absent, _MISSING, trimmed)


def _find_suspects(texts: Any) -> Any:
    """Return the texts worth matching with a costly pattern: those that start with a plus, or a zero and no point.

    Most columns have none; finding that out must be cheap, so bytes are examined instead of cells.
    """
    _, offsets, data = texts.buffers()
    if data is None or data.size == 0:
        return texts.slice(0, 0)
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    characters = np.frombuffer(data, np.uint8)
    starts, lengths = ends[:-1], ends[1:] - ends[:-1]
    # Clipping takes half the time of indexing; it concerns only texts that end before the position.
    first = characters.take(starts, mode="clip")
    mask = first == ord("+")
    negative = first == ord("-")
    if negative.any():
        starts, lengths = starts + negative, lengths - negative
        first = characters.take(starts, mode="clip")
    zero = (first == ord("0")) & (lengths > 1)
    if zero.any():
        mask |= zero & (characters.take(starts + 1, mode="clip") != ord("."))
    if not mask.any():
        return texts.slice(0, 0)
    return texts.take(pa.array(np.flatnonzero(mask))).drop_null()


def _filter_matching(texts: Any, pattern: str) -> Any:
    return texts.filter(pc.match_substring_regex(texts, pattern))
