"""The runs below a prefix, gathered for a page that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from blobprep.errors import BlobNotFound, BlobprepError, InputError, InvalidReference
from blobprep.manifest import MANIFEST_NAME, Manifest
from blobprep.outputs.ports import PORTS
from blobprep.report.failure import told_failure
from blobprep.report.views import PNG, FigureView, RunSummary
from blobprep.runs.run_view import local_path, output_place, read_output
from blobprep.runs.subject import PastRun, read_manifest
from blobprep.stores import BlobProperties
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.location import BlobLocation

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["RunList", "list_runs"]

_NAMES: Final = 500_000
"""Blobs below a prefix that are looked through."""
_RUNS: Final = 2_000
"""Runs that are listed."""
_PICTURE: Final = 256 * 1024
"""Bytes of a picture beside a run."""
_PICTURES: Final = 200
"""Runs with a picture."""
_THREADS: Final = 8


@dataclass(frozen=True, slots=True)
class RunList:
    """The runs below a prefix.

    Attributes:
        runs: the latest first.
        notes: what is not listed and why, one sentence each.
    """

    runs: tuple[RunSummary, ...]
    notes: tuple[str, ...] = ()


def list_runs(prefix: BlobLocation, workspace: Workspace) -> RunList:
    """Find the runs below a prefix.

    Raises:
        BlobNotFound, ContainerNotFound: there is nothing below the prefix.
        InvalidReference: there is something, but no run.
        AccessError, StoreUnavailable: as the store answers.
    """
    notes: list[str] = []
    places = _manifests(prefix, notes)
    with thread_pool(_THREADS, "blobprep-manifests") as pool:
        read = list(pool.map(_read, places))
    runs = [run for run in read if isinstance(run, PastRun)]
    if not runs:
        together = f"; to show several as one table, write {prefix.printed}**" if prefix.container else ""
        raise InvalidReference(
            f"there is no run below {prefix.printed}",
            remedy=f"name a table in it: `blobprep ls {prefix.in_shell}` lists what is there{together}",
        )
    unread = [error for error in read if isinstance(error, str)]
    if unread:
        notes.append(f"{len(unread)} of the manifests could not be read, such as: {unread[0]}")
    runs.sort(key=lambda run: (run.manifest.started, run.printed), reverse=True)
    with thread_pool(_THREADS, "blobprep-pictures") as pool:
        pictures = list(pool.map(lambda run: _picture(run, workspace), runs[:_PICTURES]))
    rest = [None] * (len(runs) - len(pictures))
    pairs = zip(runs, [*pictures, *rest], strict=True)
    return RunList(tuple(_summary(run, prefix, picture) for run, picture in pairs), tuple(notes))


def _manifests(prefix: BlobLocation, notes: list[str]) -> list[BlobLocation]:
    found: list[BlobLocation] = []
    count = 0
    for count, item in enumerate(_listed(prefix), 1):
        if count > _NAMES:
            notes.append(f"only the first {_NAMES:,} blobs were looked through")
            break
        if item.blob.rpartition("/")[2] != MANIFEST_NAME:
            continue
        if len(found) == _RUNS:
            notes.append(f"only the first {_RUNS:,} runs by name are listed")
            break
        found.append(prefix.child(item.blob.removeprefix(prefix.blob)))
    if not count and prefix.blob:
        raise BlobNotFound(
            f"nothing begins with {prefix.printed}", remedy="check its name, including upper and lower case"
        )
    return found


def _listed(prefix: BlobLocation) -> Iterator[BlobProperties]:
    listed = prefix.store.list(prefix.container, prefix.blob, delimiter="")
    return (item for item in listed if isinstance(item, BlobProperties))


def _read(place: BlobLocation) -> PastRun | str:
    """Return the run of a manifest; why there is none where it is not one."""
    above = place.blob.removesuffix(MANIFEST_NAME)
    prefix = BlobLocation(place.store, place.container, above, place.printed.removesuffix(MANIFEST_NAME))
    try:
        return PastRun(read_manifest(place), prefix)
    except (InputError, BlobNotFound) as error:  # of another program, or gone meanwhile
        return error.message


def _picture(run: PastRun, workspace: Workspace) -> FigureView | None:
    record = next(iter(PORTS["figure"].records(run.manifest.outputs)), None)
    if record is None:
        return None
    name = record.name.removeprefix(PORTS["figure"].folder)
    data = None
    link = ""
    try:
        link = local_path(output_place(run, record, workspace))
        if record.size <= _PICTURE:
            data = read_output(run, record, workspace)
    except BlobprepError:  # the list is about the runs; the run's own page says what became of it
        data = None
    is_png = data is not None and data.startswith(PNG)
    return FigureView(name, link, data if is_png else None, record.size, record.origin or "saved")


def _summary(run: PastRun, prefix: BlobLocation, picture: FigureView | None) -> RunSummary:
    manifest = run.manifest
    results = next(iter(PORTS["results"].records(manifest.outputs)), None)
    page = PORTS["report"]
    folder = local_path(run.prefix)
    return RunSummary(
        name=run.printed.removeprefix(prefix.printed).rstrip("/") or run.printed,
        status=manifest.status,
        started=manifest.started,
        seconds=_seconds(manifest),
        script=manifest.script.reference if manifest.script else "",
        report=f"{folder}/{page.blob}" if folder and page.records(manifest.outputs) else "",
        manifest=f"{folder}/{MANIFEST_NAME}" if folder else "",
        rows=results.rows if results else None,
        columns=results.columns if results else None,
        error=told_failure(manifest.error) if manifest.error else "",
        figures=len(PORTS["figure"].records(manifest.outputs)),
        picture=picture,
    )


def _seconds(manifest: Manifest) -> float | None:
    try:
        started, ended = datetime.fromisoformat(manifest.started), datetime.fromisoformat(manifest.ended or "")
        return max(0.0, (ended - started).total_seconds())
    except (ValueError, TypeError):
        return None
