"""The rows of an SvmLight dataset: lines to indices and values, one block at a time, by the column and not by the row.

What the fast way does not take is looked at line by line, to say what is wrong with it.
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

__all__ = ["MOST_FEATURES", "Rows", "rows_of"]

MOST_FEATURES: Final = 1_000_000

_COMMENT: Final = re.compile(r"#[^\n]*")
_BLANK: Final = re.compile(r"[\x01-\x08\x0b-\x1f]")
_QID: Final = re.compile(r"qid:([+-]?[0-9]{1,18})")
_PAIR: Final = re.compile(r"([0-9]{1,9}):([^:]+)")


@dataclass(frozen=True, slots=True)
class Rows:
    """Hold some rows.

    Attributes:
        labels: a double for each row.
        queries: a 64-bit integer for each row, missing where it has no `qid`.
        row, column: of each value, from 0.
        values: those that are there.
        comments: how many were overlooked.
        comment: the first of them.
        losses: of labels and values.
    """

    labels: Any
    queries: Any
    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    comments: int = 0
    comment: str = ""
    losses: Losses = field(default_factory=Losses)


def rows_of(block: Block, asked: AskedDataset) -> Rows:
    """Read a block of lines.

    Raises:
        DatasetError: a line is no row; says which and what is wrong.
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
    parsed = _parsed(lines, base) if len(lines) else _none()
    if parsed is None:
        raise _wrong(block, base, asked)
    return replace(parsed, comments=comments, comment=comment)


def _none() -> Rows:
    indices = np.zeros(0, np.int64)
    return Rows(pa.nulls(0, pa.float64()), pa.nulls(0, pa.int64()), indices, indices, np.zeros(0))


def _parsed(lines: Any, base: int) -> Rows | None:
    """Read lines by their columns; None where one of them is wrong."""
    split = pc.ascii_split_whitespace(lines)
    words, offsets = split.values, split.offsets.to_numpy()
    row = np.repeat(np.arange(len(lines)), np.diff(offsets))
    is_pair = np.ones(len(words), bool)
    is_pair[offsets[:-1]] = False
    written = words.take(pa.array(offsets[:-1]))
    labels = parse_numbers(written, pa.float64())
    queries = _queries(words, offsets, is_pair)
    if labels is None or queries is None:
        return None
    pairs = pc.split_pattern(words.filter(pa.array(is_pair)), ":")
    if pc.all(pc.equal(pc.list_value_length(pairs), 2)).as_py() is False:
        return None
    # `values` starts at the buffer's, whose first is the array's own here: nothing was sliced.
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


def _queries(words: Any, offsets: npt.NDArray[np.int64], is_pair: npt.NDArray[np.bool_]) -> Any | None:
    """Return the `qid` of each row, and take them out of the pairs; None where one is wrong."""
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


def _wrong(block: Block, base: int, asked: AskedDataset) -> DatasetError:
    """Find what is wrong with a block."""
    for number, line in block.lines():
        words = _BLANK.sub(" ", _COMMENT.sub("", line)).split()
        found = _wrong_row(words, base, asked) if words else None
        if found is not None:
            what, remedy = found
            return dataset_error(asked, f"line {number} {what}", remedy or "fix the line")
    return dataset_error(
        asked, f"has a row that is not label index:value … from line {block.first} on", "correct the row"
    )


def _wrong_row(words: list[str], base: int, asked: AskedDataset) -> tuple[str, str] | None:
    label, *pairs = words
    if _double(label) is None:
        if "," in label and all(_double(part) is not None for part in label.split(",")):
            return f"has several labels: {label[:EXAMPLE_LIMIT]!r}", "write a row for each, or a column for each label"
        what = f"begins with {label[:EXAMPLE_LIMIT]!r}, which is no number"
        return what, "begin each row with its label, a number" if ":" in label else option(asked, "format=csv")
    if pairs and _QID.fullmatch(pairs[0]):
        pairs = pairs[1:]
    last = base - 1
    for pair in pairs:
        match = _PAIR.fullmatch(pair)
        if match is None or _double(match[2]) is None:
            remedy = "qid:n with a whole number stands right behind the label" if pair.startswith("qid:") else ""
            return f"has {pair[:EXAMPLE_LIMIT]!r}, which is no index:value", remedy
        index = int(match[1])
        if index < base:
            return "has the index 0, and the first one is 1", option(asked, "base=0")
        if index <= last:
            return f"has the index {index} behind {last}", "sort each row by its indices, each once"
        if index - base >= MOST_FEATURES:
            return f"has the index {index}; {MOST_FEATURES:,} columns are the most", "number the features anew"
        last = index
    return None


def _double(text: str) -> float | None:
    number = parse_numbers(pa.array([text], pa.large_string()), pa.float64())
    return None if number is None else number[0].as_py()
