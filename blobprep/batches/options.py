"""What a batch is asked: the options of its runs, and those of the batch itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from blobprep.reference import split_sas
from blobprep.runs.options import RunOptions

__all__ = ["ATTEMPTS", "PATIENCE", "BatchOptions"]

ATTEMPTS: Final = 3
PATIENCE: Final = 3600.0


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """The options of a batch as they were given: only texts, numbers and switches, which JSON can hold.

    Attributes:
        run: the options of each run; `dataset1` is the pattern, and `dataset2`, `output`, `figures` and `parameters`
            may name parts of it in braces.
        list: a file or blob that lists what is read, or the record of a run or batch; `-` for the standard input. A
            pattern beside it gives the parts.
        where: conditions on what matches, all of which hold: `year>=2023`, `size>0`, `name!=*_old.csv`.
        group_by: parts of the pattern; blobs that have them in common are one dataset of one run.
        rows_per_run: rows at which a larger blob is divided among several runs; None to leave all whole.
        record: the prefix of the batch's own record; None for a folder below the fixed part of the output.
        resume: go on with the batch whose record is there.
        verify: look whether the results of items that would be skipped are there.
        max_failures: failed items that are tolerated; one more, and no more items are begun: a number, or `5%` of all;
            None for no bound.
        attempts: at an item whose failure can pass.
        patience: seconds for which storage may let nothing through before no more items are begun.
        workers: items that run at a time; None for as many as cores, or the cluster, allow.
        engine: `local`, `dask`, or `dask://HOST:PORT`.
        combine: a blob, or a prefix where `combine_by` is given, that gets the results of all items in their order.
        combine_by: parts of the pattern that the combined dataset is partitioned by, as Hive does.
        dry_run: plan, count and estimate; run nothing.
    """

    run: RunOptions
    list: str | None = None
    where: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    rows_per_run: int | None = None
    record: str | None = None
    resume: bool = False
    verify: bool = False
    max_failures: str | None = None
    attempts: int = ATTEMPTS
    patience: float = PATIENCE
    workers: int | None = None
    engine: str = "local"
    combine: str | None = None
    combine_by: tuple[str, ...] = ()
    dry_run: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the options as plain JSON values, without the SAS token that a list may have."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "run"}
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in own.items()}
        if self.list is not None:
            plain["list"] = split_sas(self.list)[0]
        return {"run": self.run.to_json(), **plain}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> BatchOptions:
        """Read the options back from `to_json`; unknown names are ignored.

        Raises:
            InvalidOption: an option of the runs is wrong.
        """
        known = {field.name for field in fields(cls)} - {"run"}
        own: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return cls(RunOptions.from_json(values["run"]), **{name: own[name] for name in known & own.keys()})
