"""Files written table after table, in formats that allow it: memory does not grow with their number."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any, BinaryIO, Final, Protocol

import pyarrow as pa
import pyarrow.parquet

from blobprep.errors import InvalidOption
from blobprep.protocol import AskedResults, Translation
from blobprep.protocol.combinations import APPENDABLE
from blobprep.tables.codecs.compression import compress
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.text.repairs import merge_entries

__all__ = ["TableAppender"]

_ROWS: Final = 1 << 20
_BYTES: Final = 64 << 20
"""Rows and bytes of tables that are collected before they are written; in Parquet they are a row group."""


class _Writer(Protocol):
    """Writes tables of one schema, one after the other."""

    def write(self, table: pa.Table) -> list[Translation]:
        """Write a table; return its part of the ledger."""
        ...

    def close(self) -> None:
        """Write what comes last."""
        ...


class TableAppender:
    """One file of many tables.

    Args:
        sink: written from front to back; stays open.
        asked: the format and its options.
        schema: of every table.
        port: for the ledger.

    Attributes:
        rows: written or collected.

    Raises:
        InvalidOption: the format cannot be written table after table.
    """

    def __init__(self, sink: BinaryIO, asked: AskedResults, schema: pa.Schema, port: str) -> None:
        self.rows = 0
        self._schema, self._port = schema, port
        self._waiting: list[pa.Table] = []
        self._held = (0, 0)
        self._ledger: list[Translation] = []
        self._stack = ExitStack()
        target = self._stack.enter_context(compress(sink, asked, port))
        self._writer = _open_writer(target, asked, schema, port)

    def append(self, table: pa.Table) -> None:
        """Add a table."""
        self.rows += table.num_rows
        self._waiting.append(table)
        self._held = (self._held[0] + table.num_rows, self._held[1] + table.nbytes)
        if self._held[0] >= _ROWS or self._held[1] >= _BYTES:
            self._flush()

    def close(self) -> list[Translation]:
        """Write the rest, and return the ledger."""
        if self._waiting or not self.rows:
            self._flush()
        self._writer.close()
        self._stack.close()
        return merge_entries(self._ledger)

    def _flush(self) -> None:
        waiting, self._waiting, self._held = self._waiting, [], (0, 0)
        table = pa.concat_tables(waiting) if waiting else self._schema.empty_table()
        if any(pa.types.is_dictionary(field.type) for field in self._schema):
            table = table.unify_dictionaries()
        self._ledger += self._writer.write(table)


def _open_writer(sink: BinaryIO, asked: AskedResults, schema: pa.Schema, port: str) -> _Writer:
    if asked.format not in APPENDABLE:
        raise InvalidOption(
            f"{asked.format} cannot be written table after table", remedy=f"formats are {', '.join(APPENDABLE)}"
        )
    if asked.format == "parquet":
        return _ParquetWriter(sink, asked, schema, port)
    return _TextWriter(sink, asked, port)


class _ParquetWriter:
    """Writes each table as a row group."""

    def __init__(self, sink: BinaryIO, asked: AskedResults, schema: pa.Schema, port: str) -> None:
        from blobprep.tables.codecs.columnar.parquet import fit_columns

        self._fit, self._port = fit_columns, port
        fitted, _ = fit_columns(schema.empty_table(), port)
        file = pa.PythonFile(Sink(sink), mode="w")
        self._writer = pyarrow.parquet.ParquetWriter(file, fitted.schema, compression=asked.options["codec"])

    def write(self, table: pa.Table) -> list[Translation]:
        fitted, ledger = self._fit(table, self._port)
        self._writer.write_table(fitted, max(1, table.num_rows))
        return ledger

    def close(self) -> None:
        self._writer.close()


class _TextWriter:
    """Writes rows of text below one another; only the first table has a header."""

    def __init__(self, sink: BinaryIO, asked: AskedResults, port: str) -> None:
        from blobprep.tables import codecs

        self._encode: Any = codecs.encode
        self._sink, self._port = sink, port
        self._asked = replace(asked, options={**asked.options, "compression": "none"})

    def write(self, table: pa.Table) -> list[Translation]:
        ledger: list[Translation] = self._encode(table, self._sink, self._asked, self._port)
        if "header" in self._asked.options:
            self._asked = replace(self._asked, options={**self._asked.options, "header": "false"})
        return ledger

    def close(self) -> None:
        pass
