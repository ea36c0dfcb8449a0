"""Several blobs as one dataset: their tables one below the other, columns by label, types brought together."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

from blobprep.errors import DatasetError
from blobprep.protocol import AskedDataset, Translation
from blobprep.tables.codecs.errors import convert_errors, dataset_error, option
from blobprep.tables.codecs.sources import BlobDecoder, BlobSource, DatasetDecoder, DecodedTable
from blobprep.tables.codecs.types.casts import Cast, cast
from blobprep.tables.codecs.types.promotion import NoCommonType, common_type

__all__ = ["for_several_blobs", "require_one_format", "require_same_labels"]

_REMEDY: Final = "write them again with the same types, or read them in two runs"


def for_several_blobs(decode: BlobDecoder) -> DatasetDecoder:
    """Make a decoder of several blobs of one that knows but one.

    The labels must be the same in all, in any order, and the types such that one of them holds all values.
    """

    def decode_all(blobs: list[BlobSource]) -> DecodedTable:
        tables: list[pa.Table] = []
        ledger: list[Translation] = []
        for blob in blobs:
            with convert_errors(blob.asked):
                table, entries = decode(blob.source, blob.asked)
            if tables:
                require_same_labels(tables[0].column_names, table.column_names, blobs[0].asked, blob.asked)
                table = table.select(tables[0].column_names)
            tables.append(table)
            ledger += [entry for entry in entries if entry not in ledger]
        if len(tables) == 1:
            return tables[0], ledger
        columns = []
        for label in tables[0].column_names:
            column, entries = _join_columns(label, [table.column(label) for table in tables], blobs)
            columns.append(column)
            ledger += entries
        return pa.table(columns, names=tables[0].column_names), ledger

    return decode_all


def require_same_labels(first: list[str], labels: list[str], known: AskedDataset, asked: AskedDataset) -> None:
    """Refuse a blob that has not the columns of the first one.

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
        what = f"has a column {extra!r}, which {known.reference} has not"
    raise dataset_error(
        asked, what, "blobs that are read as one dataset have the same columns; name fewer with the pattern"
    )


def require_one_format(blobs: list[BlobSource]) -> None:
    """Refuse a blob that turned out to be in another format than the first one.

    Raises:
        DatasetError: names both, and what told the format.
    """
    first = blobs[0].asked
    for blob in blobs:
        asked = blob.asked
        if asked.format != first.format:
            raise dataset_error(
                asked,
                f"is {asked.format} by its {asked.found} where {first.reference} is {first.format}",
                f"name fewer with the pattern, or say {option(asked, f'format={first.format}')} to read all as that",
            )


def _join_columns(label: str, columns: list[Any], blobs: list[BlobSource]) -> tuple[Any, list[Translation]]:
    """Put the columns of one label one below the other; entries where they had to be brought together."""
    port = blobs[0].asked.port
    if _categories_clash(columns):
        detail = "Categories became plain values, since not all blobs have the same ones in the same order."
        entry = Translation(port, label, "type", detail, True, _REMEDY, sum(map(len, columns)))
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
    return _concatenate([each.values for each in casts], kind), [_promotion_entry(port, label, columns, kind, casts)]


def _promotion_entry(port: str, label: str, columns: list[Any], kind: Any, casts: list[Cast]) -> Translation:
    """Return the entry of columns that became one type, lossy where a value changed."""
    detail = f"Blobs have it as {', '.join(sorted({str(column.type) for column in columns}))}; became {kind}"
    lost = [each for each in casts if each.count]
    if not lost:
        count = sum(len(column) for column in columns if column.type != kind)
        return Translation(port, label, "type", f"{detail}.", False, "", count)
    detail = f"{detail}, in which values lost digits."
    return Translation(port, label, "type", detail, True, _REMEDY, sum(each.count for each in lost), lost[0].example)


def _mismatch_error(label: str, kinds: list[Any], position: int, blobs: list[BlobSource]) -> DatasetError:
    """Return the error of a blob whose type does not go together with that of an earlier one."""
    order = [*range(position), *range(position + 1, len(kinds))]
    other = next((place for place in order if kinds[place] != kinds[position]), 0)
    what = f"has {kinds[position]} in column {label!r} where {blobs[other].asked.reference} has {kinds[other]}"
    return dataset_error(blobs[position].asked, what, _REMEDY)


def _concatenate(columns: list[Any], kind: Any) -> Any:
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], kind)


def _categories_clash(columns: list[Any]) -> bool:
    """Tell whether there are categories that are not the same everywhere: ordered in two ways, or plain somewhere."""
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
