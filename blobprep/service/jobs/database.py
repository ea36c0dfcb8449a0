"""The file that jobs live in: SQLite, with a log that is written ahead, shared by the servers of one machine.

Each change is one transaction that takes the write lock first, so that of two servers one decides after the other; what
was committed is on disk before a client hears of it. Nothing here is held in memory between two transactions.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from blobprep.errors import SettingError

__all__ = ["Database"]

_VERSION: Final = 1
_PATIENCE: Final = 30.0  # seconds that a transaction waits for another one's end
_GLANCE: Final = 100  # milliseconds that emptying the log waits for others
_TABLE: Final = """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    state TEXT NOT NULL,
    spec TEXT NOT NULL,
    record TEXT NOT NULL,
    secrets BLOB,
    created REAL NOT NULL,
    started REAL,
    taken REAL,
    ended REAL,
    wait_until REAL NOT NULL DEFAULT 0,
    host TEXT NOT NULL DEFAULT '',
    process TEXT NOT NULL DEFAULT '',
    holder TEXT NOT NULL DEFAULT '',
    beat REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    losses INTEGER NOT NULL DEFAULT 0,
    runs TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '',
    results BLOB
)
"""


class Database:
    """Connections to the file of a queue, for any thread.

    Args:
        path: of the file, which is created, for this user alone, if it is not there.

    Raises:
        SettingError: it cannot be opened, or is of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        try:
            path.touch(0o600)  # the files beside it get the same mode
            with self.transaction() as connection:
                self._prepare(connection)
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise SettingError(
                f"{path}, the queue of jobs, cannot be opened: {error}",
                remedy="let this user write its folder, which must be on a disk of this machine",
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock for a change; it is undone if an error leaves the block."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for a look, which no change makes wait."""
        with self._connection() as connection:
            yield connection

    def compact(self) -> bool:
        """Empty the log that is written ahead, which still has what was wiped; return False if others use it now."""
        with self._connection() as connection:
            connection.execute(f"PRAGMA busy_timeout = {_GLANCE}").fetchall()
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            connection.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000:.0f}").fetchall()
        return not busy

    def close(self) -> None:
        """Close the connections that are idle, and the others as they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        except BaseException:
            connection.close()  # whatever state it is in
            raise
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            connection.execute("PRAGMA synchronous = FULL")  # an id that a client has is on disk
            connection.execute("PRAGMA secure_delete = ON").fetchall()  # what is wiped is overwritten
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise SettingError(
                f"{self._path}, the queue of jobs, was written by a newer version of blobprep",
                remedy="use that version, or another folder",
            )
        if version == 0:
            connection.execute(_TABLE)
            connection.execute("CREATE INDEX jobs_by_state ON jobs (state, started)")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
