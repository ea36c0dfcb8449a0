"""Rows of the database: which are meant, and the jobs that they are."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Final

from blobprep.service.jobs.job import Job, JobSpec
from blobprep.service.jobs.states import ACTIVE, ENDED

__all__ = ["IS_ACTIVE", "IS_ENDED", "held", "job_of"]

IS_ACTIVE: Final = f"state IN ({', '.join(map(repr, ACTIVE))})"
IS_ENDED: Final = f"state IN ({', '.join(map(repr, ENDED))})"


def held(connection: sqlite3.Connection, job: Job) -> sqlite3.Row | None:
    """Return the row of a job that a server has, if no other has taken it since; the number of the attempt tells."""
    row: sqlite3.Row | None = connection.execute(
        f"SELECT * FROM jobs WHERE id = ? AND attempts = ? AND {IS_ACTIVE}", (job.id, job.attempts)
    ).fetchone()
    return row


def job_of(row: sqlite3.Row) -> Job:
    """Return the job of a row."""
    return Job(
        row["id"],
        row["service"],
        row["state"],
        JobSpec.decode(row["spec"]),
        datetime.fromtimestamp(row["created"], UTC),
        _moment(row["started"]),
        _moment(row["taken"]),
        _moment(row["ended"]),
        row["attempts"],
        tuple(row["runs"].split()),
        row["details"],
        f"{row['host']} {row['process']}".strip(),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
