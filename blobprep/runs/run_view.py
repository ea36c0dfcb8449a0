"""A past run, gathered for a page: what it left is read back and checked, its tables are profiled anew.

Anyone who may write below a prefix may have written its manifest. So it decides what is looked for, and what is read is
shown only where it is what the manifest says: outputs by their checksums, so that a run that was copied elsewhere is
still one; inputs by their ETags, and then by their checksums.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from blobprep.errors import BlobprepError, InputError, IsolationUnavailable
from blobprep.formats import format_by_name, format_named
from blobprep.inputs.resolve import ResolvedDataset
from blobprep.inputs.sources import Dataset
from blobprep.manifest import InputRecord, Manifest, OutputRecord
from blobprep.outputs.ports import PORTS
from blobprep.protocol.profiles import AskedProfile, TableProfile
from blobprep.report.log_text import log_lines
from blobprep.report.views import PNG, FigureView, RunView
from blobprep.runs.dataset_profile import Profiler
from blobprep.runs.subject import PastRun
from blobprep.stores.location import BlobLocation

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = [
    "gather_run",
    "local_path",
    "log_lines",
    "output_place",
    "read_output",
    "results_dataset",
    "tables_of",
]

_FIGURES: Final = 16 * 1024 * 1024
"""Bytes of figures that are read back, at most; the others are named."""
_LOG: Final = 16 * 1024 * 1024
_TABLES: Final = ("results", "results2")
_INPUTS: Final = ("dataset1", "dataset2")


class _NotTheSame(InputError):
    """A blob that is not what the manifest says."""


@dataclass(slots=True)
class _Gathered:
    notes: list[str] = field(default_factory=list)
    profiles: dict[str, TableProfile] = field(default_factory=dict)


def gather_run(
    run: PastRun, workspace: Workspace, asked: AskedProfile, progress: Callable[[int, int], None] | None = None
) -> RunView:
    """Gather what a run left, and profile its results and those inputs that are still the same.

    What is gone, or is no longer what the run read or wrote, is left out, and the notes say so.

    Args:
        run: the run.
        workspace: the settings in force, which open the accounts of its inputs.
        asked: how tables are profiled.
        progress: called with the bytes fetched of a table so far, and its bytes in all.

    Raises:
        IsolationUnavailable: the settings' level of isolation is not available.
    """
    gathered = _Gathered()
    lines = log_lines(_log(run, gathered.notes))
    with Profiler(workspace, asked, progress) as profiler:
        tables = list(_tables(run, workspace, gathered.notes))
        for number, (port, dataset, accept, checksums) in enumerate(tables, 1):
            last = number == len(tables)
            _profile(profiler, port, dataset, accept, checksums, gathered, last=last)
    figures = tuple(_figures(run, workspace, gathered.notes))
    return RunView(run.manifest, lines, gathered.profiles, figures, tuple(gathered.notes))


def tables_of(run: PastRun) -> int:
    """Return how many tables a run may show."""
    results = sum(len(PORTS[port].records(run.manifest.outputs)) for port in _TABLES)
    return results + len(run.manifest.inputs.keys() & set(_INPUTS))


def output_place(run: PastRun, record: OutputRecord, workspace: Workspace) -> BlobLocation:
    """Return where a blob of a run is: below its prefix, wherever that was copied to, or where figures went.

    Raises:
        InputError: its name leads out of the prefix.
        InvalidReference, SettingError, ProtocolForbidden: as `Workspace.locate`.
    """
    if record.name in run.blobs:
        return run.blobs[record.name]
    if not record.name or ".." in record.name.split("/") or record.name.startswith("/"):
        raise InputError(f"the manifest has an output of the name {record.name!r}, which no run writes")
    if record.port == "device" and run.manifest.request.get("figures") and "/" in record.name:
        return workspace.locate(record.reference)
    return run.prefix.child(record.name)


def read_output(run: PastRun, record: OutputRecord, workspace: Workspace) -> bytes:
    """Read an output back.

    Raises:
        InputError: it is not what the run wrote.
        BlobprepError: it cannot be read.
    """
    data = output_place(run, record, workspace).read()
    if hashlib.sha256(data).hexdigest() != record.sha256:
        raise _NotTheSame(f"{record.name} is no longer what the run wrote")
    return data


def results_dataset(run: PastRun, record: OutputRecord, workspace: Workspace) -> Dataset:
    """Return a table that a run wrote as a dataset, read with the options it was written with.

    Raises:
        BlobprepError: it cannot be located.
    """
    row = format_by_name(record.name).format or format_named("parquet")
    written = run.manifest.request.get("write")
    options = {str(name): str(value) for name, value in written.items()} if isinstance(written, dict) else {}
    return Dataset(
        output_place(run, record, workspace),
        row.name,
        {name: value for name, value in options.items() if name in row.reads},
    )


_Table = tuple[str, Dataset, Callable[[ResolvedDataset], None] | None, tuple[str, ...]]


def _tables(run: PastRun, workspace: Workspace, notes: list[str]) -> Iterator[_Table]:
    """Yield port, dataset, what is asked of it before it is fetched, and checksums, of all tables of a run."""
    for port in _TABLES:
        for record in PORTS[port].records(run.manifest.outputs):
            try:
                yield port, results_dataset(run, record, workspace), None, (record.sha256,)
            except BlobprepError as error:
                notes.append(f"{record.name} cannot be shown: {error.message}")
    for port in _INPUTS:
        given = run.manifest.inputs.get(port)
        if given is None:
            continue
        try:
            yield port, _input(run.manifest, port, given, workspace), _same_etags(given), _checksums(given)
        except BlobprepError as error:
            notes.append(f"{port} is not shown: {error.message}")


def _input(manifest: Manifest, port: str, given: InputRecord, workspace: Workspace) -> Dataset:
    """Return an input as it was read: by the reference that was asked for, with the same options."""
    asked = manifest.request.get(port)
    if not isinstance(asked, str) or not given.blobs or not given.blobs[0].etag:
        raise InputError("it was a table passed by the caller, which is kept nowhere")
    read = manifest.request.get(f"read{port[-1]}")
    options = {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}
    if given.format:
        options.setdefault("format", given.format)
    if not all(blob.sha256 for blob in given.blobs):
        raise InputError("the run did not read it to its end")
    by_name = len(given.blobs) > 1 or workspace.meaning(asked).named  # of the settings, which have options for it
    reference = asked if by_name else given.blobs[0].reference
    dataset = workspace.dataset(reference, options)
    assert dataset is not None
    return dataset


def _checksums(given: InputRecord) -> tuple[str, ...]:
    return tuple(blob.sha256 for blob in given.blobs)


def _same_etags(given: InputRecord) -> Callable[[ResolvedDataset], None]:
    def accept(resolved: ResolvedDataset) -> None:
        found = [blob.properties.etag for blob in resolved.input.blobs]
        if found != [blob.etag for blob in given.blobs]:
            raise _NotTheSame(f"{resolved.input.printed} has changed since the run read it")

    return accept


def _profile(
    profiler: Profiler,
    port: str,
    dataset: Dataset,
    accept: Callable[[ResolvedDataset], None] | None,
    checksums: tuple[str, ...],
    gathered: _Gathered,
    *,
    last: bool,
) -> None:
    printed = getattr(dataset.source, "printed", port)
    try:
        profiled = profiler.profile(dataset, printed, accept=accept, last=last)
        if checksums != profiled.checksums:
            raise _NotTheSame(f"{printed} is no longer what the manifest says")
    except IsolationUnavailable:
        raise
    except BlobprepError as error:
        gathered.notes.append(f"{port} is not shown: {error.message}")
    else:
        gathered.profiles[port] = profiled.profile


def _log(run: PastRun, notes: list[str]) -> str:
    if run.log is not None:
        return run.log
    record = next(iter(PORTS["log"].records(run.manifest.outputs)), None)
    if record is None:
        return ""
    if record.size > _LOG:
        notes.append(f"{record.name} has {record.size} bytes and is not shown")
        return ""
    try:
        data = run.prefix.child(record.name).read()
    except BlobprepError as error:
        notes.append(f"{record.name} is not shown: {error.message}")
        return ""
    if hashlib.sha256(data).hexdigest() != record.sha256:
        notes.append(f"{record.name} is no longer what the run wrote, and is not shown")
        return ""
    return data.decode("utf-8", "replace")


def _figures(run: PastRun, workspace: Workspace, notes: list[str]) -> Iterator[FigureView]:
    left = _FIGURES
    for record in PORTS["figure"].records(run.manifest.outputs):
        name = record.name.removeprefix(PORTS["figure"].folder)
        data, link = None, ""
        try:
            link = local_path(output_place(run, record, workspace))
            if record.size <= left:
                data = read_output(run, record, workspace)
                if not data.startswith(PNG):
                    raise InputError(f"{record.name} is not a PNG image")
                left -= record.size
        except BlobprepError as error:
            notes.append(f"figure {name} is not shown: {error.message}")
            data = None
        yield FigureView(name, link, data, record.size, record.origin or "saved")


def local_path(place: BlobLocation) -> str:
    """Return the absolute path of a local file; empty for a blob, which is behind a credential."""
    return "" if place.container else str(Path(place.printed).absolute())
