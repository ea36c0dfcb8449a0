"""Several blobs as one dataset: their tables one below the other, columns by label, types brought together."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.child.codecs.failures import converted, option, refused
from blobprep.child.codecs.parts import DecodeAll, Decoded, DecodeOne, Part
from blobprep.protocol import AskedDataset, Translation

__all__ = ["each", "require_one_format", "require_same_labels"]

_EXACT: Final = 2**53


def each(decode: DecodeOne) -> DecodeAll:
    """Make a decoder of several blobs of one that knows but one.

    The labels must be the same in all, in any order, and the types such that one of them holds all values.
    """

    def decode_all(parts: list[Part]) -> Decoded:
        tables: list[pa.Table] = []
        ledger: list[Translation] = []
        for part in parts:
            with converted(part.asked):
                table, entries = decode(part.source, part.asked)
            if tables:
                require_same_labels(tables[0].column_names, table.column_names, parts[0].asked, part.asked)
                table = table.select(tables[0].column_names)
            tables.append(table)
            ledger += [entry for entry in entries if entry not in ledger]
        if len(tables) == 1:
            return tables[0], ledger
        columns = []
        for label in tables[0].column_names:
            column, entry = _joined(label, [table.column(label) for table in tables], parts)
            columns.append(column)
            ledger += [entry] if entry else []
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
    raise refused(asked, what, "blobs that are read as one dataset have the same columns; name fewer with the pattern")


def require_one_format(parts: list[Part]) -> None:
    """Refuse a blob that turned out to be in another format than the first one.

    Raises:
        DatasetError: names both, and what told the format.
    """
    first = parts[0].asked
    for part in parts:
        asked = part.asked
        if asked.format != first.format:
            raise refused(
                asked,
                f"is {asked.format} by its {asked.found} where {first.reference} is {first.format}",
                f"name fewer with the pattern, or say {option(asked, f'format={first.format}')} to read all as that",
            )


def _joined(label: str, columns: list[Any], parts: list[Part]) -> tuple[Any, Translation | None]:
    """Put the columns of one label one below the other; an entry where they had to be brought together."""
    if _clash(columns):
        detail = "Categories became plain values, since not all blobs have the same ones in the same order."
        columns = [_plain(column) for column in columns]
        entry = Translation(parts[0].asked.port, label, "type", detail, True, "", sum(map(len, columns)))
        return _joined(label, columns, parts)[0], entry
    kinds = [column.type for column in columns]
    if len(set(kinds)) == 1:
        return _stacked(columns, kinds[0]), None
    kind, other = _common(kinds)
    if kind is None:
        raise refused(
            parts[other].asked,
            f"has {kinds[other]} in column {label!r} where {parts[0].asked.reference} has {kinds[0]}",
            "write them again with the same types, or read them in two runs",
        )
    lossy = pa.types.is_floating(kind) and any(map(_has_large, columns))
    loss = "; integers beyond 2**53 lost digits" if lossy else ""
    detail = f"Blobs have it as {', '.join(sorted({str(each) for each in kinds}))}; became {kind}{loss}."
    count = sum(len(column) for column in columns if column.type != kind)
    brought = [column.cast(kind, safe=False) for column in columns]
    return _stacked(brought, kind), Translation(parts[0].asked.port, label, "type", detail, lossy, "", count)


def _stacked(columns: list[Any], kind: Any) -> Any:
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], kind)


def _common(kinds: list[Any]) -> tuple[Any | None, int]:
    """Return the type that holds the values of all; or None, and the first that does not go with those before it."""
    common = kinds[0]
    for index, kind in enumerate(kinds):
        try:
            schemas = [pa.schema([("", each)]) for each in (common, kind)]
            common = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
        except pa.ArrowException:
            return None, index
    return common, 0


def _clash(columns: list[Any]) -> bool:
    """Tell whether there are categories that are not the same everywhere: ordered in two ways, or plain somewhere."""
    kinds = [column.type for column in columns]
    if not any(map(pa.types.is_dictionary, kinds)):
        return False
    if len({(kind.value_type, kind.ordered) if pa.types.is_dictionary(kind) else None for kind in kinds}) > 1:
        return True
    orders = {tuple(chunk.dictionary.to_pylist()) for column in columns for chunk in column.chunks}
    return (kinds[0].ordered and len(orders) > 1) or len(set(kinds)) > 1


def _plain(column: Any) -> Any:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _has_large(column: Any) -> bool:
    if not pa.types.is_integer(column.type) or column.null_count == len(column):
        return False
    least, most = pc.min_max(column).as_py().values()
    return bool(max(abs(least), abs(most)) > _EXACT)
