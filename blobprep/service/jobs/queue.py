"""The queue: jobs in a database, and all that may happen to them.

Several servers on one machine may share a queue. A server that takes a job holds it as long as its process lives and
says so now and then (`beat`). If the process is gone (seen at once from the same machine), or has been silent for
`STALE` seconds where it cannot be seen, another server releases the job and takes it again. What a server says at the
end counts only if no other server has taken the job.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

from blobprep.manifest import ClaimRecord
from blobprep.outputs.processes import is_alive as _is_alive
from blobprep.outputs.processes import this_process
from blobprep.service.jobs.database import Database
from blobprep.service.jobs.job import Job, JobSecrets, JobSpec
from blobprep.service.jobs.rows import IS_ACTIVE, IS_ENDED, held, job_of
from blobprep.service.jobs.seal import Seal
from blobprep.service.jobs.states import ENDED, Event, State, next_state

__all__ = ["DATABASE_NAME", "KEY_NAME", "MOST_LOSSES", "STALE", "SUSPICIOUS", "JobQueue"]

DATABASE_NAME: Final = "jobs.sqlite"
KEY_NAME: Final = "jobs.key"

STALE: Final = 120.0
"""Seconds of silence after which a server that cannot be seen from here is taken to be gone.

Longer than the heartbeat of a run may be silent, so that the run's own claim has run out by then.
"""

MOST_LOSSES: Final = 20
"""Servers that may die while they have a job; then it has failed, for it is the reason."""

SUSPICIOUS: Final = 3
"""Servers that died while they had a job, after which it waits behind all others, for it may be the reason."""


class JobQueue:
    """The jobs of the services that keep their state in one folder.

    Args:
        folder: has the database and the key; created if it is not there.
        clock: seconds since 1970.
        is_alive: tells whether a process is alive, None if that cannot be seen from here.
        owner: this process.

    Raises:
        SettingError: the folder, the database or the key cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float] = time.time,
        is_alive: Callable[[ClaimRecord], bool | None] = _is_alive,
        owner: ClaimRecord | None = None,
    ) -> None:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        self._seal = Seal(folder / KEY_NAME)
        self._database = Database(folder / DATABASE_NAME)
        self._clock, self._is_alive = clock, is_alive
        self._owner = owner or this_process(())
        self._holder = secrets.token_hex(8)  # tells this object from others of the same process
        self._wakers: list[Callable[[], None]] = []

    def __enter__(self) -> JobQueue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def on_change(self, waker: Callable[[], None]) -> None:
        """Have a function called when a client of this process started or cancelled a job, from its thread."""
        self._wakers.append(waker)

    # What clients ask for.

    def create(self, service: str, spec: JobSpec, hidden: JobSecrets) -> str:
        """Keep a new job, and return its id once it is on disk.

        Args:
            service: its name.
            spec: what the job is to do.
            hidden: its secrets.
        """
        job = secrets.token_hex(16)
        sealed = self._seal.seal(hidden.encode(), job, "request")
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (id, service, state, spec, record, secrets, created) "
                "VALUES (?, ?, 'NotStarted', ?, ?, ?, ?)",
                (job, service, spec.encode(), spec.record, sealed, self._clock()),
            )
        return job

    def get(self, job: str, service: str | None = None) -> Job | None:
        """Return a job; None if there is none, or if it is another service's."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        return None if row is None or (service is not None and row["service"] != service) else job_of(row)

    def list_jobs(self, service: str | None = None) -> list[Job]:
        """Return the jobs of a service, or of all, in the order in which they were created."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM jobs WHERE ? IS NULL OR service = ? ORDER BY created, rowid", (service, service)
            ).fetchall()
        return list(map(job_of, rows))

    def count(self, state: State) -> int:
        """Return the number of jobs in a state."""
        with self._database.reading() as connection:
            number: int = connection.execute("SELECT COUNT(*) FROM jobs WHERE state = ?", (state,)).fetchone()[0]
        return number

    def start(self, job: str) -> State | None:
        """Queue a job behind those that were started before; return the state that forbids it, None if it is queued.

        Raises:
            LookupError: there is no such job.
        """
        return self._ask(job, "start", started=self._clock())

    def cancel(self, job: str) -> State | None:
        """Cancel a job: at once if no server has it, else that server is told and stops it.

        Returns:
            The state that forbids it: it has ended; None if it is or will be cancelled.

        Raises:
            LookupError: there is no such job.
        """
        return self._ask(job, "cancel")

    def remove(self, job: str) -> bool:
        """Remove a job that has ended; return False if it has not, or is not there."""
        with self._database.transaction() as connection:
            done = connection.execute(f"DELETE FROM jobs WHERE id = ? AND {IS_ENDED}", (job,))
        return done.rowcount == 1

    def results(self, job: str) -> str | None:
        """Return what `finish` was given; None of a job that did not finish.

        Raises:
            SettingError: it was sealed with another key.
        """
        with self._database.reading() as connection:
            row = connection.execute("SELECT results FROM jobs WHERE id = ?", (job,)).fetchone()
        return None if row is None or row["results"] is None else self._seal.open(row["results"], job, "results")

    # What servers do.

    def take(self, services: Collection[str], most: int) -> Job | None:
        """Take the job that waits longest, but for those with the same outputs as a job that runs.

        Args:
            services: whose jobs this server can run.
            most: jobs that all servers together may have at a time.

        Returns:
            The job, now `Running`; None if there is none, or no room.
        """
        marks, now = ", ".join("?" * len(services)), self._clock()
        with self._database.transaction() as connection:
            active = connection.execute(f"SELECT COUNT(*) FROM jobs WHERE {IS_ACTIVE}").fetchone()[0]
            if active >= most:
                return None
            row = connection.execute(
                f"SELECT * FROM jobs WHERE state = 'Queued' AND wait_until <= ? AND service IN ({marks}) "
                f"AND record NOT IN (SELECT record FROM jobs WHERE {IS_ACTIVE}) "
                "ORDER BY losses >= ?, started, rowid LIMIT 1",
                (now, *services, SUSPICIOUS),
            ).fetchone()
            if row is None:
                return None
            owner = {"host": self._owner.host, "process": self._owner.process, "holder": self._holder}
            return self._change(connection, row, "take", taken=now, beat=now, attempts=row["attempts"] + 1, **owner)

    def secrets_of(self, job: Job) -> JobSecrets:
        """Return the secrets of a job that has not ended.

        Raises:
            SettingError: they were sealed with another key.
            LookupError: there are none any more.
        """
        with self._database.reading() as connection:
            row = connection.execute("SELECT secrets FROM jobs WHERE id = ?", (job.id,)).fetchone()
        if row is None or row["secrets"] is None:
            raise LookupError(job.id)
        return JobSecrets.decode(self._seal.open(row["secrets"], job.id, "request"))

    def note_run(self, job: Job, run_id: str) -> bool:
        """Note the run of a job before it begins; return False if the job is this server's no more."""
        with self._database.transaction() as connection:
            row = held(connection, job)
            if row is None or row["state"] != "Running":
                return False
            runs = f"{row['runs']} {run_id}".strip()
            connection.execute("UPDATE jobs SET runs = ? WHERE id = ?", (runs, job.id))
        return True

    def holds(self, job: Job) -> bool:
        """Tell whether a job is still this server's, and not to be cancelled."""
        with self._database.reading() as connection:
            row = held(connection, job)
        return row is not None and row["state"] == "Running"

    def finish(self, job: Job, results: str) -> bool:
        """Say that the results of a job are in place; return False if it is this server's no more.

        Args:
            job: as it was taken.
            results: what clients are told; sealed, for it may have tokens.
        """
        return self._end(job, "finish", results=self._seal.seal(results, job.id, "results"))

    def fail(self, job: Job, details: str) -> bool:
        """Say why a job failed, or was cancelled; return False if it is this server's no more."""
        return self._end(job, "fail", details=details)

    def release(self, job: Job, seconds: float = 0.0) -> bool:
        """Give a job back, to be taken again after so many seconds; return False if it is this server's no more."""
        return self._end(job, "release", wait_until=self._clock() + seconds)

    def beat(self) -> None:
        """Say that this process lives, and has its jobs."""
        with self._database.transaction() as connection:
            connection.execute(
                f"UPDATE jobs SET beat = ? WHERE holder = ? AND {IS_ACTIVE}", (self._clock(), self._holder)
            )

    def cancelling(self) -> set[str]:
        """Return the ids of jobs that a server is to stop."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM jobs WHERE state = 'Cancelling'").fetchall()
        return {row["id"] for row in rows}

    def recover(self, at_work: Collection[str] = ()) -> list[Job]:
        """Release the jobs of servers that are gone, and return them as they are now.

        Args:
            at_work: ids of the jobs that this object took and works on; others that it took are released, too.
        """
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT * FROM jobs WHERE {IS_ACTIVE}").fetchall()
        recovered = []
        for row in rows:
            is_dropped = row["holder"] == self._holder and row["id"] not in at_work
            if not is_dropped and not self._is_lost(row):
                continue
            with self._database.transaction() as connection:
                now = held(connection, job_of(row))
                if now is None:  # another server was faster
                    continue
                losses = now["losses"] + 1
                details = f"the server ended {losses} times while it had the job"
                if losses >= MOST_LOSSES:
                    recovered.append(self._change(connection, now, "fail", losses=losses, details=details))
                else:
                    recovered.append(self._change(connection, now, "release", losses=losses))
        return recovered

    def sweep(self, days: float) -> int:
        """Remove jobs that ended, or were created and never started, more than so many days ago; return how many."""
        before = self._clock() - days * 86400
        with self._database.transaction() as connection:
            done = connection.execute(
                f"DELETE FROM jobs WHERE ({IS_ENDED} AND ended < ?) OR (state = 'NotStarted' AND created < ?)",
                (before, before),
            )
        return done.rowcount

    def compact(self) -> bool:
        """Remove what was wiped from the database's log, too; return False if others use it now."""
        return self._database.compact()

    def _ask(self, job: str, event: Event, **values: Any) -> State | None:
        """Do what a client asks for; return the state that forbids it."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
            if row is None:
                raise LookupError(job)
            if next_state(row["state"], event) is None:
                state: State = row["state"]
                return state
            self._change(connection, row, event, **values)
        for wake in self._wakers:
            wake()
        return None

    def _end(self, job: Job, event: Event, **values: Any) -> bool:
        with self._database.transaction() as connection:
            row = held(connection, job)
            if row is None:
                return False
            self._change(connection, row, event, **values)
        return True

    def _change(self, connection: sqlite3.Connection, row: sqlite3.Row, event: Event, **values: Any) -> Job:
        """Let something happen to a job; what has ended keeps no secret of its request."""
        state = next_state(row["state"], event)
        assert state is not None, (row["state"], event)
        values["state"] = state
        if state in ENDED:
            values |= {"ended": self._clock(), "secrets": None}
        names = ", ".join(f"{name} = ?" for name in values)
        connection.execute(f"UPDATE jobs SET {names} WHERE id = ?", (*values.values(), row["id"]))
        return job_of(connection.execute("SELECT * FROM jobs WHERE id = ?", (row["id"],)).fetchone())

    def _is_lost(self, row: sqlite3.Row) -> bool:
        alive = self._is_alive(ClaimRecord(row["host"], row["process"], ()))
        return alive is False or (alive is None and self._clock() - row["beat"] > STALE)
