"""Blocks of whole rows, parsed on all cores while the text arrives.

pyarrow's streaming reader splits and parses a text in a single thread. Here each block is cut at its last line feed and
parsed by itself, which takes half the time on two cores; and a block of ASCII needs no check of its encoding, which
saves a tenth of the work. Whether the cut is the end of a row shows when the block is parsed: a cell that a quote still
keeps open ends with the line feed. Texts with anything unusual are left to the streaming reader.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv

from blobprep.tables.codecs.text.characters import Characters

__all__ = ["BlockParser", "Unsuitable", "last_cell"]

_AHEAD: Final = 4
"""How many blocks wait at most, parsed or not, so that no core does."""


class Unsuitable(Exception):
    """A text that cannot be parsed in blocks: only the streaming reader knows where its rows end, or what is wrong."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Whole lines, and whether they may have characters that are not ASCII."""

    text: pa.Buffer
    plain: bool


@dataclass(frozen=True, slots=True)
class BlockParser:
    """A parser of the blocks of one text.

    Attributes:
        pool: the threads that parse.
        parsing: pyarrow's parse options.
        converting: returns pyarrow's convert options, given whether the encoding is checked.
        size: bytes read at a time.
    """

    pool: ThreadPoolExecutor
    parsing: Any
    converting: Callable[[bool], Any]
    size: int

    def batches(self, characters: Characters, width: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of each block.

        Args:
            characters: the text, at its start.
            width: the number of columns; 0 if the first row has to tell.

        Raises:
            Unsuitable: the next rows cannot be read this way.
            UnicodeError: the text is not valid in its encoding.
        """
        waiting: deque[Future[pa.RecordBatch]] = deque()
        try:
            for block in _split(characters, self.size):
                if not width:
                    first = self._parse(block, width)
                    self._require_lines(characters, block, first)
                    width = first.num_columns
                    yield first
                    continue
                waiting.append(self.pool.submit(self._parse, block, width))
                while waiting and (len(waiting) > _AHEAD or waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
            if not width:
                raise Unsuitable
        finally:
            for future in waiting:
                future.cancel()

    def _parse(self, block: _Block, width: int) -> pa.RecordBatch:
        reading = pyarrow.csv.ReadOptions(
            column_names=[f"f{position}" for position in range(width)],
            autogenerate_column_names=not width,
            block_size=block.text.size,
            use_threads=False,
        )
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(block.text), reading, self.parsing, self.converting(not block.plain)
            )
        except pa.ArrowInvalid as error:
            raise Unsuitable from error
        batches = table.to_batches()
        if len(batches) != 1 or not table.num_rows or (last_cell(batches[0]) or "").endswith(("\n", "\r")):
            raise Unsuitable
        return batches[0]

    def _require_lines(self, characters: Characters, block: _Block, first: pa.RecordBatch) -> None:
        """Refuse a text whose first rows have line ends in quotes: some later block would be cut in one."""
        if characters.quotes and block.text.to_pybytes().count(b"\n") != first.num_rows:
            raise Unsuitable


def _split(characters: Characters, size: int) -> Iterator[_Block]:
    """Yield a text in blocks that end with line feeds."""
    rest, plain = b"", True
    while text := characters.read(size):
        cut = text.rfind(b"\n") + 1
        if characters.marked or characters.nuls or not cut:
            raise Unsuitable
        ascii_only = text.isascii()
        yield _Block(_join(rest, memoryview(text)[:cut]), plain and ascii_only)
        rest, plain = text[cut:], ascii_only
    if rest:  # the last line ends with a carriage return alone, which is a line end too
        raise Unsuitable


def _join(rest: bytes, text: memoryview) -> pa.Buffer:
    """Join bytes in memory of Arrow's pool, which is reused; joining Python's takes seven times as long."""
    if not rest:
        return pa.py_buffer(text)
    joined = pa.allocate_buffer(len(rest) + len(text))
    view = memoryview(joined).cast("B")
    view[: len(rest)] = rest
    view[len(rest) :] = text
    return joined


def last_cell(batch: pa.RecordBatch) -> str | None:
    """Return the last cell of the last row."""
    cell: str | None = batch.column(batch.num_columns - 1)[-1].as_py()
    return cell
