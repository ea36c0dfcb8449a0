"""The engine that `--engine` or an argument names."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Final

from blobprep.batches.engines.base import Engine
from blobprep.errors import InvalidOption
from blobprep.runs.pool import usable_cores
from blobprep.settings.workspace import Workspace

__all__ = ["ENGINES", "open_engine"]

ENGINES: Final = ("local", "dask", "dask://HOST:PORT")
"""What `--engine` takes."""


def open_engine(
    name: str, workspace: Workspace, *, workers: int | None = None, executor: object | None = None
) -> Engine:
    """Open an engine; the caller closes it.

    Args:
        name: one of `ENGINES`.
        workspace: the settings in force.
        workers: items that run at a time; None for as many as there are cores, or as the cluster has.
        executor: comes before the name: a `concurrent.futures.Executor`, a function that makes one, a
            `distributed.Client`, a `SparkSession`, or an engine.

    Raises:
        InvalidOption: there is no such engine, or no such number of workers.
        UsageError: a library is missing, or no scheduler answers.
    """
    if workers is not None and workers < 1:
        raise InvalidOption(f"{workers} workers cannot run anything", remedy="use 1 or more")
    if executor is not None:
        return _over(executor, workspace, workers)
    if name == "local":
        from blobprep.batches.engines.local import LocalEngine

        return LocalEngine(workspace, workers=workers)
    scheme, _, address = name.partition("://")
    if scheme != "dask" or (address and ":" not in address) or name.endswith("://"):
        raise InvalidOption(f"there is no engine {name!r}", remedy=f"use {', '.join(ENGINES)}")
    from blobprep.batches.engines.dask import DaskEngine

    if address:
        return DaskEngine.connect(address)
    return DaskEngine.start(workers or usable_cores(), workspace.asked)


def _over(executor: object, workspace: Workspace, workers: int | None) -> Engine:
    if isinstance(executor, Engine):
        return executor
    if _is(executor, "distributed", "Client"):
        from blobprep.batches.engines.dask import DaskEngine

        return DaskEngine(executor)  # type: ignore[arg-type]  # its class is only imported there
    if _is(executor, "pyspark", "SparkSession"):
        from blobprep.batches.engines.spark import SparkEngine

        return SparkEngine(executor, workers=workers)
    if not isinstance(executor, Executor) and not callable(executor):
        raise InvalidOption(
            f"a {type(executor).__name__} cannot run a batch",
            remedy="pass a concurrent.futures.Executor, a function that makes one, a dask.distributed.Client or a "
            "SparkSession",
        )
    from blobprep.batches.engines.executor import ExecutorEngine

    return ExecutorEngine(executor, workspace, workers=workers)


def _is(value: object, library: str, name: str) -> bool:
    """Return whether a value is of a library's class, without importing the library."""
    kinds = ((kind.__module__.partition(".")[0], kind.__name__) for kind in type(value).__mro__)
    return (library, name) in kinds
