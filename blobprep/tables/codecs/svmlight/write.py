"""Tables as SvmLight: a label, then the features that are not zero."""

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

    An integer column `qid` is written as such. Zeros are left out, but for one in the first row where the last feature
    is zero everywhere, so that a reader sees how many features there are.

    Raises:
        DatasetError: a column is not of numbers, or has a missing value; or there is no label.
    """
    label = _label(table, asked, port)
    _refuse_unfit(table, port)
    query = _QUERY if label != _QUERY and _is_query(table) else ""
    features = [name for name in table.column_names if name not in (label, query)]
    base = int(asked.options["base"])
    minus = asked.options["zero_label"] == "-1"
    whole = Sink(sink)
    last_is_zero = bool(features) and table.num_rows > 0 and pc.all(_zeros(table.column(features[-1]))).as_py()
    for batch in table.to_batches(max_chunksize=max(1, min(1 << 16, _CELLS // table.num_columns))):
        rows, words = _words(batch, features, base)
        starts = [_labels(batch.column(label), minus)]
        starts += [_prefixed("qid:", _texts(batch.column(query)))] if query else []
        if last_is_zero:
            rows, words = (
                np.append(rows, 0),
                pa.concat_arrays([words, pa.array([f"{base + len(features) - 1}:0"], _TEXT)]),
            )
            last_is_zero = False
        whole.write(_lines(starts, rows, words))
    return _told(table, label, query, asked, port)


def _words(batch: Any, features: list[str], base: int) -> tuple[npt.NDArray[np.int64], Any]:
    """Return the words of all values that are not left out, column by column, and the row that each belongs to."""
    rows, words = [np.zeros(0, np.int64)], [pa.array([], _TEXT)]
    for index, name in enumerate(features, base):
        values = batch.column(name)
        kept = pc.invert(_zeros(values))
        rows.append(np.flatnonzero(kept.to_numpy(zero_copy_only=False)))
        words.append(_prefixed(f"{index}:", _texts(values.filter(kept))))
    return np.concatenate(rows), pa.concat_arrays(words)


def _lines(starts: list[Any], rows: npt.NDArray[np.int64], words: Any) -> bytes:
    """Put the words of each row behind its label, in the order of their columns."""
    count = len(starts[0])
    starts_of_rows = np.repeat(np.arange(count), len(starts))
    heads = pa.concat_arrays(starts).take(pa.array(np.arange(count * len(starts)).reshape(-1, count).T.ravel()))
    order = np.argsort(np.concatenate([starts_of_rows, rows]), kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count) + len(starts))])
    listed = pa.LargeListArray.from_arrays(pa.array(offsets), pa.concat_arrays([heads, words]).take(pa.array(order)))
    return ("\n".join(pc.binary_join(listed, pa.scalar(" ", _TEXT)).to_pylist()) + "\n").encode()


def _label(table: pa.Table, asked: AskedResults, port: str) -> str:
    wanted = asked.options["label"]
    names: list[str] = table.column_names
    if not names:
        raise DatasetError(f"the {port} have no column to be SvmLight's label", remedy=_ELSE)
    if wanted and wanted not in names:
        listed = ", ".join(map(repr, names[:20]))
        raise DatasetError(f"the {port} have no column {wanted!r} to be the label", remedy=f"columns are {listed}")
    return wanted or (_LABELS if _LABELS in names else names[0])


def _refuse_unfit(table: pa.Table, port: str) -> None:
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind, is_ = column.type, pa.types
        if not (is_.is_integer(kind) or is_.is_floating(kind) or is_.is_boolean(kind) or is_.is_decimal(kind)):
            raise DatasetError(
                f"column {name!r} of the {port} is {str(kind)[:EXAMPLE_LIMIT]}, and SvmLight has nothing but numbers",
                remedy=f"drop the column or make it numbers in the script, or write {_ELSE}",
            )
        missing = pc.invert(pc.is_valid(column)) if not is_.is_floating(kind) else pc.is_null(column, nan_is_null=True)
        row = pc.index(missing, True).as_py()
        if row >= 0:
            raise DatasetError(
                f"column {name!r} of the {port} has a missing value in row {row + 1}, and SvmLight has none",
                remedy=f"fill it in the script, for example with .fillna(0), or write {_ELSE}",
            )


def _is_query(table: pa.Table) -> bool:
    return _QUERY in table.column_names and pa.types.is_integer(table.column(_QUERY).type)


def _zeros(values: Any) -> Any:
    """Tell which values can be left out; the negative zero is not the one that a reader puts in."""
    if pa.types.is_boolean(values.type):
        return pc.invert(values)
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float32())
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64())
    if pa.types.is_floating(values.type):
        return pc.and_(pc.equal(values, 0), pc.greater(pc.divide(pa.scalar(1.0, values.type), values), 0))
    return pc.equal(values, pa.scalar(0, values.type))


def _texts(values: Any) -> Any:
    return (values.cast(pa.int8()) if pa.types.is_boolean(values.type) else values).cast(_TEXT)


def _prefixed(start: str, texts: Any) -> Any:
    return pc.binary_join_element_wise(pa.scalar(start, _TEXT), texts, pa.scalar("", _TEXT))


def _labels(values: Any, minus: bool) -> Any:
    texts = _texts(values)
    return pc.if_else(pc.is_in(texts, pa.array(["0", "-0"], _TEXT)), "-1", texts) if minus else texts


def _told(table: pa.Table, label: str, query: str, asked: AskedResults, port: str) -> list[Translation]:
    ledger = []
    names = table.column_names
    features = [name for name in names if name not in (label, query)]
    numbered = [f"Col{number}" for number in range(1, len(features) + 1)]
    read_back = [*numbered, *([query] if query else []), _LABELS]
    if not table.num_rows:
        detail = "SvmLight without rows has no columns either."
        ledger.append(Translation(port, "", "dropped", detail, True, _ELSE, len(names), names[0][:EXAMPLE_LIMIT]))
    elif names != read_back:
        renamed = [name for name, new in zip([*features, label], [*numbered, _LABELS], strict=True) if name != new]
        detail = f"SvmLight has no names: columns are read as {read_back[0]} to {read_back[-1]}."
        if not renamed:
            detail = f"SvmLight has the label first; it is read as the last column, {_LABELS}."
        example = (renamed or [label])[0][:EXAMPLE_LIMIT]
        ledger.append(Translation(port, "", "rename", detail, bool(renamed), _ELSE, len(renamed), example))
    if not asked.options["label"] and label != _LABELS:
        detail = f"The first column is the label, since none is called {_LABELS}."
        ledger.append(Translation(port, label, "type", detail, False, "--write label=COLUMN"))
    if asked.options["zero_label"] == "-1":
        ledger += _told_zeros(table.column(label), label, port)
    for name, column in zip(names, table.columns, strict=True):
        ledger += _told_type(name, column, port, name == query)
    return ledger


def _told_zeros(column: Any, label: str, port: str) -> list[Translation]:
    zeros = pc.sum(pc.equal(column.cast(pa.float64(), safe=False), 0)).as_py() or 0
    if not zeros:
        return []
    mixed = pc.any(pc.equal(column.cast(pa.float64(), safe=False), -1)).as_py() is True
    detail = "The label 0 was written as -1" + (", which is a label of its own too." if mixed else ".")
    return [Translation(port, label, "cast", detail, mixed, "--write zero_label=0", zeros, "0")]


def _told_type(name: str, column: Any, port: str, query: bool) -> list[Translation]:
    kind = column.type
    if kind == pa.float64() or (query and kind == pa.int64()):
        return []
    exact = query or pa.types.is_boolean(kind)
    lost = Cast(column) if exact else cast(column, pa.float64())
    what = "integers" if query else "doubles"
    loss = ", in which values lose digits" if lost.count else ""
    example = _texts(column.slice(0, 1))[0].as_py() if len(column) else ""
    count, example = (lost.count, lost.example) if lost.count else (len(column), example)
    detail = f"Readers have it as {what}{loss}; that it was {kind} is not in the file."
    return [
        Translation(port, name, "type", detail, bool(lost.count), "--format parquet", count, example[:EXAMPLE_LIMIT])
    ]
