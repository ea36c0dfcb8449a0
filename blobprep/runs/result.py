"""A run that has ended, as a value."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from blobprep.errors import BlobNotFound, OutputError, RunFailed
from blobprep.limits import error_of
from blobprep.manifest import Manifest, OutputRecord, Status
from blobprep.stores.location import BlobLocation

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Run"]


class _Read(Mapping[str, bytes]):
    """Read outputs back one by one: together they may be larger than memory."""

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
    """Describe a run that has ended, whether it succeeded or not.

    Attributes:
        manifest: its record, as written below its output prefix.
        output: that prefix.
        log: the text of `log.txt`.
        blobs: where its outputs are, by the name the manifest gives them.
    """

    manifest: Manifest
    output: BlobLocation
    log: str = field(repr=False)
    blobs: Mapping[str, BlobLocation] = field(repr=False)

    @property
    def status(self) -> Status:
        """Return `succeeded`, `failed` or `interrupted`."""
        return self.manifest.status

    @property
    def table(self) -> pa.Table:
        """Read the results back as a `pyarrow.Table`.

        Only column types that are safe to handle are taken, and the data is validated in full before it is returned.

        Raises:
            RunFailed: there are no results.
            OutputError: the blob is no longer the one this run wrote, or holds no valid table.
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
        names = [each for each in self.manifest.outputs if each.port == "device" and each.name != "log.txt"]
        return {each.name: self._read(each) for each in names}

    @property
    def artifacts(self) -> Mapping[str, bytes]:
        """Return the artifacts by name; each is read back when it is looked up.

        Looking one up raises OutputError where the blob is no longer the one this run wrote.
        """
        records = {
            each.name.removeprefix("artifacts/"): each for each in self.manifest.outputs if each.port == "artifact"
        }
        return _Read(records, self._read)

    def raise_for_failure(self) -> None:
        """Do nothing for a run that succeeded.

        Raises:
            RunFailed: it did not; `code` is the manifest's `error.code`. Where a limit ended the script it is that
                limit's error: `TimeExceeded`, `MemoryExceeded`, …
        """
        error = self.manifest.error
        if self.status != "succeeded":
            message = error.message if error else f"run {self.manifest.run_id} was {self.status}"
            code = error.code if error else self.status
            raise error_of(code)(message, code=code)

    def _read_table(self, port: str) -> pa.Table:
        self.raise_for_failure()
        record = next((each for each in self.manifest.outputs if each.port == port), None)
        if record is None:
            raise RunFailed(f"run {self.manifest.run_id} has no {port}", remedy="was --second-output asked for?")
        from blobprep.runs.results_table import read_table

        return read_table(self._read(record), record, self.manifest.request, self.manifest.isolation.enforced)

    def _read(self, record: OutputRecord) -> bytes:
        try:
            data = self.blobs[record.name].read()
        except BlobNotFound:
            data = None
        if data is None or hashlib.sha256(data).hexdigest() != record.sha256:
            raise OutputError(
                f"{record.reference} is no longer what run {self.manifest.run_id} wrote",
                remedy="somebody replaced or deleted it; run again into a prefix of its own",
            )
        return data
