"""Resolve: from what is connected to what will be fetched, each blob pinned to the ETag it has now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, Literal

from blobprep.errors import (
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    LimitError,
    ScriptError,
)
from blobprep.formats import FormatEvidence, document_in, format_named, read_options
from blobprep.inputs.bundle_zip import pack_folder
from blobprep.inputs.match import check_asked_format, detect_format, find_blobs
from blobprep.inputs.sources import BlobPattern, Bundle, Dataset, FunctionScript, GivenTable, Script
from blobprep.inputs.spool import InputSpool, no_room
from blobprep.protocol import AskedDataset, AskedPart, Translation
from blobprep.stores import BlobProperties
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.folder_markers import require_data
from blobprep.stores.location import BlobLocation, PinnedBlob, blob_changed

__all__ = [
    "ResolvedDataset",
    "ResolvedInput",
    "ResolvedInputs",
    "ResolvedScript",
    "place_end_to_end",
    "resolve",
    "resolve_dataset",
]

MAX_SCRIPT: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ResolvedInput:
    """Describe an input about to be fetched.

    Attributes:
        port: `dataset1`, `dataset2` or `bundle`.
        printed: its reference.
        blobs: what it is read from, end to end in the file; none where the caller gave it.
        bytes: the file it arrives in; whole already where the caller gave it.
    """

    port: str
    printed: str
    blobs: tuple[PinnedBlob, ...]
    bytes: InputSpool = field(repr=False)

    @property
    def size(self) -> int:
        """Return its bytes."""
        return self.bytes.size


@dataclass(frozen=True, slots=True)
class ResolvedScript:
    """Hold the script's bytes: it is small, is recorded whole, and its source is needed for tracebacks."""

    printed: str
    kind: Literal["source", "function"]
    data: bytes = field(repr=False)
    source: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Return the checksum of what is recorded as `script.py`."""
        return hashlib.sha256(self.source).hexdigest()


@dataclass(frozen=True, slots=True)
class ResolvedDataset:
    """Hold a dataset, pinned: as it is fetched, as the child is told of it, and changes made while encoding it."""

    input: ResolvedInput
    asked: AskedDataset
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedInputs:
    """Hold everything a run reads, pinned.

    Attributes:
        asked: the dataset ports as the child is told of them, in order.
        inputs: by port, in the order they are fetched.
        translations: changes made while tables the caller gave were encoded.
    """

    script: ResolvedScript
    asked: tuple[AskedDataset, ...]
    inputs: Mapping[str, ResolvedInput]
    translations: tuple[Translation, ...] = ()

    def close(self) -> None:
        """Close the input files."""
        for each in self.inputs.values():
            each.bytes.close()


def resolve(
    script: Script, datasets: Mapping[str, Dataset], bundle: Bundle | None, *, lossless: bool = False
) -> ResolvedInputs:
    """Look at everything a run reads, in parallel, and open a file for each input.

    Args:
        script: the user's code; it is read here.
        datasets: the connected dataset ports by name, in order.
        bundle: what is connected to port Script Bundle.
        lossless: refuse tables the caller gave whose translation loses something.

    Raises:
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer.
        InvalidOption: an option is not one of the format.
        BundleError, DatasetError, ScriptError: what is connected cannot be used.
        LimitError: there is no room, or a pattern matches too many blobs.
    """
    with thread_pool(4, "blobprep-resolve") as pool:
        read = pool.submit(_read_script, script)
        bundled = [pool.submit(_resolve_bundle, bundle)] if bundle is not None else []
        opened = [pool.submit(resolve_dataset, port, dataset) for port, dataset in datasets.items()]
    try:
        resolved_script = read.result()
        # The bundle first: it is unpacked while the datasets arrive.
        inputs = {each.port: each for each in (future.result() for future in bundled)}
        found = [each.result() for each in opened]
        changes = tuple(change for each in found for change in each.translations)
        if lossless and changes:
            from blobprep.inputs.in_memory import require_lossless

            require_lossless(changes)
    except BaseException:
        _close_opened(bundled, opened)
        raise
    inputs |= {each.input.port: each.input for each in found}
    return ResolvedInputs(resolved_script, tuple(each.asked for each in found), inputs, changes)


def _close_opened(bundled: list[Future[ResolvedInput]], opened: list[Future[ResolvedDataset]]) -> None:
    """Close what was opened although something else failed."""
    inputs = [each.result() for each in bundled if each.exception() is None]
    inputs += [each.result().input for each in opened if each.exception() is None]
    for each in inputs:
        each.bytes.close()


def resolve_dataset(port: str, dataset: Dataset) -> ResolvedDataset:
    """Look at one dataset and open a file for it; raises as `resolve`."""
    source = dataset.source
    if isinstance(source, GivenTable):
        options = read_options(format_named("arrow"), dataset.options)
        from blobprep.inputs.in_memory import encode_table

        given, changes = encode_table(port, source.table)
        opened = ResolvedInput(port, "a table the caller gave", (), given)
        return ResolvedDataset(opened, AskedDataset(port, opened.printed, opened.size, "arrow", options), changes)
    several = isinstance(source, BlobPattern)
    found = find_blobs(port, source) if isinstance(source, BlobPattern) else [_found(port, source)]
    name, options, how = _format_and_options(port, dataset, found)
    blobs = place_end_to_end(found)
    opened = ResolvedInput(port, source.printed, blobs, _room_for(port, source.printed, blobs[-1].end))
    parts = tuple(AskedPart(each.location.printed, each.offset, each.properties.size) for each in blobs)
    asked = AskedDataset(port, opened.printed, opened.size, name, options, how, parts if several else ())
    return ResolvedDataset(opened, asked)


def place_end_to_end(found: Sequence[PinnedBlob]) -> tuple[PinnedBlob, ...]:
    """Put blobs end to end, in their order."""
    ends = accumulate((each.properties.size for each in found), initial=0)
    return tuple(PinnedBlob(each.location, each.properties, offset) for each, offset in zip(found, ends, strict=False))


def _format_and_options(
    port: str, dataset: Dataset, found: Sequence[PinnedBlob]
) -> tuple[str, dict[str, str], FormatEvidence]:
    """Return format, options and what told the format; where only the first bytes tell, the child completes them."""
    asked = format_named(dataset.format) if dataset.format else None
    row, how = (asked, check_asked_format(asked, found)) if asked else detect_format(port, found)
    if row is None:
        return "", {key: str(value) for key, value in dataset.options.items()}, how
    return row.name, read_options(row, dataset.options), how


def _read_script(script: Script) -> ResolvedScript:
    if isinstance(script, FunctionScript):
        return ResolvedScript(script.name, "function", script.pickled, script.source.encode())
    location = script.location
    properties = _look_at(location, "script")
    if properties.size > MAX_SCRIPT:
        raise LimitError(
            f"the script {location.printed} has {properties.size} bytes; {MAX_SCRIPT} are allowed",
            remedy="is it the right file? Data belongs in a dataset or the bundle",
        )
    try:
        data = location.read(if_match=properties.etag)
    except (ConditionNotMet, BlobNotFound) as error:
        raise blob_changed(location, properties.etag) from error
    if document := document_in(data):
        raise ScriptError(f"the script {location.printed} is {document.kind}, and no Python", remedy=document.remedy)
    if b"\0" in data:
        raise ScriptError(
            f"the script {location.printed} is no text", remedy="the first argument of run is the Python script"
        )
    return ResolvedScript(location.printed, "source", data, data)


def _look_at(location: BlobLocation, what: str) -> BlobProperties:
    try:
        return require_data(location)
    except (BlobNotFound, ContainerNotFound) as error:
        error.message = f"{what} {location.printed}: {error.message}"
        raise


def _resolve_bundle(bundle: Bundle) -> ResolvedInput:
    if isinstance(bundle, BlobLocation):
        blobs = place_end_to_end([_found("bundle", bundle)])
        return ResolvedInput("bundle", bundle.printed, blobs, _room_for("bundle", bundle.printed, blobs[-1].end))
    return ResolvedInput("bundle", str(bundle.path), (), pack_folder(bundle.path))


def _found(port: str, location: BlobLocation) -> PinnedBlob:
    return PinnedBlob(location, _look_at(location, port))


def _room_for(port: str, printed: str, size: int) -> InputSpool:
    try:
        return InputSpool(port, size)
    except OSError as error:
        raise no_room(printed, size, error) from error
