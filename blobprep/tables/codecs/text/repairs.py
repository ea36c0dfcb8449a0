"""Byte-order marks and NUL bytes in a text: removed, counted and reported in the ledger.

A byte-order mark shows how a text is encoded and is never data; programs that append one text to another leave it
before a row. NUL bytes are either damage, as left by a power failure, or the padding of fixed-width cells; only the
user can know which, so they are an error until the option `nul_bytes` says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.formats import FORMATS
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.errors import dataset_error, option

__all__ = ["ERROR", "MARK", "MISSING", "Repairs", "clean_cells", "merge_entries", "nul_byte_entries", "nul_bytes_error"]

MARK: Final = "\ufeff"
ERROR: Final = "error"
MISSING: Final = "missing"

_BEFORE_LINES: Final = re.compile(f"(?m)^{MARK}+")
_REMEDIES: Final = {"missing": "makes cells that contain them missing", "drop": "removes them"}


@dataclass(slots=True)
class Repairs:
    """Counts of what was removed from a text.

    Attributes:
        marks: the number of byte-order marks, not counting one at the start of the text.
        nuls: the number of NUL bytes.
        place: a description of the place of the first NUL byte.
    """

    marks: int = 0
    nuls: int = 0
    place: str = ""

    def clean_lines(self, text: str, first: int, marked: bool, asked: AskedDataset) -> str:
        """Return whole lines without marks before them and, if the options say so, without NUL bytes.

        Args:
            text: the lines.
            first: the number of the first line, from 1.
            marked: whether a mark at the start belongs there and is not counted.
            asked: the dataset with its read options.

        Raises:
            DatasetError: the lines have NUL bytes; names the first such line.
        """
        if "\0" in text:
            line = first + text.count("\n", 0, text.index("\0"))
            if asked.options["nul_bytes"] == ERROR:
                raise nul_bytes_error(asked, f"line {line}")
            self.place = self.place or f"line {line}"
            self.nuls += text.count("\0")
            text = text.replace("\0", "")
        if MARK in text:
            found = len(text)
            text = text.removeprefix(MARK) if marked else text
            self.marks -= found - len(text)
            text = _BEFORE_LINES.sub("", text)
            self.marks += found - len(text)
        return text

    def entries(self, asked: AskedDataset) -> list[Translation]:
        """Return the ledger entries for what was removed."""
        ledger = []
        if self.marks:
            detail = "Byte-order marks before rows or cells were dropped."
            ledger.append(Translation(asked.port, "", "dropped", detail, count=self.marks))
        if self.nuls:
            missing = asked.options["nul_bytes"] == MISSING
            what = "Cells with NUL bytes became missing" if missing else "NUL bytes were removed"
            detail = f"{what}, the first in {self.place}."
            ledger.append(Translation(asked.port, "", "dropped", detail, True, "", self.nuls))
        return ledger


def merge_entries(entries: Iterable[Translation]) -> list[Translation]:
    """Merge the entries of several texts: equal ones become one entry with the sum of their counts."""
    sums: dict[Translation, int | None] = {}
    first: dict[Translation, str] = {}
    for entry in entries:
        key = replace(entry, count=None, example="")
        first.setdefault(key, entry.example)
        sums[key] = entry.count if entry.count is None else entry.count + (sums.get(key) or 0)
    return [replace(key, count=count, example=first[key]) for key, count in sums.items()]


def clean_cells(cells: Any, asked: AskedDataset) -> tuple[Any, int, int]:
    """Return cells without marks at their start, cells with NUL bytes as missing, and the counts of both.

    A cell may be missing once its mark is removed.
    """
    missing = pa.nulls(1, pa.string())[0]
    nul = pc.match_substring(cells, "\0")
    cells = pc.if_else(nul, missing, cells)
    marked = pc.starts_with(cells, MARK)
    if marked.true_count:
        bare = pc.utf8_ltrim(cells, MARK)
        absent = pc.is_in(bare, pa.array(["", asked.options["missing"]]))
        cells = pc.if_else(absent, missing, bare)
    return cells, marked.true_count, nul.true_count


def nul_byte_entries(table: pa.Table, port: str) -> list[Translation]:
    """Return an entry for each column with NUL bytes, which the reader of the written text refuses."""
    ledger = []
    for label, column in zip(table.column_names, table.columns, strict=True):
        count = _count_cells_with_nul(column)
        if count or "\0" in label:
            detail = "Text with NUL bytes is refused on reading unless nul_bytes=drop removes them."
            ledger.append(Translation(port, label, "text", detail, True, "--format parquet", count))
    return ledger


def _count_cells_with_nul(column: Any) -> int:
    """Count the cells of text with NUL bytes; a column without any costs one scan of its bytes."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return 0
    held = (chunk.buffers()[2] for chunk in column.chunks)
    if not any(b"\0" in buffer.to_pybytes() for buffer in held if buffer is not None):
        return 0
    return int(pc.sum(pc.match_substring(column, "\0")).as_py() or 0)


def nul_bytes_error(asked: AskedDataset, where: str) -> DatasetError:
    """Return the error that says where the first NUL byte is, and which options read the text anyway."""
    choices = FORMATS[asked.format].reads["nul_bytes"].choices
    ways = [f"{option(asked, f'nul_bytes={name}')} {effect}" for name, effect in _REMEDIES.items() if name in choices]
    return dataset_error(
        asked,
        f"has NUL bytes in {where}, which are damage or padding, not text",
        f"fetch or write it again; or {', '.join(ways)}, and the ledger counts them",
    )
