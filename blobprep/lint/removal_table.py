"""The table of removed names, and how rules look it up. Pure."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from blobprep.lint.removals import EITHER, Removal
from blobprep.lint.removed_drawing import DRAWING
from blobprep.lint.removed_learning import LEARNING
from blobprep.lint.removed_pandas import PANDAS
from blobprep.lint.removed_python import PYTHON
from blobprep.lint.removed_science import SCIENCE

__all__ = ["REMOVED", "RemovedName", "Table"]

_ROW: Final = re.compile(r"(?P<path>[\w.*]+)(?:\((?P<keyword>\w+)(?:='(?P<value>[^']*)')?\))?$")
_OF_PANDAS: Final = ("pandas.DataFrame.", "pandas.Series.", f"{EITHER}.")


@dataclass(frozen=True, slots=True)
class RemovedName:
    """One name of a row."""

    row: Removal
    path: str
    keyword: str = ""
    value: str | None = None

    @property
    def shown(self) -> str:
        """Return the name as it is shown in messages."""
        value = "" if self.value is None else f"={self.value!r}"
        path = self.path.replace("pandas.*.", "pandas.DataFrame.").replace(".*", "")
        return f"{self.keyword}{value} of {path}" if self.keyword else path


class Table:
    """The rows, indexed by the names, attributes and arguments that a script may use."""

    def __init__(self, rows: tuple[Removal, ...]) -> None:
        self.rows = rows
        self.gone = tuple(_parse_names(rows))
        self._names: dict[str, RemovedName] = {}
        self._loose: dict[str, RemovedName] = {}
        self._keywords: dict[str, list[RemovedName]] = {}
        for gone in self.gone:
            if gone.keyword:
                self._keywords.setdefault(gone.keyword, []).append(gone)
                continue
            for path in _expand(gone.path):
                self._names.setdefault(path, gone)
            if gone.row.loose:
                self._loose.setdefault(gone.path.rpartition(".")[2], gone)

    def find_name(self, path: str) -> RemovedName | None:
        """Return the removal of a full name, None if it was not removed."""
        return self._names.get(path)

    def find_attribute(self, attribute: str) -> RemovedName | None:
        """Return the removal of an attribute that only one library ever had, None if there is none."""
        return self._loose.get(attribute)

    def find_keyword(self, path: str, keyword: str, value: object) -> RemovedName | None:
        """Return the removal of an argument of a call, or of its value; `value` is None if it is not a constant."""
        return next((gone for gone in self._keywords.get(keyword, ()) if _matches(gone, path, value)), None)

    def find_below(self, module: str) -> Mapping[str, RemovedName]:
        """Return the removed names in a module, by their last part."""
        start = f"{module}."
        return {path.removeprefix(start): gone for path, gone in self._names.items() if path.startswith(start)}


def _matches(gone: RemovedName, path: str, value: object) -> bool:
    if gone.value is not None and gone.value != value:
        return False
    return any(fnmatchcase(path, pattern) for pattern in _expand(gone.path))


def _parse_names(rows: tuple[Removal, ...]) -> Iterator[RemovedName]:
    for row in rows:
        for name in row.names.split():
            match = _ROW.match(name)
            assert match, name
            yield RemovedName(row, match["path"], match["keyword"] or "", match["value"])


def _expand(path: str) -> list[str]:
    """Return the names under which a script may use a path: those of frames, series, and what may be either."""
    if path.startswith("pandas.*."):
        return [start + path.removeprefix("pandas.*.") for start in _OF_PANDAS]
    for start in _OF_PANDAS[:2]:
        if path.startswith(start):
            return [path, _OF_PANDAS[2] + path.removeprefix(start)]
    return [path]


def _select_for_this_python(rows: tuple[Removal, ...]) -> Iterator[Removal]:
    for row in rows:
        if tuple(int(part) for part in row.since.split(".")) <= sys.version_info:
            yield row


REMOVED: Final = Table((*_select_for_this_python(PYTHON), *PANDAS, *SCIENCE, *LEARNING, *DRAWING))
