"""The results that are combined, on disk: memory does not grow with their number."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from blobprep.batches.items import InputBlob
from blobprep.batches.records import ItemOutput, ItemRecord
from blobprep.errors import InvalidOption, LimitError, OutputError
from blobprep.formats import NameHints, format_by_name
from blobprep.inputs.partitions import partition_folder
from blobprep.outputs.ports import PORTS

__all__ = ["CombinedInputs", "Folder", "require_parts_of"]

_SHOWN: Final = 5
_RESULTS: Final = PORTS["results"].blob_name(extension=".")
_TABLE: Final = """
CREATE TABLE results (
    folder TEXT NOT NULL, number INTEGER NOT NULL, reference TEXT NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (folder, number)
) WITHOUT ROWID;
CREATE TABLE folders (folder TEXT PRIMARY KEY, parts TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the combined dataset.

    Attributes:
        name: below the target, ended by `/`; empty if there is only one.
        parts: the values that its rows have in common.
        items: how many results go there.
    """

    name: str
    parts: Mapping[str, str]
    items: int


class CombinedInputs:
    """The results of the items of a batch, by the folders they go to; a context manager.

    Args:
        by: parts that name the folders.

    Attributes:
        items: results so far.
        without_results: items whose script returned no table.
        hints: format and compression of all results.
    """

    def __init__(self, by: Sequence[str]) -> None:
        self._by = tuple(by)
        self.items = self.without_results = 0
        self.hints = NameHints(None)
        self._digest = hashlib.sha256()
        self._missing: list[str] = []
        self._missing_count = self._all_count = 0
        with _room():
            self._database = sqlite3.connect("", isolation_level=None)
            for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -8192"):
                self._database.execute(f"PRAGMA {setting}")
            self._database.executescript(_TABLE)

    def __enter__(self) -> CombinedInputs:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @property
    def digest(self) -> str:
        """Return what is the same for the same results, in the same states, in the same folders."""
        return self._digest.hexdigest()

    def add_all(self, records: Iterable[ItemRecord]) -> None:
        """Take the results of items, in the order of the rows.

        Raises:
            OutputError: an item has failed, or was not run; nothing is combined then.
            InvalidOption: an item lacks a part, or results are in several formats.
        """
        with _room():
            self._database.execute("BEGIN")
            for record in records:
                self._add(record)
            self._database.execute("COMMIT")
        if self._missing_count:
            named = ", ".join(self._missing) + (", …" if self._missing_count > len(self._missing) else "")
            raise OutputError(
                f"{self._missing_count} of {self._all_count} items have failed or were not run, so that nothing was"
                f" combined: {named}",
                remedy="run the batch again with --resume until all items are done",
            )

    def folders(self) -> Iterator[Folder]:
        """Yield the folders by name."""
        query = (
            "SELECT folder, parts, count(*) FROM folders JOIN results USING (folder) GROUP BY folder ORDER BY folder"
        )
        for name, parts, count in self._database.execute(query):
            yield Folder(name, json.loads(parts), count)

    def blobs(self, folder: str | None = None) -> Iterator[InputBlob]:
        """Yield the results that go to a folder, or all of them, in order."""
        where, values = ("", ()) if folder is None else ("WHERE folder = ?", (folder,))
        query = f"SELECT reference, etag, size FROM results {where} ORDER BY folder, number"  # noqa: S608
        for reference, etag, size in self._database.execute(query, values):
            yield InputBlob(reference, etag, size)

    def _add(self, record: ItemRecord) -> None:
        self._all_count += 1
        if record.status not in ("done", "skipped"):
            self._missing_count += 1
            if len(self._missing) < _SHOWN:
                self._missing.append(f"{record.key} ({record.status})")
            return
        results = next((output for output in record.outputs if output.name.startswith(_RESULTS)), None)
        if results is None:
            self.without_results += 1
            return
        self._note_format(record, results)
        require_parts_of(self._by, record.key, record.parts)
        parts = {name: record.parts[name] for name in self._by}
        folder = partition_folder(parts)
        row = (folder, self.items, results.reference, results.etag, results.size)
        self._digest.update(json.dumps([folder, results.reference, results.etag]).encode() + b"\n")
        self._database.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?)", row)
        self._database.execute("INSERT OR IGNORE INTO folders VALUES (?, ?)", (folder, json.dumps(parts)))
        self.items += 1

    def _note_format(self, record: ItemRecord, results: ItemOutput) -> None:
        hints = format_by_name(results.name)
        if self.items and hints != self.hints:
            raise InvalidOption(
                f"the results of {record.key} are {results.name}, but those of other items are in another format",
                remedy="run all items with the same --format",
            )
        self.hints = hints


def require_parts_of(by: Sequence[str], key: str, parts: Mapping[str, str]) -> None:
    """Refuse to combine by a part that an item does not have.

    Raises:
        InvalidOption: it names the item, and the parts that it has.
    """
    for name in by:
        if name not in parts:
            raise InvalidOption(
                f"--combine-by {name}: {key} has no such part",
                remedy=f"its parts are {', '.join(parts)}"
                if parts
                else "name one in the pattern: az://raw/{region}/*.csv",
            )


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise LimitError(
            f"there is no room for the list of results: {error}", remedy="set TMPDIR to a folder with room"
        ) from error
