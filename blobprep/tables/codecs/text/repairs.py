"""What is no text in a text dataset: byte-order marks before its rows, and NUL bytes. Counted, and told in the ledger.

A mark says how a text is encoded, and is data nowhere: programs that append one text to another leave it before a row.
NUL bytes are damage, as a machine that lost power leaves it, or the padding of cells of a fixed width; only the reader
of the table can tell which, so they are an error until the option `nul_bytes` says what to do.
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
_REMEDIES: Final = {"missing": "makes the cells with them missing", "drop": "takes them out"}


@dataclass(slots=True)
class Repairs:
    """Counts of what was taken out of a text.

    Attributes:
        marks: byte-order marks, that at the start of the text not among them.
        nuls: NUL bytes.
        place: where the first of the NUL bytes is, for people.
    """

    marks: int = 0
    nuls: int = 0
    place: str = ""

    def lines(self, text: str, first: int, marked: bool, asked: AskedDataset) -> str:
        """Return whole lines without marks before them and, where the options say so, without NUL bytes.

        Args:
            text: the lines.
            first: the number of the first of them, from 1.
            marked: whether one mark at the start is in its place.
            asked: the dataset.

        Raises:
            DatasetError: there are NUL bytes; names the first line with one.
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
        """Return the ledger of what was taken out."""
        ledger = []
        if self.marks:
            detail = "Byte-order marks before rows or cells are no data and were dropped."
            ledger.append(Translation(asked.port, "", "dropped", detail, count=self.marks))
        if self.nuls:
            missing = asked.options["nul_bytes"] == MISSING
            what = "Cells with NUL bytes became missing" if missing else "NUL bytes were taken out"
            detail = f"{what}, the first in {self.place}."
            ledger.append(Translation(asked.port, "", "dropped", detail, True, "", self.nuls))
        return ledger


def merge_entries(entries: Iterable[Translation]) -> list[Translation]:
    """Return entries of several texts, what all of them tell but once, with the sum of its counts."""
    sums: dict[Translation, int | None] = {}
    first: dict[Translation, str] = {}
    for entry in entries:
        key = replace(entry, count=None, example="")
        first.setdefault(key, entry.example)
        sums[key] = entry.count if entry.count is None else entry.count + (sums.get(key) or 0)
    return [replace(key, count=count, example=first[key]) for key, count in sums.items()]


def clean_cells(cells: Any, asked: AskedDataset) -> tuple[Any, int, int]:
    """Return cells of text without marks at their start, those with NUL bytes missing; and how many of each there were.

    What is left of a cell may be a missing one.
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
    """Return an entry for each column of a table written as text that its reader refuses for its NUL bytes."""
    ledger = []
    for label, column in zip(table.column_names, table.columns, strict=True):
        count = _count_cells_with_nul(column)
        if count or "\0" in label:
            detail = "Text with NUL bytes is refused when it is read, unless nul_bytes=drop takes them out."
            ledger.append(Translation(port, label, "text", detail, True, "--format parquet", count))
    return ledger


def _count_cells_with_nul(column: Any) -> int:
    """Count the cells of text with NUL bytes; a column without any costs one look at its bytes."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return 0
    held = (chunk.buffers()[2] for chunk in column.chunks)
    if not any(b"\0" in buffer.to_pybytes() for buffer in held if buffer is not None):
        return 0
    return int(pc.sum(pc.match_substring(column, "\0")).as_py() or 0)


def nul_bytes_error(asked: AskedDataset, where: str) -> DatasetError:
    """Return the error that says where the first NUL byte is, and which options read the text nevertheless."""
    choices = FORMATS[asked.format].reads["nul_bytes"].choices
    ways = [f"{option(asked, f'nul_bytes={name}')} {words}" for name, words in _REMEDIES.items() if name in choices]
    return dataset_error(
        asked,
        f"has NUL bytes in {where}, which are damage or padding and no text",
        f"fetch or write it again; or {', '.join(ways)}, and the ledger tells",
    )
