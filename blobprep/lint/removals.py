"""What libraries no longer have, as a table. Pure data, put together from one module for each family.

A row names what is gone by its full name: `numpy.float`; `pandas.DataFrame.ix`, an attribute of an instance;
`pandas.read_csv(squeeze)`, an argument by its name; `sklearn.svm.*(loss='l1')`, a value of it. `*` stands for any name;
of `pandas.*.ix` for DataFrame and Series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

__all__ = ["EITHER", "Removal", "RemovedName", "Table"]

_ROW: Final = re.compile(r"(?P<path>[\w.*]+)(?:\((?P<keyword>\w+)(?:='(?P<value>[^']*)')?\))?$")
EITHER: Final = "pandas.NDFrame"
"""What is a frame or a series, and the text does not tell which."""
_OF_PANDAS: Final = ("pandas.DataFrame.", "pandas.Series.", f"{EITHER}.")


@dataclass(frozen=True, slots=True)
class Removal:
    """Say what was removed and what takes its place.

    Attributes:
        code: of the finding.
        names: what is gone, full names with spaces between.
        since: the version of the library without it.
        instead: what to write.
        rewrite: how `--fix` does it, a key of `REWRITES` and behind `:` its argument; empty where a person must decide.
        new: full names of what takes its place, for the test that they exist.
        loose: the name is unlike any other: it is found on objects of unknown kind too.
    """

    code: str
    names: str
    since: str
    instead: str
    rewrite: str = ""
    new: str = ""
    loose: bool = False


@dataclass(frozen=True, slots=True)
class RemovedName:
    """Hold one name of a row."""

    row: Removal
    path: str
    keyword: str = ""
    value: str | None = None

    @property
    def shown(self) -> str:
        """Return the name as people write it."""
        value = "" if self.value is None else f"={self.value!r}"
        path = self.path.replace("pandas.*.", "pandas.DataFrame.").replace(".*", "")
        return f"{self.keyword}{value} of {path}" if self.keyword else path


class Table:
    """Look rows up by what a script uses."""

    def __init__(self, rows: tuple[Removal, ...]) -> None:
        self.rows = rows
        self.gone = tuple(_gone(rows))
        self._names: dict[str, RemovedName] = {}
        self._loose: dict[str, RemovedName] = {}
        self._keywords: dict[str, list[RemovedName]] = {}
        for each in self.gone:
            if each.keyword:
                self._keywords.setdefault(each.keyword, []).append(each)
                continue
            for path in _expanded(each.path):
                self._names.setdefault(path, each)
            if each.row.loose:
                self._loose.setdefault(each.path.rpartition(".")[2], each)

    def name(self, path: str) -> RemovedName | None:
        """Return what is known of a full name."""
        return self._names.get(path)

    def loose(self, attribute: str) -> RemovedName | None:
        """Return what is known of an attribute that only one library ever had."""
        return self._loose.get(attribute)

    def keyword(self, path: str, keyword: str, value: object) -> RemovedName | None:
        """Return what is known of an argument of a call; `value` is its constant, None where it is none."""
        return next((each for each in self._keywords.get(keyword, ()) if _takes(each, path, value)), None)

    def below(self, module: str) -> Mapping[str, RemovedName]:
        """Return the names below a module that are known, by their last part."""
        start = f"{module}."
        return {path.removeprefix(start): each for path, each in self._names.items() if path.startswith(start)}


def _takes(each: RemovedName, path: str, value: object) -> bool:
    if each.value is not None and each.value != value:
        return False
    return any(fnmatchcase(path, pattern) for pattern in _expanded(each.path))


def _gone(rows: tuple[Removal, ...]) -> Iterator[RemovedName]:
    for row in rows:
        for name in row.names.split():
            match = _ROW.match(name)
            assert match, name
            yield RemovedName(row, match["path"], match["keyword"] or "", match["value"])


def _expanded(path: str) -> list[str]:
    """Return the names that a frame, a series, or what may be either goes by."""
    if path.startswith("pandas.*."):
        return [start + path.removeprefix("pandas.*.") for start in _OF_PANDAS]
    for start in _OF_PANDAS[:2]:
        if path.startswith(start):
            return [path, _OF_PANDAS[2] + path.removeprefix(start)]
    return [path]
