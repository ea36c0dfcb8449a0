"""Several blobs read as one dataset: their rows one below the other, columns matched by label, types unified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pyarrow as pa

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.errors import convert_errors, dataset_error, option
from blobprep.tables.codecs.sources import BlobDecoder, BlobSource, DatasetDecoder, DecodedTable
from blobprep.tables.codecs.types.casts import Cast, cast
from blobprep.tables.codecs.types.promotion import NoCommonType, common_type

__all__ = [
    "for_several_blobs",
    "plain_categories_entry",
    "promotion_entry",
    "require_one_format",
    "require_same_labels",
    "type_mismatch_error",
    "unify_types",
]

_REMEDY: Final = "write the blobs again with the same types, or read them in separate runs"


def for_several_blobs(decode: BlobDecoder, *, parallel: bool = False) -> DatasetDecoder:
    """Turn a single-blob decoder into one that reads several blobs as one table.

    All blobs must have the same labels, in any order, and types that have a common type.

    Args:
        decode: reads one blob.
        parallel: whether blobs are read at the same time, which pays if `decode` mostly runs outside of Python.
    """

    def decode_one(blob: BlobSource) -> DecodedTable:
        with convert_errors(blob.asked):
            return decode(blob.source, blob.asked)

    def decode_all(blobs: list[BlobSource]) -> DecodedTable:
        if parallel and len(blobs) > 1:
            with ThreadPoolExecutor(pa.cpu_count(), "blobprep-decode") as pool:
                return _join_tables(blobs, pool.map(decode_one, blobs))
        return _join_tables(blobs, map(decode_one, blobs))

    return decode_all


def _join_tables(blobs: list[BlobSource], decoded: Iterator[DecodedTable]) -> DecodedTable:
    """Join the tables of blobs, in order."""
    tables: list[pa.Table] = []
    ledger: list[Translation] = []
    for blob, (table, entries) in zip(blobs, decoded, strict=True):
        if tables:
            require_same_labels(tables[0].column_names, table.column_names, blobs[0].asked, blob.asked)
        blob.rows.append(table.num_rows)
        tables.append(table.select(tables[0].column_names) if tables else table)
        ledger += [entry for entry in entries if entry not in ledger]
    if len(tables) == 1:
        return tables[0], ledger
    columns = []
    for label in tables[0].column_names:
        column, entries = _join_columns(label, [table.column(label) for table in tables], blobs)
        columns.append(column)
        ledger += entries
    return pa.table(columns, names=tables[0].column_names), ledger


def require_same_labels(first: list[str], labels: list[str], known: AskedDataset, asked: AskedDataset) -> None:
    """Refuse a blob whose columns are not those of the first one.

    Raises:
        DatasetError: names the blob and the first column that differs.
    """
    missing = next((label for label in first if label not in set(labels)), None)
    extra = next((label for label in labels if label not in set(first)), None)
    if missing is None and extra is None:
        return
    if missing is not None:
        what = f"has no column {missing!r}, which {known.reference} has"
    else:
        what = f"has a column {extra!r}, which {known.reference} does not have"
    raise dataset_error(
        asked, what, "blobs read as one dataset must have the same columns; use a pattern that matches fewer blobs"
    )


def require_one_format(blobs: list[BlobSource]) -> None:
    """Refuse a blob that is in another format than the first one.

    Raises:
        DatasetError: names both formats, and how the blob's was determined.
    """
    first = blobs[0].asked
    for blob in blobs:
        asked = blob.asked
        if asked.format != first.format:
            raise dataset_error(
                asked,
                f"is {asked.format} by its {asked.found}, but {first.reference} is {first.format}",
                f"use a pattern that matches fewer blobs, or read all as {first.format}:"
                f" {option(asked, f'format={first.format}')}",
            )


def _join_columns(label: str, columns: list[Any], blobs: list[BlobSource]) -> tuple[Any, list[Translation]]:
    """Join the columns of one label, and return ledger entries if their types had to be unified."""
    port = blobs[0].asked.port
    if _categories_clash(columns):
        entry = plain_categories_entry(port, label, sum(map(len, columns)))
        joined, entries = _join_columns(label, [_decode_categories(column) for column in columns], blobs)
        return joined, [entry, *entries]
    kinds = [column.type for column in columns]
    if len(set(kinds)) == 1:
        return _concatenate(columns, kinds[0]), []
    try:
        kind = common_type(columns)
    except NoCommonType as error:
        raise _mismatch_error(label, kinds, error.position, blobs) from error
    casts: list[Cast] = []
    for position, column in enumerate(columns):
        try:
            casts.append(cast(column, kind))
        except pa.ArrowException as error:
            raise _mismatch_error(label, kinds, position, blobs) from error
    return _concatenate([done.values for done in casts], kind), [_promotion_entry(port, label, columns, kind, casts)]


def unify_types(columns: Sequence[Any], filled: Sequence[bool]) -> tuple[Any, bool]:
    """Return the type that columns of one label become together, and whether categories become plain values.

    Args:
        columns: chunked arrays, or arrays of the least and the largest values and of all categories in their place.
        filled: whether each has a value.

    Raises:
        NoCommonType: no type holds the values of all.
    """
    clash = _categories_clash(list(columns))
    if clash:
        columns = [_decode_categories(column) for column in columns]
    return (columns[0].type if len({column.type for column in columns}) == 1 else common_type(columns, filled)), clash


def plain_categories_entry(port: str, label: str, count: int) -> Translation:
    """Return the entry for a column whose categories became plain values."""
    detail = "Categories became plain values, because not all blobs have the same ones in the same order."
    return Translation(port, label, "type", detail, True, _REMEDY, count)


def promotion_entry(port: str, label: str, kinds: Iterable[Any], became: Any, count: int, lost: Cast) -> Translation:
    """Return the entry for a column of several types that was cast to one; it is lossy if a value changed.

    Args:
        port: of the ledger.
        label: of the column.
        kinds: its types.
        became: the type of all.
        count: how many values were cast.
        lost: how many of them changed, with an example.
    """
    types = ", ".join(sorted({str(kind) for kind in kinds}))
    detail = f"The column has several types in the blobs ({types}); it became {became}"
    if not lost.count:
        return Translation(port, label, "type", f"{detail}.", False, "", count)
    detail = f"{detail}, which lost digits of some values."
    return Translation(port, label, "type", detail, True, _REMEDY, lost.count, lost.example)


def _promotion_entry(port: str, label: str, columns: list[Any], kind: Any, casts: list[Cast]) -> Translation:
    lossy = [done for done in casts if done.count]
    lost = Cast(None, sum(done.count for done in lossy), lossy[0].example if lossy else "")
    count = sum(len(column) for column in columns if column.type != kind)
    return promotion_entry(port, label, [column.type for column in columns], kind, count, lost)


def _mismatch_error(label: str, kinds: list[Any], position: int, blobs: list[BlobSource]) -> DatasetError:
    """Return the error for a blob whose column type has no common type with an earlier blob's."""
    order = [*range(position), *range(position + 1, len(kinds))]
    other = next((place for place in order if kinds[place] != kinds[position]), 0)
    return type_mismatch_error(blobs[position].asked, label, kinds[position], blobs[other].asked, kinds[other])


def type_mismatch_error(
    asked: AskedDataset, label: str, kind: Any, other: AskedDataset, other_kind: Any
) -> DatasetError:
    """Return the error for a blob with a column of a type that has no common type with another blob's."""
    what = f"has {kind} in column {label!r}, but {other.reference} has {other_kind}"
    return dataset_error(asked, what, _REMEDY)


def _concatenate(columns: list[Any], kind: Any) -> Any:
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], kind)


def _categories_clash(columns: list[Any]) -> bool:
    """Tell whether categories differ between blobs: in another order, or plain values in some blobs."""
    kinds = [column.type for column in columns]
    if not any(map(pa.types.is_dictionary, kinds)):
        return False
    if len({(kind.value_type, kind.ordered) if pa.types.is_dictionary(kind) else None for kind in kinds}) > 1:
        return True
    orders = [chunk.dictionary for column in columns for chunk in column.chunks]
    alike = all(order.equals(orders[0]) for order in orders)
    return (kinds[0].ordered and not alike) or len(set(kinds)) > 1


def _decode_categories(column: Any) -> Any:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
