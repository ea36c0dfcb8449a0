"""Columns that are in the names of folders, as Hive and Spark store tables: `region=north/part.csv`. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from blobprep.errors import DatasetError
from blobprep.protocol import NO_VALUE, Translation

__all__ = [
    "ColumnTypes",
    "decide_columns",
    "list_unread_partitions",
    "partition_columns",
    "partition_folder",
    "partition_values",
    "parts_of_name",
]

_INTEGER: Final = re.compile(r"0|-?[1-9]\d{0,18}", re.ASCII)
_INTEGERS: Final = range(-(2**63), 2**63)
_FOLDER: Final = re.compile(r"([\w%][^=/]*)=([^=/][^/]*)")
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\"#%'*/:=?\\{\[\]^]")


def partition_folder(columns: Mapping[str, str]) -> str:
    """Return the folders of columns with their values, in order, each ended by `/`; escaped as Hive does.

    >>> partition_folder({"year": "2024", "at": "a/b=c", "none": ""})
    'year=2024/at=a%2Fb%3Dc/none=__HIVE_DEFAULT_PARTITION__/'

    Source:
        apache/hive, FileUtils.escapePathName; apache/spark, ExternalCatalogUtils.
    """
    return "".join(f"{_escape(column)}={_escape(value) or NO_VALUE}/" for column, value in columns.items())


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


def parts_of_name(name: str, named: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a blob's name: those that a pattern captured, and those of its folders that have other names.

    Raises:
        DatasetError: as `partition_values`.
    """
    return {**named, **{column: value for column, value in partition_values(name).items() if column not in named}}


def _read(folder: str) -> Iterator[tuple[str, str]]:
    if match := _FOLDER.fullmatch(folder):
        yield unquote(match[1]), unquote(match[2])


class ColumnTypes:
    """The types of columns that the names of blobs give, decided by all their values.

    A column is of whole numbers if each value is one as it is written without need: `7` and `-7`, but not `07`. One
    value that is not makes the column text, in which all values stay as they are.
    """

    def __init__(self) -> None:
        self._texts: dict[str, bool] = {}
        self._numbers: set[str] = set()
        self._first = ""

    def add(self, name: str, values: Mapping[str, str]) -> None:
        """Add the values that a blob has.

        Args:
            name: of the blob, for messages.
            values: by column.

        Raises:
            DatasetError: another blob has other columns.
        """
        if not self._first:
            self._first, self._texts = name, dict.fromkeys(values, False)
        if self._texts.keys() != values.keys():
            raise _columns_differ(self._first, self._texts, name, values)
        for column, value in values.items():
            if self._texts[column] or value == NO_VALUE:
                continue
            if _INTEGER.fullmatch(value) and int(value) in _INTEGERS:
                self._numbers.add(column)
            else:
                self._texts[column] = True

    def decided(self) -> dict[str, str]:
        """Return the type of each column: `int64`, or `text`."""
        return {
            column: "int64" if column in self._numbers and not text else "text" for column, text in self._texts.items()
        }


def decide_columns(blobs: Sequence[tuple[str, Mapping[str, str]]]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the columns that the names of blobs give: the type of each, and its value for each blob.

    >>> decide_columns([("a", {"year": "2024"}), ("b", {"year": "2025"})])
    {'year': ('int64', ('2024', '2025'))}

    Args:
        blobs: names, for messages, and the values of columns.

    Raises:
        DatasetError: one blob has other columns than the first.
    """
    types = ColumnTypes()
    for name, values in blobs:
        types.add(name, values)
    return {column: (kind, tuple(values[column] for _, values in blobs)) for column, kind in types.decided().items()}


def _columns_differ(first: str, known: Mapping[str, object], name: str, values: Mapping[str, str]) -> DatasetError:
    missing = next((column for column in known if column not in values), None)
    extra = next((column for column in values if column not in known), None)
    what = (
        f"the name of {name} has no {missing!r}, which {first} has"
        if missing is not None
        else f"the name of {name} has {extra!r}, which {first} does not have"
    )
    return DatasetError(
        what, remedy="use a pattern whose blobs all have the same parts, or leave out --partition-columns"
    )


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
    return (
        Translation(
            port,
            "",
            "partition",
            f"the names of the folders hold {what} not in the table: {listing}",
            remedy="--partition-columns",
        ),
    )


def _format_count(values: int) -> str:
    return "1 value" if values == 1 else f"{values} values"


def _format_name(column: str) -> str:
    return column if column.isprintable() else repr(column)
