"""The encoder of SvmLight results: on each line a label, then the features that are not zero."""

from __future__ import annotations

from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from blobprep.errors import DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedResults, Translation
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.types.casts import Cast, cast

__all__ = ["encode"]

_LABELS: Final = "Labels"
_QUERY: Final = "qid"
_CELLS: Final = 1 << 21
_TEXT: Final = pa.large_string()
_ELSE: Final = "--format csv"


def encode(table: pa.Table, sink: BinaryIO, asked: AskedResults, port: str) -> list[Translation]:
    """Write a table as SvmLight, a batch of rows at a time; see `blobprep.tables.codecs.encode`.

    An integer column `qid` is written as the query. Zeros are left out, except one in the first row if the last feature
    is zero everywhere, so that a reader sees how many features there are.

    Raises:
        DatasetError: a column is not numeric or has a missing value, or there is no label.
    """
    label = _choose_label(table, asked, port)
    _check_columns(table, port)
    query = _QUERY if label != _QUERY and _has_query(table) else ""
    features = [name for name in table.column_names if name not in (label, query)]
    base = int(asked.options["base"])
    minus = asked.options["zero_label"] == "-1"
    whole = Sink(sink)
    last_is_zero = bool(features) and table.num_rows > 0 and pc.all(_find_zeros(table.column(features[-1]))).as_py()
    for batch in table.to_batches(max_chunksize=max(1, min(1 << 16, _CELLS // table.num_columns))):
        rows, words = _format_values(batch, features, base)
        starts = [_format_labels(batch.column(label), minus)]
        starts += [_add_prefix("qid:", _format_numbers(batch.column(query)))] if query else []
        if last_is_zero:
            rows, words = (
                np.append(rows, 0),
                pa.concat_arrays([words, pa.array([f"{base + len(features) - 1}:0"], _TEXT)]),
            )
            last_is_zero = False
        whole.write(_join_lines(starts, rows, words))
    return _ledger_entries(table, label, query, asked, port)


def _format_values(batch: Any, features: list[str], base: int) -> tuple[npt.NDArray[np.int64], Any]:
    """Return the row and the word of every value that is not left out, column by column."""
    rows, words = [np.zeros(0, np.int64)], [pa.array([], _TEXT)]
    for index, name in enumerate(features, base):
        values = batch.column(name)
        kept = pc.invert(_find_zeros(values))
        rows.append(np.flatnonzero(kept.to_numpy(zero_copy_only=False)))
        words.append(_add_prefix(f"{index}:", _format_numbers(values.filter(kept))))
    return np.concatenate(rows), pa.concat_arrays(words)


def _join_lines(starts: list[Any], rows: npt.NDArray[np.int64], words: Any) -> bytes:
    """Join the words of each row after its label, in the order of their columns."""
    count = len(starts[0])
    starts_of_rows = np.repeat(np.arange(count), len(starts))
    heads = pa.concat_arrays(starts).take(pa.array(np.arange(count * len(starts)).reshape(-1, count).T.ravel()))
    order = np.argsort(np.concatenate([starts_of_rows, rows]), kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count) + len(starts))])
    listed = pa.LargeListArray.from_arrays(pa.array(offsets), pa.concat_arrays([heads, words]).take(pa.array(order)))
    return ("\n".join(pc.binary_join(listed, pa.scalar(" ", _TEXT)).to_pylist()) + "\n").encode()


def _choose_label(table: pa.Table, asked: AskedResults, port: str) -> str:
    wanted = asked.options["label"]
    names: list[str] = table.column_names
    if not names:
        raise DatasetError(f"the {port} have no column to use as the label of SvmLight", remedy=_ELSE)
    if wanted and wanted not in names:
        listed = ", ".join(map(repr, names[:20]))
        raise DatasetError(
            f"the {port} have no column {wanted!r} to use as the label", remedy=f"the columns are {listed}"
        )
    return wanted or (_LABELS if _LABELS in names else names[0])


def _check_columns(table: pa.Table, port: str) -> None:
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind, is_ = column.type, pa.types
        if not (is_.is_integer(kind) or is_.is_floating(kind) or is_.is_boolean(kind) or is_.is_decimal(kind)):
            raise DatasetError(
                f"column {name!r} of the {port} is {str(kind)[:EXAMPLE_LIMIT]}, but SvmLight holds only numbers",
                remedy=f"drop the column or convert it to numbers in the script, or use {_ELSE}",
            )
        missing = pc.invert(pc.is_valid(column)) if not is_.is_floating(kind) else pc.is_null(column, nan_is_null=True)
        row = pc.index(missing, True).as_py()
        if row >= 0:
            raise DatasetError(
                f"column {name!r} of the {port} has a missing value in row {row + 1}, but SvmLight has none",
                remedy=f"fill it in the script, for example with .fillna(0), or use {_ELSE}",
            )


def _has_query(table: pa.Table) -> bool:
    return _QUERY in table.column_names and pa.types.is_integer(table.column(_QUERY).type)


def _find_zeros(values: Any) -> Any:
    """Return a mask of the values that can be left out; not of negative zeros, which a reader would lose."""
    if pa.types.is_boolean(values.type):
        return pc.invert(values)
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float32())
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64())
    if pa.types.is_floating(values.type):
        return pc.and_(pc.equal(values, 0), pc.greater(pc.divide(pa.scalar(1.0, values.type), values), 0))
    return pc.equal(values, pa.scalar(0, values.type))


def _format_numbers(values: Any) -> Any:
    return (values.cast(pa.int8()) if pa.types.is_boolean(values.type) else values).cast(_TEXT)


def _add_prefix(start: str, texts: Any) -> Any:
    return pc.binary_join_element_wise(pa.scalar(start, _TEXT), texts, pa.scalar("", _TEXT))


def _format_labels(values: Any, minus: bool) -> Any:
    texts = _format_numbers(values)
    return pc.if_else(pc.is_in(texts, pa.array(["0", "-0"], _TEXT)), "-1", texts) if minus else texts


def _ledger_entries(table: pa.Table, label: str, query: str, asked: AskedResults, port: str) -> list[Translation]:
    ledger = []
    names = table.column_names
    features = [name for name in names if name not in (label, query)]
    numbered = [f"Col{number}" for number in range(1, len(features) + 1)]
    read_back = [*numbered, *([query] if query else []), _LABELS]
    if not table.num_rows:
        detail = "SvmLight without rows cannot hold columns."
        ledger.append(Translation(port, "", "dropped", detail, True, _ELSE, len(names), names[0][:EXAMPLE_LIMIT]))
    elif names != read_back:
        renamed = [name for name, new in zip([*features, label], [*numbered, _LABELS], strict=True) if name != new]
        detail = f"SvmLight has no column names; the columns are read back as {read_back[0]} to {read_back[-1]}."
        if not renamed:
            detail = f"SvmLight has the label first; it is read back as the last column, {_LABELS}."
        example = (renamed or [label])[0][:EXAMPLE_LIMIT]
        ledger.append(Translation(port, "", "rename", detail, bool(renamed), _ELSE, len(renamed), example))
    if not asked.options["label"] and label != _LABELS:
        detail = f"The first column became the label, because no column is named {_LABELS}."
        ledger.append(Translation(port, label, "type", detail, False, "--write label=COLUMN"))
    if asked.options["zero_label"] == "-1":
        ledger += _report_zeros(table.column(label), label, port)
    for name, column in zip(names, table.columns, strict=True):
        ledger += _report_type(name, column, port, name == query)
    return ledger


def _report_zeros(column: Any, label: str, port: str) -> list[Translation]:
    zeros = pc.sum(pc.equal(column.cast(pa.float64(), safe=False), 0)).as_py() or 0
    if not zeros:
        return []
    mixed = pc.any(pc.equal(column.cast(pa.float64(), safe=False), -1)).as_py() is True
    detail = "The label 0 was written as -1" + (", which is also a label of its own." if mixed else ".")
    return [Translation(port, label, "cast", detail, mixed, "--write zero_label=0", zeros, "0")]


def _report_type(name: str, column: Any, port: str, query: bool) -> list[Translation]:
    kind = column.type
    if kind == pa.float64() or (query and kind == pa.int64()):
        return []
    exact = query or pa.types.is_boolean(kind)
    lost = Cast(column) if exact else cast(column, pa.float64())
    what = "integers" if query else "doubles"
    loss = ", which lose digits" if lost.count else ""
    example = _format_numbers(column.slice(0, 1))[0].as_py() if len(column) else ""
    count, example = (lost.count, lost.example) if lost.count else (len(column), example)
    detail = f"Read back as {what}{loss}; the file does not say that it was {kind}."
    return [
        Translation(port, name, "type", detail, bool(lost.count), "--format parquet", count, example[:EXAMPLE_LIMIT])
    ]
