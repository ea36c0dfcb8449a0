"""What a column of text is: integer, double, boolean or text, from all of its cells; and dates where asked.

A column becomes numbers only if nothing is lost that its owner may need: leading zeros, a leading plus and integers
beyond 64 bits keep it text. What could surprise is told in the ledger, at most once a column.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.codecs.failures import option
from blobprep.protocol import AskedDataset, Translation

__all__ = ["guess"]

_WORDS: Final = r"(?i)^[+-]?(nan|inf|infinity)$"
_NUMBER: Final = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_PREFIXED: Final = r"^-?0[0-9]|^\+"
_HEXADECIMAL: Final = r"^[+-]?0[xX]"
_PROBE: Final = 64
_SAMPLE: Final = 1000
_NEARLY: Final = 0.9
_DIGITS: Final = 17


def _double(value: float) -> Any:
    """Make a scalar from its bytes: `pa.scalar` would import pandas, which `head` does without."""
    return pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(struct.pack("=d", value))])[0]


_EXACT: Final = _double(2**53)
_BEYOND: Final = _double(2**63)
_ZERO: Final = _double(0)
_ONE: Final = _double(1)
_POINTED: Final = _double(_DIGITS + 1)
_MISSING: Final = pa.nulls(1, pa.string())[0]


@dataclass(frozen=True, slots=True)
class _Parsed:
    """Hold a column parsed as some type, and its texts without the blanks around them."""

    values: Any
    texts: Any


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
    missing = asked.options["missing"]
    parsed = _parsed(cells, pa.int64(), missing)
    if parsed is not None:
        return _numbers(cells, parsed, None, label, asked)
    parsed = _parsed(cells, pa.float64(), missing)
    if parsed is not None:
        return _doubles(cells, parsed, label, asked)
    parsed = _parsed(cells, pa.bool_(), missing)
    # The cast would take 0 and 1 as well, yet no column of only these comes here, and a mixed one is text.
    if parsed is not None and pc.min(pc.binary_length(parsed.texts)).as_py() >= len("true"):
        return parsed.values, None
    return cells, _nearly_numbers(cells, label, asked)


def _parsed(cells: Any, kind: Any, missing: str) -> _Parsed | None:
    """Cast chunk by chunk, so that a column of another type is given up early; None where a cell is of another.

    A cast that fails is slow, since it goes on to the end of its chunk: a few cells are tried first.
    """
    if len(cells) > _PROBE and _parsed(cells.slice(0, _PROBE), kind, missing) is None:
        return None
    values, texts = [], []
    for chunk in cells.chunks:
        try:
            values.append(chunk.cast(kind))
        except pa.ArrowInvalid:
            trimmed = _trimmed(chunk, missing)
            try:
                values.append(_without_plus(trimmed).cast(kind))
            except pa.ArrowInvalid:
                return None
            texts.append(trimmed)
        else:
            texts.append(chunk)
    return _Parsed(pa.chunked_array(values, kind), pa.chunked_array(texts, pa.string()))


def _trimmed(chunk: Any, missing: str) -> Any:
    trimmed = pc.ascii_trim_whitespace(chunk)
    absent = pc.match_substring_regex(trimmed, f"^({re.escape(missing)})?$")
    return pc.if_else(absent, _MISSING, trimmed)


def _without_plus(texts: Any) -> Any:
    if not pc.any(pc.starts_with(texts, "+")).as_py():
        return texts
    return pc.replace_substring_regex(texts, r"^\+(\.?[0-9])", r"\1")


def _numbers(
    cells: Any, parsed: _Parsed, entry: Translation | None, label: str, asked: AskedDataset
) -> tuple[Any, Translation | None]:
    """Keep as text what looks like a number and would lose its look."""
    suspects = _suspects(parsed.texts)
    if _matches(suspects, _HEXADECIMAL):
        return cells, None
    if asked.options["leading_zeros"] == "text" and _matches(suspects, _PREFIXED):
        detail = f"Stays text, since a value has a leading zero or plus: {_first(suspects, _PREFIXED)}."
        return cells, _entry(asked, label, detail, remedy=option(asked, "leading_zeros=number"))
    return parsed.values, entry


def _suspects(texts: Any) -> Any:
    """Return the few texts that a costly pattern need look at."""
    zero = pc.or_(pc.starts_with(texts, "0"), pc.starts_with(texts, "-0"))
    suspects = texts.filter(pc.or_(zero, pc.starts_with(texts, "+")))
    fraction = pc.or_(pc.starts_with(suspects, "0."), pc.starts_with(suspects, "-0."))
    return suspects.filter(pc.invert(fraction))


def _doubles(cells: Any, parsed: _Parsed, label: str, asked: AskedDataset) -> tuple[Any, Translation | None]:
    finite = pc.is_finite(parsed.values)
    if not pc.any(finite).as_py():
        return cells, None
    if not pc.all(finite).as_py():
        words = parsed.texts.filter(pc.invert(finite))
        if not pc.all(pc.match_substring_regex(words, _WORDS)).as_py():
            return cells, _entry(asked, label, "Stays text, since a number in it is too large for a double.")
    entry = None
    if (pc.max(pc.abs(parsed.values.filter(finite))).as_py()) >= _EXACT.as_py():
        large = _large_integers(parsed)
        if large.beyond:
            return cells, _entry(asked, label, "Stays text, since an integer in it is beyond 64 bits.", remedy="")
        if large.inexact:
            detail = "Became double; integers above 2**53 lost digits."
            entry = _entry(asked, label, detail, lossy=True)
    if entry is None and _too_precise(parsed):
        detail = "Became double; values with more than 17 digits lost some."
        entry = _entry(asked, label, detail, lossy=True)
    return _numbers(cells, parsed, entry, label, asked)


@dataclass(frozen=True, slots=True)
class _Large:
    """Tell of integers in a column of doubles: some beyond 64 bits, some that a double cannot hold."""

    beyond: bool
    inexact: bool


def _large_integers(parsed: _Parsed) -> _Large:
    written = pc.match_substring_regex(parsed.texts, r"^[+-]?[0-9]+$")
    mask = pc.and_(written, pc.greater_equal(pc.abs(parsed.values), _EXACT))
    values, texts = parsed.values.filter(mask), _without_plus(parsed.texts.filter(mask))
    try:
        exact = texts.cast(pa.int64())
    except pa.ArrowInvalid:
        return _Large(beyond=True, inexact=True)
    # 2**63 as a double is no 64-bit integer; those next to it round to it.
    safe = pc.less(pc.abs(values), _BEYOND)
    same = pc.equal(values.filter(safe).cast(pa.int64()), exact.filter(safe))
    return _Large(beyond=False, inexact=False in (pc.all(safe).as_py(), pc.all(same).as_py()))


def _too_precise(parsed: _Parsed) -> bool:
    """Tell whether a text has more digits than a double can hold."""
    lengths = pc.binary_length(parsed.texts)
    if pc.max(lengths).as_py() <= _DIGITS + 1:
        return False
    # A point, a sign and the zero before the point are no digits; what is longer than these allow is looked at.
    negative, small = pc.less(parsed.values, _ZERO), pc.less(pc.abs(parsed.values), _ONE)
    allowed = pc.add(pc.add(negative.cast(pa.float64()), small.cast(pa.float64())), _POINTED)
    long = parsed.texts.filter(pc.greater(lengths.cast(pa.float64()), allowed))
    if len(long) == 0:
        return False
    long = pc.replace_substring_regex(long, r"[eE].*$", "")
    # Zeros at either end of a fraction are no digits of its value.
    fraction = pc.match_substring(long, ".")
    long = pc.if_else(fraction, pc.utf8_rtrim(long, "0"), long)
    digits = pc.utf8_ltrim(pc.replace_substring_regex(long, r"[^0-9]", ""), "0")
    return bool((pc.max(pc.binary_length(digits)).as_py() or 0) > _DIGITS)


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
        f" the first in row {row}, {words[0].as_py()[:40]!r}."
    )
    word = words[0].as_py().strip()
    alone = pc.all(pc.equal(words, words[0])).as_py() and word.isalnum()
    return _entry(asked, label, detail, remedy=option(asked, f"missing={word}") if alone else "")


def _share(cells: Any) -> float:
    return float(pc.mean(pc.match_substring_regex(cells, _NUMBER)).as_py())


def _matches(texts: Any, pattern: str) -> bool:
    return len(texts) > 0 and bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def _first(texts: Any, pattern: str) -> str:
    return repr(texts.filter(pc.match_substring_regex(texts, pattern))[0].as_py()[:40])


def _entry(asked: AskedDataset, label: str, detail: str, lossy: bool = False, remedy: str | None = None) -> Translation:
    if remedy is None:
        remedy = option(asked, "types=text")
    return Translation(asked.port, label, "type", detail, lossy, remedy)
