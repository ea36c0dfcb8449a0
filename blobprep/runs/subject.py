"""What `show` is given, found: a dataset, a run or a batch that has ended or goes on, or a prefix of many runs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from blobprep.errors import BlobNotFound, InputError, InvalidOption, InvalidReference, StoreError
from blobprep.inputs.sources import Dataset
from blobprep.manifest import BATCH_NAME, MANIFEST_NAME, Manifest
from blobprep.outputs.ports import PORTS
from blobprep.reference import has_wildcard
from blobprep.runs.result import Run
from blobprep.stores.folder_markers import require_data
from blobprep.stores.location import BlobLocation

if TYPE_CHECKING:
    from blobprep.settings import Workspace

__all__ = ["BatchSubject", "DatasetSubject", "PastRun", "PrefixSubject", "Subject", "find_subject", "read_manifest"]

_MOST: Final = 64 * 1024 * 1024
"""Bytes that a manifest may have."""
_PAGE: Final = PORTS["report"].blob
_BATCH_SCHEMA: Final = "blobprep/batch/"


@dataclass(frozen=True, slots=True)
class DatasetSubject:
    """A table: a blob, all that match wildcards, or one passed by the caller."""

    dataset: Dataset
    printed: str


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run, as its manifest tells it.

    Attributes:
        manifest: its record.
        prefix: below which its outputs are.
        log: of the run, if it was read.
        blobs: where outputs are, by name, if that is known better than from the manifest.
    """

    manifest: Manifest
    prefix: BlobLocation
    log: str | None = field(default=None, repr=False)
    blobs: Mapping[str, BlobLocation] = field(default_factory=dict, repr=False)

    @property
    def printed(self) -> str:
        """Return the prefix as it is shown."""
        return self.prefix.printed


@dataclass(frozen=True, slots=True)
class PrefixSubject:
    """A prefix below which there may be many runs."""

    prefix: BlobLocation

    @property
    def printed(self) -> str:
        """Return the prefix as it is shown."""
        return self.prefix.printed


@dataclass(frozen=True, slots=True)
class BatchSubject:
    """A batch, by the prefix of its record."""

    prefix: BlobLocation

    @property
    def printed(self) -> str:
        """Return the prefix as it is shown."""
        return self.prefix.printed


Subject = DatasetSubject | PastRun | BatchSubject | PrefixSubject


def find_subject(what: object, read: Mapping[str, str] | None, workspace: Workspace) -> Subject:
    """Find what a value stands for.

    A prefix with a manifest is a run, and so are the manifest and the page of it; one with the record of a batch is
    that batch, likewise. A prefix without either is looked through for runs. Everything else is a dataset.

    Args:
        what: a `Run`, a table or frame, a located blob, or a reference, name or path.
        read: options for reading it, where it is a dataset.
        workspace: the settings in force.

    Raises:
        InvalidReference, SettingError, ProtocolForbidden: as `Workspace.locate`.
        InvalidOption: the value is nothing that can be shown.
        BlobNotFound, ContainerNotFound: there is nothing of that name.
        InputError: what should be a manifest is not.
    """
    if isinstance(what, Run):
        return PastRun(what.manifest, what.output, what.log, what.blobs)
    if what is None or (isinstance(what, str) and not what):
        raise InvalidOption("nothing is given to show", remedy="give a reference, a path, a run, or a table")
    if not isinstance(what, (str, os.PathLike)):
        return _dataset(what, read, workspace)
    meant = workspace.meaning(os.fspath(what)).reference
    if meant is not None and has_wildcard(meant):
        return _dataset(what, read, workspace)
    location = workspace.locate(what)
    if location.is_prefix:
        return _below(location)
    return _record_of(location) or _dataset_or_run(what, location, read, workspace)


def read_manifest(location: BlobLocation) -> Manifest:
    """Read a manifest.

    Raises:
        InputError: it is not one, or too large to be one.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the store answers.
    """
    properties = require_data(location)
    if properties.size > _MOST:
        raise InputError(f"{location.printed} has {properties.size} bytes: it is not a manifest of blobprep")
    data = location.read(if_match=properties.etag)
    try:
        return Manifest.decode(data)
    except ValueError as error:
        raise InputError(
            f"{location.printed} cannot be read: {error}", remedy="name a run's output prefix, or one of its tables"
        ) from error


def _dataset(what: object, read: Mapping[str, str] | None, workspace: Workspace) -> DatasetSubject:
    dataset = workspace.dataset(what, read)
    assert dataset is not None
    return DatasetSubject(dataset, getattr(dataset.source, "printed", "a table passed by the caller"))


def _dataset_or_run(
    what: str | os.PathLike[str], location: BlobLocation, read: Mapping[str, str] | None, workspace: Workspace
) -> Subject:
    """Return a dataset; where there is no such blob, but a run below this name, that run."""
    if not location.container:  # of a path it is known what is there
        return _dataset(what, read, workspace)
    try:
        require_data(location)
    except BlobNotFound:
        if location.version_id or location.snapshot:
            raise
        found = _manifest_below(location.folder)
        if found is None:
            raise
        return found
    return _dataset(what, read, workspace)


def _record_of(location: BlobLocation) -> PastRun | BatchSubject | None:
    """Return the run or the batch that a blob is the record or the page of; None where it is neither."""
    folder, _, name = location.blob.rpartition("/")
    if name not in (MANIFEST_NAME, BATCH_NAME, _PAGE) or location.version_id or location.snapshot:
        return None
    prefix = _parent(location, folder, name)
    if name == BATCH_NAME:
        return _batch_below(prefix)
    if name == _PAGE:
        found = _manifest_below(prefix) or _batch_below(prefix)
        if found is None:
            raise InvalidReference(
                f"{location.printed} is a page, and no run or batch is beside it",
                remedy="open it in a browser, or name a table",
            )
        return found
    try:
        return PastRun(read_manifest(location), prefix)
    except InputError:  # a table may have that name too
        return None


def _parent(location: BlobLocation, folder: str, name: str) -> BlobLocation:
    printed = location.printed[: -len(name)]
    return replace(location, blob=f"{folder}/" if folder else "", printed=printed or f".{os.sep}", exact=False)


def _manifest_below(prefix: BlobLocation) -> PastRun | None:
    try:
        return PastRun(read_manifest(prefix.child(PORTS["manifest"].blob)), prefix)
    except BlobNotFound:
        return None


def _batch_below(prefix: BlobLocation) -> BatchSubject | None:
    """Return the batch whose record is at a prefix; None where there is none, or a blob that only has that name."""
    place = prefix.child(BATCH_NAME)
    try:
        size = place.properties().size
        values = json.loads(place.read()) if size <= _MOST else None
    except (BlobNotFound, ValueError):
        return None
    is_batch = isinstance(values, dict) and str(values.get("schema", "")).startswith(_BATCH_SCHEMA)
    return BatchSubject(prefix) if is_batch else None


def _below(prefix: BlobLocation) -> Subject:
    if not prefix.container and not Path(prefix.printed).is_dir():
        raise BlobNotFound(f"there is no folder {prefix.printed}", remedy="check its name")
    try:
        return _manifest_below(prefix) or _batch_below(prefix) or PrefixSubject(prefix)
    except InputError as error:
        if isinstance(error, StoreError):
            raise
        return PrefixSubject(prefix)  # a folder of tables may have a blob of that name
