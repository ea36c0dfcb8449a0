"""`blobprep.batch`: from options and objects to a batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Unpack

from blobprep.batches.conduct import AskedBatch, conduct
from blobprep.batches.coordination.progress import BatchProgress
from blobprep.batches.coordination.stop import Stop
from blobprep.batches.job import read_code
from blobprep.batches.options import ATTEMPTS, PATIENCE, BatchOptions
from blobprep.batches.result import Batch
from blobprep.errors import InvalidOption
from blobprep.reference import split_sas
from blobprep.runs.arguments import PassedObjects, read_arguments, spell_out_options
from blobprep.runs.options import RunKeywords
from blobprep.settings.workspace import Workspace

__all__ = ["batch", "read_batch"]

_OF_WORKERS: Final = ("dataset1", "dataset2", "bundle", "output", "figures")


@spell_out_options
def batch(
    script: str | os.PathLike[str] | Callable[..., Any],
    dataset1: str | os.PathLike[str] | None = None,
    dataset2: str | os.PathLike[str] | None = None,
    *,
    list: str | os.PathLike[str] | None = None,  # noqa: A002  # named as on the command line
    where: Iterable[str] = (),
    group_by: Iterable[str] = (),
    rows_per_run: int | None = None,
    record: str | os.PathLike[str] | None = None,
    resume: bool = False,
    verify: bool = False,
    max_failures: int | str | None = None,
    attempts: int = ATTEMPTS,
    patience: float = PATIENCE,
    workers: int | None = None,
    engine: str = "local",
    executor: object | None = None,
    combine: str | os.PathLike[str] | None = None,
    combine_by: Iterable[str] = (),
    dry_run: bool = False,
    workspace: Workspace | None = None,
    stop: Stop | None = None,
    on_progress: Callable[[BatchProgress], None] | None = None,
    **options: Unpack[RunKeywords],
) -> Batch:
    """Run a script over many blobs: one run for each blob that matches, or for each group of them.

    Args:
        script: a path, a reference to a blob, or a function; it contains, or is, the entry point `azureml_main`.
        dataset1: a pattern of blobs, `az://raw/{year}/*.csv`: parts in braces may be named in `output`, `figures`,
            `dataset2` and `parameters`, and each run has them among its parameters.
        dataset2: the second dataset of every run; its reference may name parts.
        list: a file or blob that lists what is read, in place of a pattern or beside it.
        where: conditions on what matches, all of which hold: `year>=2023`, `size>0`, `name!=*_old.csv`.
        group_by: parts of the pattern; blobs that have them in common are one dataset of one run.
        rows_per_run: rows at which a larger blob is divided among several runs; None to leave all whole.
        record: the prefix of the batch's own record; None for a folder below the fixed part of the output.
        resume: go on with the batch whose record is there, if there is one: what is in place and has not changed is
            skipped.
        verify: look at the results of each item that would be skipped; one whose results are gone is run again.
        max_failures: items that may fail before no more are begun: a number, or `5%` of all; None for any number.
        attempts: at an item whose failure can pass, as that of a worker that was lost.
        patience: seconds for which storage may refuse all that items ask, or not answer, which costs them no attempt;
            then no more are begun.
        workers: items that run at a time; None for as many as the cores, or the cluster, allow.
        engine: where items run: `local`, `dask`, or `dask://HOST:PORT`.
        executor: in place of the engine: a `concurrent.futures.Executor`, a function that makes one, a
            `dask.distributed.Client`, or a `SparkSession`; it stays the caller's.
        combine: a blob, or a prefix where `combine_by` is given, that gets the results of all items as one dataset, in
            their order.
        combine_by: parts of the pattern that name the folders of the combined dataset, as in Hive.
        dry_run: plan, count and estimate; run and write nothing.
        workspace: the settings in force; None for those of the working folder and this process.
        stop: ends the batch early, from any thread.
        on_progress: called a few times a second with how far the batch is, from a thread of its own.
        **options: the options of each run by name; here `report` is off by default:

    Returns:
        The batch, also if items failed or it was stopped: see `Batch.status` and `Batch.raise_for_failure`.

    Raises:
        UsageError: a pattern, a template, an option or a setting is wrong; two items have one output.
        InputError, StoreError: nothing matches, or the script cannot be read.
        OutputExists: there is the record of another batch.
        OutputError, AccessError, StoreUnavailable: the record could not be written.
    """
    given = {**options, "script": script, "dataset1": dataset1, "dataset2": dataset2}
    asked, objects = read_batch(
        given,
        list=None if list is None else os.fspath(list),
        where=where,
        group_by=group_by,
        rows_per_run=rows_per_run,
        record=record,
        resume=resume,
        verify=verify,
        max_failures=max_failures,
        attempts=attempts,
        patience=patience,
        workers=workers,
        engine=engine,
        combine=combine,
        combine_by=combine_by,
        dry_run=dry_run,
    )
    workspace = workspace or Workspace()
    code = read_code(workspace, asked.run, objects)
    return conduct(workspace, AskedBatch(asked, code, executor, stop or Stop(), on_progress))


def read_batch(
    given: Mapping[str, object],
    *,
    where: Iterable[str] = (),
    group_by: Iterable[str] = (),
    rows_per_run: int | None = None,
    record: str | os.PathLike[str] | None = None,
    max_failures: int | str | None = None,
    attempts: int = ATTEMPTS,
    patience: float = PATIENCE,
    combine: str | os.PathLike[str] | None = None,
    combine_by: Iterable[str] = (),
    **own: Any,
) -> tuple[BatchOptions, PassedObjects]:
    """Read the arguments of a batch; those of its runs are `given`, the others are as those of `batch`.

    Raises:
        InvalidOption: a value is wrong, or nothing that a worker could read.
        TypeError: an option does not exist.
    """
    asked, objects = read_arguments({"report": False, **given})
    printed = {"record": record, "combine": combine}
    with_token = {name for name, text in printed.items() if text and split_sas(os.fspath(text))[1] is not None}
    for name in (*_OF_WORKERS, *printed):
        if name in objects.values or name in with_token:
            raise InvalidOption(
                f"{name} of a batch must be text without a SAS token, which workers read by their own settings",
                remedy="write the data to a blob, or set the account's credential in the settings",
            )
    if asked.debug:
        raise InvalidOption("a batch cannot run under the debugger", remedy="debug one of its items with blobprep run")
    for name, number in (("attempts", attempts), ("rows_per_run", rows_per_run)):
        if number is not None and number < 1:
            raise InvalidOption(f"{name} is {number}", remedy="use 1 or more")
    if not patience >= 0:
        raise InvalidOption(f"patience is {patience:g}", remedy="use a number of seconds")
    combine_by = _texts("combine_by", combine_by)
    if combine_by and combine is None:
        raise InvalidOption("combine_by is given without combine", remedy="name a prefix with --combine")
    options = BatchOptions(
        asked,
        where=_texts("where", where),
        group_by=_texts("group_by", group_by),
        rows_per_run=rows_per_run,
        record=None if record is None else os.fspath(record),
        max_failures=None if max_failures is None else str(max_failures),
        attempts=attempts,
        patience=patience,
        combine=None if combine is None else os.fspath(combine),
        combine_by=combine_by,
        **own,
    )
    return options, objects


def _texts(name: str, values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise InvalidOption(f"{name} must be a list, not a string", remedy=f"write [{values!r}]")
    return tuple(values)
