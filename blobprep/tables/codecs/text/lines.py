"""A text as blocks of whole lines, while it arrives, for formats whose rows are lines."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from blobprep.formats.encodings import AUTO
from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.errors import dataset_error
from blobprep.tables.codecs.sources import Source
from blobprep.tables.codecs.text.characters import (
    expects_mark,
    refuse_other_encodings,
    require_one_byte_order,
    resolve_encoding,
    undecodable_error,
)
from blobprep.tables.codecs.text.repairs import Repairs

__all__ = ["Block", "read_blocks"]

_FIRST: Final = 64 << 10
_LARGEST: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Block:
    r"""A block of whole lines of a text.

    Attributes:
        first: the number of its first line, from 1.
        text: the lines, each ended by `\n` whatever ends it in the blob; the last line of a blob may have no end.
    """

    first: int
    text: str

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield each line, without its line end, and its number."""
        return enumerate(self.text.removesuffix("\n").split("\n"), self.first)


def read_blocks(source: Source, asked: AskedDataset, repairs: Repairs, head: bool = False) -> Iterator[Block]:
    """Yield the lines of a text in blocks; for a head, the first ones are small, so that it is fast.

    The encoding is that of the options; `auto` means that of the byte-order mark, or UTF-8 without one.

    Args:
        source: the bytes of the text.
        asked: the dataset with its read options.
        repairs: counts what is removed from the text.
        head: whether only the first lines are needed.

    Raises:
        DatasetError: the text is empty, not valid in the encoding, or has NUL bytes.
    """
    start = source.read_at(0, 512)
    if not start:
        raise dataset_error(asked, "is empty", "check the program that wrote it")
    refuse_other_encodings(start, asked)
    encoding = resolve_encoding(start, asked.options.get("encoding", AUTO))
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("strict"), translate=True)
    line, rest, size, ended = 1, "", _FIRST if head else _LARGEST, False
    marked = expects_mark(encoding)
    source.seek(0)
    while not ended:
        data = source.read(size)
        ended = not data
        try:
            text = decoder.decode(data, ended)
            require_one_byte_order(text)
        except UnicodeError as error:
            raise undecodable_error(source, encoding, asked) from error
        whole, end, left = text.rpartition("\n")
        if end or ended:
            whole = rest + (whole + end or left)
            rest = left if end else ""
            if whole:
                yield Block(line, repairs.clean_lines(whole, line, marked and line == 1, asked))
            line += whole.count("\n")
        else:
            rest += text
        size = min(2 * size, _LARGEST)
    if rest:
        yield Block(line, repairs.clean_lines(rest, line, marked and line == 1, asked))
