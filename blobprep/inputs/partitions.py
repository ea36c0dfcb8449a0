"""Columns that are in the names of folders, as Hive and Spark store tables: `region=north/part.csv`. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from blobprep.errors import DatasetError
from blobprep.protocol import Translation

__all__ = ["list_unread_partitions", "partition_columns", "partition_values"]

_FOLDER: Final = re.compile(r"([\w%][^=/]*)=([^=/][^/]*)")


_NO_VALUE: Final = "__HIVE_DEFAULT_PARTITION__"
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\"#%'*/:=?\\{\[\]^]")


def partition_folder(columns: Mapping[str, str]) -> str:
    """Return the folders of columns with their values, in order, each ended by `/`; escaped as Hive does.

    >>> partition_folder({"year": "2024", "at": "a/b=c", "none": ""})
    'year=2024/at=a%2Fb%3Dc/none=__HIVE_DEFAULT_PARTITION__/'

    Source:
        apache/hive, FileUtils.escapePathName; apache/spark, ExternalCatalogUtils.
    """
    return "".join(f"{_escape(column)}={_escape(value) or _NO_VALUE}/" for column, value in columns.items())


def _escape(text: str) -> str:
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", text)


def partition_columns(names: Iterable[str]) -> dict[str, set[str]]:
    """Return the columns in the folder names of blobs, in order, each with its values; both decoded.

    >>> partition_columns(["sales/region=north/part.csv"])
    {'region': {'north'}}
    """
    columns: dict[str, set[str]] = {}
    for folder in dict.fromkeys(segment for name in names for segment in name.split("/")[:-1]):
        for column, value in _read(folder):
            columns.setdefault(column, set()).add(value)
    return columns


def partition_values(name: str) -> dict[str, str]:
    """Return the columns in the folder names of one blob, with its values.

    >>> partition_values("sales/year=2024/region=north%20west/part.csv")
    {'year': '2024', 'region': 'north west'}

    Raises:
        DatasetError: two of its folders have different values for the same column.
    """
    values: dict[str, str] = {}
    if "=" not in name:
        return values
    for column, value in (found for folder in name.split("/")[:-1] for found in _read(folder)):
        if values.setdefault(column, value) != value:
            raise DatasetError(
                f"the folders of {name} have two values for {column!r}: {values[column]!r} and {value!r}",
                remedy="use a pattern that does not match it",
            )
    return values


def _read(folder: str) -> Iterator[tuple[str, str]]:
    if match := _FOLDER.fullmatch(folder):
        yield unquote(match[1]), unquote(match[2])


def list_unread_partitions(port: str, names: Iterable[str], columns: Collection[str]) -> tuple[Translation, ...]:
    """Return a ledger entry for columns that are only in the names of folders; nothing if the table has them all.

    Args:
        port: the port of the dataset.
        names: the names of its blobs.
        columns: the labels of the table that was read.
    """
    left = {column: values for column, values in partition_columns(names).items() if column not in columns}
    if not left:
        return ()
    listing = ", ".join(f"{_format_name(column)} ({_format_count(len(values))})" for column, values in left.items())
    what = "a column that is" if len(left) == 1 else "columns that are"
    return (Translation(port, "", "partition", f"the names of the folders hold {what} not in the table: {listing}"),)


def _format_count(values: int) -> str:
    return "1 value" if values == 1 else f"{values} values"


def _format_name(column: str) -> str:
    return column if column.isprintable() else repr(column)
