"""A database on disk without a name: what a plan needs lies there, and nothing of it in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from blobprep.errors import LimitError

__all__ = ["decode_name", "encode_name", "in_room", "open_scratch"]

_SETTINGS: Final = (
    *("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE"),
    *("PRAGMA temp_store = FILE", "PRAGMA cache_size = -16384"),
)


def open_scratch(tables: str) -> sqlite3.Connection:
    """Open a new database, which is gone once it is closed; several threads may use it.

    Raises:
        LimitError: there is no room.
    """
    with in_room():
        # SQLite's own locks let several threads use a connection.
        database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for setting in _SETTINGS:
            database.execute(setting)
        database.executescript(tables)
    return database


@contextmanager
def in_room() -> Iterator[None]:
    """Tell of a full disk as a `LimitError`."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise LimitError(
            f"there is no room for the plan of the batch: {error}", remedy="set TMPDIR to a folder with room"
        ) from error


def encode_name(name: str) -> bytes:
    """Return a name as bytes, which sort as the texts do; the name of a local file may be no valid text."""
    return name.encode("utf-8", "surrogatepass")


def decode_name(data: bytes) -> str:
    """Return the name of `encode_name`."""
    return data.decode("utf-8", "surrogatepass")
