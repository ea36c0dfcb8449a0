"""The rows of an SvmLight dataset: lines to indices and values, one block at a time, by column instead of by row.

A block that the fast way rejects is read again line by line, to find the error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset
from blobprep.tables.codecs.errors import dataset_error, option
from blobprep.tables.codecs.text.lines import Block
from blobprep.tables.codecs.text.numerals import Losses, find_losses, parse_numbers

__all__ = ["MOST_FEATURES", "Rows", "parse_rows"]

MOST_FEATURES: Final = 1_000_000

_COMMENT: Final = re.compile(r"#[^\n]*")
_BLANK: Final = re.compile(r"[\x01-\x08\x0b-\x1f]")
_QID: Final = re.compile(r"qid:([+-]?[0-9]{1,18})")
_PAIR: Final = re.compile(r"([0-9]{1,9}):([^:]+)")


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a dataset.

    Attributes:
        labels: a double for each row.
        queries: a 64-bit integer for each row, null where it has no `qid`.
        row, column: the position of each value, from 0.
        values: the values that the lines contain.
        comments: number of comments, which are ignored.
        comment: the first comment.
        losses: digits lost in labels and values.
    """

    labels: Any
    queries: Any
    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    comments: int = 0
    comment: str = ""
    losses: Losses = field(default_factory=Losses)


def parse_rows(block: Block, asked: AskedDataset) -> Rows:
    """Read a block of lines.

    Raises:
        DatasetError: a line is not a row; the message has its number and the error.
    """
    text, comments, comment = block.text, 0, ""
    if "#" in text:
        first = _COMMENT.search(text)
        assert first is not None
        comment = first[0][:EXAMPLE_LIMIT]
        text, comments = _COMMENT.subn("", text)
    lines = pc.ascii_trim_whitespace(pa.array(_BLANK.sub(" ", text).split("\n"), pa.large_string()))
    lines = lines.filter(pc.greater(pc.binary_length(lines), 0))
    base = int(asked.options["base"])
    parsed = _parse_lines(lines, base) if len(lines) else _no_rows()
    if parsed is None:
        raise _find_error(block, base, asked)
    return replace(parsed, comments=comments, comment=comment)


def _no_rows() -> Rows:
    indices = np.zeros(0, np.int64)
    return Rows(pa.nulls(0, pa.float64()), pa.nulls(0, pa.int64()), indices, indices, np.zeros(0))


def _parse_lines(lines: Any, base: int) -> Rows | None:
    """Parse lines by column; None if one of them is wrong."""
    split = pc.ascii_split_whitespace(lines)
    words, offsets = split.values, split.offsets.to_numpy()
    row = np.repeat(np.arange(len(lines)), np.diff(offsets))
    is_pair = np.ones(len(words), bool)
    is_pair[offsets[:-1]] = False
    written = words.take(pa.array(offsets[:-1]))
    labels = parse_numbers(written, pa.float64())
    queries = _extract_queries(words, offsets, is_pair)
    if labels is None or queries is None:
        return None
    pairs = pc.split_pattern(words.filter(pa.array(is_pair)), ":")
    if pc.all(pc.equal(pc.list_value_length(pairs), 2)).as_py() is False:
        return None
    # `values` ignores an array's offset, which is 0 here, because nothing was sliced.
    flat = pairs.values
    even = pa.array(np.arange(0, len(flat), 2))
    figures = flat.take(pc.add(even, 1))
    indices, values = parse_numbers(flat.take(even), pa.int64()), parse_numbers(figures, pa.float64())
    if indices is None or values is None:
        return None
    row, column = row[is_pair], indices.to_numpy() - base
    follows = row[1:] == row[:-1]
    increasing = not np.any(follows & (np.diff(column) <= 0))
    if not increasing or (len(column) and (column.min() < 0 or column.max() >= MOST_FEATURES)):
        return None
    lost = find_losses(written, labels) + find_losses(figures, values)
    return Rows(labels, queries, row, column, values.to_numpy(), losses=lost)


def _extract_queries(words: Any, offsets: npt.NDArray[np.int64], is_pair: npt.NDArray[np.bool_]) -> Any | None:
    """Return the `qid` of each row, and remove them from the pairs; None if one is wrong."""
    found = pc.starts_with(words, "qid:").to_numpy(zero_copy_only=False)
    positions = np.flatnonzero(found)
    if not len(positions):
        return pa.nulls(len(offsets) - 1, pa.int64())
    rows = np.searchsorted(offsets, positions, side="right") - 1
    if np.any(positions != offsets[rows] + 1):
        return None
    given = parse_numbers(pc.utf8_slice_codeunits(words.take(pa.array(positions)), 4), pa.int64())
    if given is None:
        return None
    is_pair[positions] = False
    places = np.full(len(offsets) - 1, -1)
    places[rows] = np.arange(len(rows))
    return given.take(pa.array(places, mask=places < 0))


def _find_error(block: Block, base: int, asked: AskedDataset) -> DatasetError:
    """Return the error for the first wrong line of a block."""
    for number, line in block.lines():
        words = _BLANK.sub(" ", _COMMENT.sub("", line)).split()
        found = _find_row_error(words, base, asked) if words else None
        if found is not None:
            what, remedy = found
            return dataset_error(asked, f"line {number} {what}", remedy or "fix the line")
    return dataset_error(
        asked,
        f"has a row, in or after line {block.first}, that is not of the form label index:value …",
        "correct the row",
    )


def _find_row_error(words: list[str], base: int, asked: AskedDataset) -> tuple[str, str] | None:
    label, *pairs = words
    if _parse_double(label) is None:
        if "," in label and all(_parse_double(part) is not None for part in label.split(",")):
            return f"has several labels: {label[:EXAMPLE_LIMIT]!r}", "write one row for each label"
        what = f"begins with {label[:EXAMPLE_LIMIT]!r}, which is not a number"
        return what, "begin each row with its label, a number" if ":" in label else option(asked, "format=csv")
    if pairs and _QID.fullmatch(pairs[0]):
        pairs = pairs[1:]
    last = base - 1
    for pair in pairs:
        match = _PAIR.fullmatch(pair)
        if match is None or _parse_double(match[2]) is None:
            remedy = "write qid:n, with a whole number, right after the label" if pair.startswith("qid:") else ""
            return f"has {pair[:EXAMPLE_LIMIT]!r}, which is not of the form index:value", remedy
        index = int(match[1])
        if index < base:
            return "has the index 0, but the first index is 1", option(asked, "base=0")
        if index <= last:
            return f"has the index {index} after {last}", "sort each row by index, with each index once"
        if index - base >= MOST_FEATURES:
            return f"has the index {index}; at most {MOST_FEATURES:,} columns are allowed", "renumber the features"
        last = index
    return None


def _parse_double(text: str) -> float | None:
    number = parse_numbers(pa.array([text], pa.large_string()), pa.float64())
    return None if number is None else number[0].as_py()
