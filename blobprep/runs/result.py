"""A run that has ended, as a value; its outputs are read back by their rows in `PORTS`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from blobprep.errors import BlobNotFound, OutputError, RunFailed
from blobprep.limits import error_of
from blobprep.manifest import Manifest, OutputRecord, Status
from blobprep.outputs.ports import PORTS
from blobprep.sandbox.launch import Children, start
from blobprep.stores.location import BlobLocation

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Run"]


class _LazyBlobs(Mapping[str, bytes]):
    """Outputs that are read back one by one: together they may be larger than memory."""

    def __init__(self, records: Mapping[str, OutputRecord], read: Callable[[OutputRecord], bytes]) -> None:
        self._records, self._read = records, read

    def __getitem__(self, name: str) -> bytes:
        return self._read(self._records[name])

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended, whether it succeeded or not.

    Attributes:
        manifest: its record, as written below the output prefix.
        output: that prefix.
        log: what the script wrote, and messages of blobprep, as in the log below the prefix.
        blobs: where the outputs are, by the name the manifest gives them.
        children: start the process that reads results back; a pool's for a run of the pool.
    """

    manifest: Manifest
    output: BlobLocation
    log: str = field(repr=False)
    blobs: Mapping[str, BlobLocation] = field(repr=False)
    children: Children = field(default=start, repr=False, compare=False)

    @property
    def status(self) -> Status:
        """Return `succeeded`, `failed` or `interrupted`."""
        return self.manifest.status

    @property
    def table(self) -> pa.Table:
        """Read the results back as a `pyarrow.Table`.

        Only column types that are safe to handle are accepted, and all of the data is validated before it is returned.

        Raises:
            RunFailed: there are no results.
            OutputError: the blob is no longer the one this run wrote, or does not hold a valid table.
        """
        return self._read_table("results")

    @property
    def table2(self) -> pa.Table:
        """Read the second frame's results back (`second_output`); raises as `table`."""
        return self._read_table("results2")

    @property
    def dataframe(self) -> pd.DataFrame:
        """Read the results back as a `pandas.DataFrame`; raises as `table`."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    @property
    def figures(self) -> dict[str, bytes]:
        """Read the figures back: PNG bytes by name, in the order the script made them."""
        records = PORTS["figure"].records(self.manifest.outputs)
        return {record.name: self._read(record) for record in records}

    @property
    def report(self) -> bytes:
        """Read the report back: one HTML page, which needs nothing else.

        Raises:
            RunFailed: the run made none.
            OutputError: the blob is no longer the one this run wrote.
        """
        record = self._report_record()
        if record is None:
            raise RunFailed(
                f"run {self.manifest.run_id} has no report",
                remedy="blobprep.show makes a page of what it left; --no-report is why a run makes none",
            )
        return self._read(record)

    @property
    def artifacts(self) -> Mapping[str, bytes]:
        """Return the artifacts by name; each is read back when it is looked up.

        Looking one up raises OutputError if the blob is no longer the one this run wrote.
        """
        row = PORTS["artifact"]
        records = {record.name.removeprefix(row.folder): record for record in row.records(self.manifest.outputs)}
        return _LazyBlobs(records, self._read)

    def raise_for_failure(self) -> None:
        """Raise an error if the run did not succeed.

        Raises:
            RunFailed: with the manifest's `error.code` as `code`. If a limit ended the script it is that limit's
                error: `TimeExceeded`, `MemoryExceeded`, …
        """
        error = self.manifest.error
        if self.status != "succeeded":
            message = error.message if error else f"run {self.manifest.run_id} was {self.status}"
            code = error.code if error else self.status
            raise error_of(code)(message, code=code)

    def _repr_html_(self) -> str:
        """Return what a notebook displays: the report in a frame of its own, or a summary if it cannot be read."""
        from blobprep.runs.notebook import display_run

        return display_run(self.manifest, self.output, self._report_record(), self._read)

    def _report_record(self) -> OutputRecord | None:
        return next(iter(PORTS["report"].records(self.manifest.outputs)), None)

    def _read_table(self, name: str) -> pa.Table:
        self.raise_for_failure()
        row = PORTS[name]
        record = next(iter(row.records(self.manifest.outputs)), None)
        if record is None:
            remedy = f"run again with --{row.option.replace('_', '-')}" if row.option else ""
            raise RunFailed(f"run {self.manifest.run_id} has no {name}", remedy=remedy)
        from blobprep.runs.results_table import read_table

        request, isolation = self.manifest.request, self.manifest.isolation.enforced
        return read_table(self._read(record), record, request, isolation, children=self.children)

    def _read(self, record: OutputRecord) -> bytes:
        try:
            data = self.blobs[record.name].read()
        except BlobNotFound:
            data = None
        if data is None or hashlib.sha256(data).hexdigest() != record.sha256:
            raise OutputError(
                f"{record.reference} is no longer what run {self.manifest.run_id} wrote",
                remedy="it was replaced or deleted; run again with another --output",
            )
        return data
