"""Batches where Spark is already: Databricks, Synapse, Fabric, or a cluster of one's own.

>>> from blobprep.spark import run_items
>>> batch = run_items(spark, "prep.py", "az://raw/{y}/*.csv", output="az://prepared/{y}/{stem}/")  # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from blobprep.batches.batch import batch
from blobprep.batches.engines.spark import SparkEngine

if TYPE_CHECKING:
    from blobprep.batches.result import Batch

__all__ = ["run_items"]


def run_items(
    spark: Any,
    script: str | os.PathLike[str] | Callable[..., Any],
    pattern: str | None = None,
    *,
    output: str,
    workers: int | None = None,
    **options: Any,
) -> Batch:
    """Run a script over many blobs as tasks of a Spark session, as `blobprep.batch` does elsewhere.

    Spark carries references, options and records. Each executor fetches its blobs, runs the script in a confined child
    and writes the results itself; it needs blobprep in the driver's version, and its own settings for the accounts.

    Args:
        spark: the session.
        script: a path, a reference to a blob, or a function.
        pattern: of blobs; None where the option `list` names them.
        output: the prefix of the results; it may name parts of the pattern.
        workers: tasks that run at a time; None for as many as Spark says that it has cores.
        **options: all others of `blobprep.batch` but `engine` and `executor`.

    Returns:
        The batch, also if items failed.

    Raises:
        UsageError, InputError, StoreError, OutputError: as `blobprep.batch`.
    """
    engine = SparkEngine(spark, workers=workers)
    return batch(script, pattern, output=output, executor=engine, **options)
