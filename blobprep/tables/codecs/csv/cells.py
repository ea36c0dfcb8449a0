"""Values as cells of delimited text: quoting, and the ledger; `blobprep.tables.cell_text` formats the values."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, Translation
from blobprep.tables.cell_text import Writer, first_text, text_writer

__all__ = ["cell_writer", "ledger_entries"]

_TEXT: Final = pa.large_string()


def cell_writer(column: Any, delimiter: str) -> Writer:
    """Return the function that writes the arrays of a column as cells.

    Args:
        column: the whole column, which decides how many digits of a second all its cells get.
        delimiter: cells that contain it are quoted.

    Returns:
        A function from an array of the column's type to an array of large strings, null where missing.
    """
    write = text_writer(column)

    def write_quoted(array: Any) -> Any:
        return _quote(write(array), delimiter)

    return write_quoted


def ledger_entries(table: pa.Table, port: str) -> list[Translation]:
    """Return the ledger of writing a table as text: an entry for each column whose text does not show its type."""
    ledger = []
    for label, column in zip(table.column_names, table.columns, strict=True):
        form, lossy = _describe_form(column)
        if form:
            detail = f"Written as {form}."
            count, example = len(column) - column.null_count, first_text(column)[:EXAMPLE_LIMIT]
            ledger.append(Translation(port, label, "text", detail, lossy, "--format parquet", count, example))
    if table.num_columns == 0 and table.num_rows:
        detail = f"Text cannot hold {table.num_rows} rows without columns."
        ledger.append(Translation(port, "", "dropped", detail, True, "--format arrow"))
    return ledger


def _describe_form(column: Any) -> tuple[str, bool]:
    kind, is_ = column.type, pa.types
    if is_.is_dictionary(kind):
        used = pc.count_distinct(column.cast(kind.value_type)).as_py() if len(column) else 0
        levels = max((len(chunk.dictionary) for chunk in column.chunks), default=0)
        return "labels; the text does not say that they are categories", bool(kind.ordered) or used < levels
    if is_.is_decimal(kind):
        return "digits; the text does not say that they are decimal numbers", False
    if is_.is_timestamp(kind) or is_.is_date(kind) or is_.is_time(kind):
        return "ISO 8601 text", False
    if is_.is_duration(kind):
        return "ISO 8601 durations", False
    if is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind):
        return "base64", False
    if is_.is_nested(kind):
        return "JSON", False
    return "", False


def _quote(cells: Any, delimiter: str) -> Any:
    """Quote the cells that need it; a batch in which none does costs one scan of its bytes."""
    data = cells.buffers()[2]
    bytes_ = data.to_pybytes() if data is not None else b""
    found = [mark for mark in (delimiter, '"', "\n", "\r") if mark.encode() in bytes_]
    empty = pc.equal(pc.binary_length(cells), 0)
    if not found and not pc.any(empty).as_py():
        return cells
    needs = empty
    for mark in found:
        needs = pc.or_(needs, pc.match_substring(cells, mark))
    doubled = pc.replace_substring(cells, '"', '""')
    quote, nothing = pa.scalar('"', _TEXT), pa.scalar("", _TEXT)
    return pc.if_else(needs, pc.binary_join_element_wise(quote, doubled, quote, nothing), cells)
