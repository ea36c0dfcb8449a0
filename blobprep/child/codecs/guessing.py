"""What a column of text is: integer, double, boolean or text, from all of its cells; and dates where asked.

A column becomes numbers only if nothing is lost that its owner may need: leading zeros, a leading plus and integers
beyond 64 bits keep it text. What could surprise is told in the ledger, at most once a column.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.codecs.failures import option
from blobprep.protocol import AskedDataset, Translation

__all__ = ["Column", "guess"]

_WORDS: Final = r"(?i)^[+-]?(nan|inf|infinity)$"
_NUMBER: Final = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_PREFIXED: Final = r"^-?0[0-9]|^\+"
_HEXADECIMAL: Final = r"^[+-]?0[xX]"
_PROBE: Final = 64
_SAMPLE: Final = 1000
_NEARLY: Final = 0.9
_DIGITS: Final = 17
_TRUE: Final = len("true")
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class _Reason:
    """Say what follows when something is the matter with some values of a column of numbers.

    Attributes:
        stays: whether the column stays text; else it loses something.
        detail: for the ledger; empty where nobody would be surprised.
        remedy: the option that changes it.
    """

    stays: bool
    detail: str = ""
    remedy: str = ""


_REASONS: Final[Mapping[str, _Reason]] = {
    "huge": _Reason(True, "Stays text, since a number in it is too large for a double.", "types=text"),
    "beyond": _Reason(True, "Stays text, since an integer in it is beyond 64 bits."),
    "hexadecimal": _Reason(True),
    "prefixed": _Reason(
        True, "Stays text, since a value has a leading zero or plus: {example}.", "leading_zeros=number"
    ),
    "inexact": _Reason(False, "Became double; integers above 2**53 lost digits.", "types=text"),
    "imprecise": _Reason(False, "Became double; values with more than 17 digits lost some.", "types=text"),
}
"""What can be the matter; the first that applies is told."""


def _double(value: float) -> Any:
    """Make a scalar from its bytes: `pa.scalar` would import pandas, which `head` does without."""
    return pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(struct.pack("=d", value))])[0]


_EXACT: Final = _double(2**53)
_BEYOND: Final = _double(2**63)
_ZERO: Final = _double(0)
_ONE: Final = _double(1)
_POINTED: Final = _double(_DIGITS + 1)
_DIGITS_HELD: Final = _double(_DIGITS)
_MISSING: Final = pa.nulls(1, pa.string())[0]
_DOUBLE: Final = pa.float64()
_BOOLEAN: Final = pa.bool_()
_KINDS: Final = (pa.int64(), _DOUBLE, _BOOLEAN)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """Hold cells parsed as some type, and their texts without the blanks around them."""

    values: Any
    texts: Any


class Column:
    """Give a column its type while its cells come in, and let their text go.

    The first cells suggest a type; where later ones are not of it, the column has to be read once more.

    Args:
        label: of the column, for the ledger.
        asked: its dataset, with the options of reading it.
        plain: whether it stays text whatever is in it.

    Attributes:
        again: whether all of its cells are wanted once more, through `restore`.
    """

    def __init__(self, label: str, asked: AskedDataset, *, plain: bool) -> None:
        self.label, self.again = label, False
        self._asked, self._plain, self._undecided = asked, plain, not plain
        self._texts: list[Any] = []
        self._trial: _Trial | None = None

    def add(self, cells: Any) -> None:
        """Take an array of text, null where missing."""
        if self.again:
            return
        if self._trial is not None:
            if not (self._trial.add(cells) and self._trial.stands):
                self.again, self._trial = True, None
            return
        self._texts.append(cells)
        if self._undecided and cells.null_count < len(cells):
            self._undecided = False
            self._trial = _suggested(self._texts, self._asked)
            if self._trial is not None:
                self._texts = []

    def restore(self, cells: Any) -> None:
        """Take all cells once more, as a chunked array."""
        self._texts, self.again = cells.chunks, False

    def outcome(self) -> tuple[Any, Translation | None]:
        """Return the column, and an entry where its type loses or may surprise."""
        if self._trial is not None:
            return self._trial.outcome(self.label)
        cells = pa.chunked_array(self._texts, pa.string())
        self._texts = []
        return (cells, None) if self._plain else guess(cells, self.label, self._asked)


def guess(cells: Any, label: str, asked: AskedDataset) -> tuple[Any, Translation | None]:
    """Give a column of text the type that all its cells have.

    Args:
        cells: a chunked array of text, null where missing.
        label: of the column, for the ledger.
        asked: its dataset, with the options of reading it.

    Returns:
        The column, and an entry where the choice loses or may surprise. A column without rows stays text; one with
        nothing but missing cells becomes double, as pandas has it.
    """
    if cells.null_count == len(cells):
        return (cells if len(cells) == 0 else pa.chunked_array([pa.nulls(len(cells), "double")])), None
    for kind in _KINDS:
        trial = _Trial(kind, asked)
        if trial.add_all(cells.chunks):
            values, entry = trial.outcome(label)
            return (values if trial.stands else cells), entry
    return cells, _nearly_numbers(cells, label, asked)


def _suggested(chunks: list[Any], asked: AskedDataset) -> _Trial | None:
    """Return the trial that the first cells pass; None where they are text."""
    for kind in _KINDS:
        trial = _Trial(kind, asked)
        if trial.add_all(chunks):
            return trial if trial.stands else None
    return None


@dataclass(slots=True)
class _Finding:
    """Count the values with which something is the matter, and keep the first."""

    count: int
    example: str


class _Trial:
    """Hold a column's cells as one type as long as they are of it, and what is the matter with some."""

    def __init__(self, kind: Any, asked: AskedDataset) -> None:
        self._kind, self._asked = kind, asked
        self._missing = asked.options["missing"]
        self._keeps_prefixed = asked.options.get("leading_zeros", "text") == "text"
        self._values: list[Any] = []
        self._found: dict[str, _Finding] = {}
        self._finite = kind != _DOUBLE

    @property
    def stands(self) -> bool:
        """Whether the column is of this type, as far as it has been seen."""
        return self._finite and not any(_REASONS[name].stays for name in self._found)

    def add_all(self, chunks: list[Any]) -> bool:
        """Take all chunks; a few cells first, since a cast that fails is slow: it goes on to the end of its chunk."""
        longest = max(chunks, key=len)
        if len(longest) > _PROBE and not _Trial(self._kind, self._asked).add(longest.slice(0, _PROBE)):
            return False
        return all(map(self.add, chunks))

    def add(self, chunk: Any) -> bool:
        """Take a chunk of cells; False where one is not of this type."""
        parsed = _parsed(chunk, self._kind, self._missing)
        if parsed is None:
            return False
        self._values.append(parsed.values)
        if self._kind == _BOOLEAN:
            # The cast takes 0 and 1 as well, yet a column of only these is integers, and a mixed one is text.
            return bool((pc.min(pc.binary_length(parsed.texts)).as_py() or _TRUE) >= _TRUE)
        if self._kind == _DOUBLE:
            self._look_at_doubles(parsed)
        suspects = _suspects(parsed.texts)
        if len(suspects):
            self._find("hexadecimal", _matching(suspects, _HEXADECIMAL))
            if self._keeps_prefixed:
                self._find("prefixed", _matching(suspects, _PREFIXED))
        return True

    def outcome(self, label: str) -> tuple[Any, Translation | None]:
        """Return the values, of use where the trial stands, and what the ledger says of them."""
        entry = None
        for name, reason in _REASONS.items():
            if name in self._found and self._finite:
                entry = self._entry(label, reason, self._found[name])
                break
        return pa.chunked_array(self._values, self._kind), entry

    def _look_at_doubles(self, parsed: _Parsed) -> None:
        finite = pc.is_finite(parsed.values)
        all_finite = pc.all(finite).as_py() is not False
        self._finite = self._finite or bool(pc.any(finite).as_py())
        if not all_finite:
            words = parsed.texts.filter(pc.invert(finite))
            self._find("huge", words.filter(pc.invert(pc.match_substring_regex(words, _WORDS))))
            parsed = _Parsed(parsed.values.filter(finite), parsed.texts.filter(finite))
        if (pc.max(pc.abs(parsed.values)).as_py() or 0) >= _EXACT.as_py():
            large = _large_integers(parsed)
            self._find("beyond", large.beyond)
            self._find("inexact", large.inexact)
        self._find("imprecise", _too_precise(parsed))

    def _find(self, name: str, texts: Any) -> None:
        if len(texts) == 0:
            return
        found = self._found.setdefault(name, _Finding(0, texts[0].as_py()[:_SHOWN]))
        found.count += len(texts)

    def _entry(self, label: str, reason: _Reason, found: _Finding) -> Translation | None:
        if not reason.detail:
            return None
        remedy = option(self._asked, reason.remedy) if reason.remedy else ""
        detail = reason.detail.format(example=repr(found.example))
        return Translation(
            self._asked.port, label, "type", detail, not reason.stays, remedy, found.count, found.example
        )


def _parsed(chunk: Any, kind: Any, missing: str) -> _Parsed | None:
    """Cast a chunk; None where a cell is of another type."""
    try:
        return _Parsed(chunk.cast(kind), chunk)
    except pa.ArrowInvalid:
        trimmed = _trimmed(chunk, missing)
        try:
            return _Parsed(_without_plus(trimmed).cast(kind), trimmed)
        except pa.ArrowInvalid:
            return None


def _trimmed(chunk: Any, missing: str) -> Any:
    trimmed = pc.ascii_trim_whitespace(chunk)
    absent = pc.match_substring_regex(trimmed, f"^({re.escape(missing)})?$")
    return pc.if_else(absent, _MISSING, trimmed)


def _without_plus(texts: Any) -> Any:
    if not pc.any(pc.starts_with(texts, "+")).as_py():
        return texts
    return pc.replace_substring_regex(texts, r"^\+(\.?[0-9])", r"\1")


def _suspects(texts: Any) -> Any:
    """Return the few texts that a costly pattern need look at: those that start with a plus, or a zero and no point.

    Most columns have none, and most time would go into finding that out: so it looks at bytes and not at cells.
    """
    _, offsets, data = texts.buffers()
    if data is None or data.size == 0:
        return texts.slice(0, 0)
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    characters = np.frombuffer(data, np.uint8)
    starts, lengths, last = ends[:-1], np.diff(ends), len(characters) - 1

    def character(position: int) -> Any:
        return characters[np.minimum(starts + position, last)]

    first = character(0)
    mask = first == ord("+")
    zero = (first == ord("0")) & (lengths > 1)
    if zero.any():
        mask |= zero & (character(1) != ord("."))
    negative = (first == ord("-")) & (lengths > 2)
    if negative.any():
        mask |= negative & (character(1) == ord("0")) & (character(2) != ord("."))
    if not mask.any():
        return texts.slice(0, 0)
    return texts.take(pa.array(np.flatnonzero(mask))).drop_null()


@dataclass(frozen=True, slots=True)
class _Large:
    """Hold integers in a column of doubles: those beyond 64 bits, those that a double cannot hold."""

    beyond: Any
    inexact: Any


def _large_integers(parsed: _Parsed) -> _Large:
    written = pc.match_substring_regex(parsed.texts, r"^[+-]?[0-9]+$")
    mask = pc.and_(written, pc.greater_equal(pc.abs(parsed.values), _EXACT))
    values, texts = parsed.values.filter(mask), parsed.texts.filter(mask)
    plain = _without_plus(texts)
    try:
        exact = plain.cast(pa.int64())
    except pa.ArrowInvalid:
        return _Large(texts.filter(_outside(plain)), texts.slice(0, 0))
    # 2**63 as a double is no 64-bit integer; those next to it round to it.
    safe = pc.less(pc.abs(values), _BEYOND)
    kept = pc.and_(safe, pc.equal(pc.if_else(safe, values, _ZERO).cast(pa.int64()), exact))
    return _Large(texts.slice(0, 0), texts.filter(pc.invert(kept)))


def _outside(integers: Any) -> Any:
    """Tell which texts of integers are beyond 64 bits."""
    return pa.array([not -(2**63) <= _integer(text) < 2**63 for text in integers.to_pylist()])


def _integer(text: str) -> int:
    digits = text.lstrip("+-0")
    # Python reads no more than some thousand digits; twenty are too many as it is.
    value = int(digits[:20] or "0")
    return -value if text.startswith("-") else value


def _too_precise(parsed: _Parsed) -> Any:
    """Return the texts with more digits than a double can hold."""
    lengths = pc.binary_length(parsed.texts)
    if (pc.max(lengths).as_py() or 0) <= _DIGITS + 1:
        return parsed.texts.slice(0, 0)
    # A point, a sign and the zero before the point are no digits; what is longer than these allow is looked at.
    negative, small = pc.less(parsed.values, _ZERO), pc.less(pc.abs(parsed.values), _ONE)
    allowed = pc.add(pc.add(negative.cast(pa.float64()), small.cast(pa.float64())), _POINTED)
    texts = parsed.texts.filter(pc.greater(lengths.cast(pa.float64()), allowed))
    if len(texts) == 0:
        return texts
    long = pc.replace_substring_regex(texts, r"[eE].*$", "")
    # Zeros at either end of a fraction are no digits of its value.
    fraction = pc.match_substring(long, ".")
    long = pc.if_else(fraction, pc.utf8_rtrim(long, "0"), long)
    digits = pc.utf8_ltrim(pc.replace_substring_regex(long, r"[^0-9]", ""), "0")
    return texts.filter(pc.greater(pc.binary_length(digits).cast(pa.float64()), _DIGITS_HELD))


def _nearly_numbers(cells: Any, label: str, asked: AskedDataset) -> Translation | None:
    """Tell of a column that a few cells keep from being numbers."""
    present = cells.slice(0, 10 * _SAMPLE).drop_null().slice(0, _SAMPLE)
    if len(present) == 0 or _share(present) < _NEARLY or _share(cells) < _NEARLY:
        return None
    others = pc.invert(pc.match_substring_regex(cells, _NUMBER))
    words = cells.filter(others)
    if len(words) == 0:
        return None
    row = pc.indices_nonzero(others)[0].as_py() + 1
    detail = (
        f"Stays text: all of {len(cells) - cells.null_count} values are numbers but {len(words)},"
        f" the first in row {row}, {words[0].as_py()[:_SHOWN]!r}."
    )
    word = words[0].as_py().strip()
    alone = pc.all(pc.equal(words, words[0])).as_py() and word.isalnum()
    remedy = option(asked, f"missing={word}") if alone else ""
    return Translation(
        asked.port, label, "type", detail, remedy=remedy, count=len(words), example=words[0].as_py()[:_SHOWN]
    )


def _share(cells: Any) -> float:
    return float(pc.mean(pc.match_substring_regex(cells, _NUMBER)).as_py())


def _matching(texts: Any, pattern: str) -> Any:
    return texts.filter(pc.match_substring_regex(texts, pattern))
