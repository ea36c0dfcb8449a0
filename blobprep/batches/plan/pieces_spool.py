"""Items that were divided, kept on disk: to divide a blob again would be to read it again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from blobprep.batches.items import Item
from blobprep.batches.plan.scratch_file import decode_name, encode_name, in_room, open_scratch

__all__ = ["PieceSpool"]

_AT_ONCE: Final = 1000
_TABLES: Final = "CREATE TABLE items (key BLOB PRIMARY KEY, size INTEGER NOT NULL, item TEXT NOT NULL) WITHOUT ROWID;"


class PieceSpool:
    """Items, sorted by key."""

    def __init__(self) -> None:
        self._database = open_scratch(_TABLES)

    def add(self, items: Iterable[Item]) -> None:
        """Add items."""
        rows = ((encode_name(item.key), item.size, json.dumps(item.to_json())) for item in items)
        with in_room():
            self._database.execute("BEGIN")
            while batch := list(islice(rows, _AT_ONCE)):
                self._database.executemany("INSERT INTO items VALUES (?, ?, ?)", batch)
            self._database.execute("COMMIT")

    def __iter__(self) -> Iterator[Item]:
        with in_room():
            for (text,) in self._database.execute("SELECT item FROM items ORDER BY key"):
                yield Item.from_json(json.loads(text))

    def count(self) -> int:
        """Return the number of items."""
        with in_room():
            (count,) = self._database.execute("SELECT count(*) FROM items").fetchone()
        return int(count)

    def largest(self, count: int) -> Iterator[tuple[str, int]]:
        """Yield the keys and bytes of the largest items, the largest first."""
        with in_room():
            for key, size in self._database.execute(
                "SELECT key, size FROM items ORDER BY size DESC, key LIMIT ?", (count,)
            ):
                yield decode_name(key), size

    def close(self) -> None:
        """Remove them from disk."""
        self._database.close()
