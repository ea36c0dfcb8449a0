"""Items as tasks of Spark jobs: one row of a table is one item, and one row comes back.

A row is the text of a record, as in `items.jsonl`: `ItemRecord` stays the only declaration of its fields, and no type
of Spark's comes between. It goes through `mapInArrow` and not `mapInPandas`: blobprep needs pandas 3, which pyspark
does not fully support yet (it says so for both), and nothing of pandas is used this way. Spark Connect has both. No
blob is read through Spark.

Threads: the batch's own calls `run`; one for each job waits for Spark.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from blobprep.batches.records import ItemRecord
from blobprep.batches.work import WorkItem
from blobprep.batches.worker.attempt import run_work
from blobprep.batches.worker.outcome import lost_record, not_begun

__all__ = ["SparkEngine"]

_ITEMS: Final = 4
"""Items of a job for each task that Spark runs at a time."""

_JOBS: Final = 2  # at a time: the tasks of the next one begin while the last ones of the other still run
_CORES: Final = 8  # where Spark does not say how many it has


class SparkEngine:
    """An engine over a Spark session, in rounds: a job is a round, and its records come back together.

    Args:
        spark: the session, which stays the caller's.
        workers: tasks that run at a time; None to take what Spark says.
    """

    def __init__(self, spark: Any, *, workers: int | None = None) -> None:
        self._spark, self._workers = spark, workers or _parallelism(spark)
        self._tag = f"blobprep-{uuid.uuid4().hex[:12]}"
        self._jobs: dict[Future[list[ItemRecord]], list[WorkItem]] = {}
        self._stopped = self._interrupted = False

    @property
    def name(self) -> str:
        """Return `spark`."""
        return "spark"

    @property
    def workers(self) -> int:
        """Return how many tasks run at a time."""
        return self._workers

    @property
    def is_local(self) -> bool:
        """Return False: executors have their own files and settings."""
        return False

    def run(self, works: Iterable[WorkItem]) -> Iterator[ItemRecord]:
        """Run items; see `Engine.run`."""
        source, more = iter(works), True
        with ThreadPoolExecutor(_JOBS, "blobprep-spark") as threads:
            while more or self._jobs:
                while more and not self._stopped and len(self._jobs) < _JOBS:
                    taken = list(islice(source, self._workers * _ITEMS))
                    more = bool(taken)
                    if taken:
                        self._jobs[threads.submit(self._run_job, taken)] = taken
                more = more and not self._stopped
                for job in wait(self._jobs, return_when=FIRST_COMPLETED).done if self._jobs else ():
                    del self._jobs[job]
                    yield from job.result()

    def running(self) -> tuple[str, ...]:
        """Return the keys of the items of the oldest job, as many as there are tasks at a time."""
        taken = next(iter(list(self._jobs.values())), [])
        return tuple(work.item.key for work in taken[: self._workers])

    def stop(self) -> None:
        """Take no more items; see `Engine.stop`."""
        self._stopped = True

    def interrupt(self) -> None:
        """Cancel the jobs; see `Engine.interrupt`."""
        self._stopped = self._interrupted = True
        with suppress(Exception):  # the session is over
            self._spark.interruptTag(self._tag)

    def close(self) -> None:
        """Do nothing: the session is the caller's."""

    def _run_job(self, works: list[WorkItem]) -> list[ItemRecord]:
        """Run a job of one task for each item; if Spark gives it up, none of them has a record."""
        try:
            self._spark.addTag(self._tag)
            table = self._spark.range(0, len(works), 1, len(works))
            rows = table.mapInArrow(_Task([work.encode() for work in works]), "record string").collect()
        except Exception as error:
            if self._interrupted:
                return [not_begun(work) for work in works]
            # Items that had ended are recognized by their results when they are tried again.
            return [lost_record(work, f"Spark gave up the job of this item: {_first_line(error)}") for work in works]
        return [ItemRecord.from_json(json.loads(row["record"])) for row in rows]


class _Task:
    """What a task does: run the items whose numbers it is given.

    Args:
        texts: of the items of the job.
    """

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Turn batches of numbers into batches of records."""
        for batch in batches:
            numbers = batch.to_pydict()["id"]
            yield batch.from_pydict({"record": [run_work(self._texts[number]) for number in numbers]})


def _parallelism(spark: Any) -> int:
    """Return how many tasks Spark runs at a time; a session of Spark Connect does not say."""
    try:
        return max(1, int(spark.sparkContext.defaultParallelism))
    except Exception:  # of a kind that depends on the session
        return _CORES


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
