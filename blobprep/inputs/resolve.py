"""Everything a run reads, resolved: each blob is pinned to the ETag it has now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Final, Literal

from blobprep.errors import (
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    InvalidOption,
    LimitError,
    ScriptError,
)
from blobprep.formats import FormatEvidence, code_in_notebook, document_in, format_named, read_options
from blobprep.inputs.blob_ranges import ranges_asked
from blobprep.inputs.bundle_zip import pack_folder
from blobprep.inputs.match import check_asked_format, detect_format, find_blobs
from blobprep.inputs.partitions import decide_columns, parts_of_name
from blobprep.inputs.sources import (
    BlobPattern,
    Bundle,
    Dataset,
    FunctionScript,
    GivenTable,
    PinnedBlobs,
    ReadBundle,
    Script,
    SourceScript,
)
from blobprep.inputs.spool import InputSpool
from blobprep.protocol import AskedDataset, AskedPart, Translation
from blobprep.stores import BlobProperties
from blobprep.stores.cancellation import ThisThread, thread_pool
from blobprep.stores.folder_markers import require_data
from blobprep.stores.location import BlobLocation, PinnedBlob, blob_changed
from blobprep.unnamed_files import no_room

__all__ = [
    "ResolvedDataset",
    "ResolvedInput",
    "ResolvedInputs",
    "ResolvedScript",
    "place_end_to_end",
    "read_script",
    "resolve",
    "resolve_dataset",
]

MAX_SCRIPT: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ResolvedInput:
    """An input about to be fetched.

    Attributes:
        port: `dataset1`, `dataset2` or `bundle`.
        printed: its reference.
        blobs: the blobs it is read from, end to end in the file; empty if the caller passed it.
        bytes: the file it arrives in; complete already if the caller passed it.
        checksums: SHA-256 of its blobs, if they were read before and are there.
        on_demand: whether only what the child asks for is fetched.
    """

    port: str
    printed: str
    blobs: tuple[PinnedBlob, ...]
    bytes: InputSpool = field(repr=False)
    checksums: tuple[str, ...] = ()
    on_demand: bool = False

    @property
    def is_there(self) -> bool:
        """Return whether nothing is to be fetched."""
        return not self.blobs or bool(self.checksums)

    @property
    def size(self) -> int:
        """Return the size in bytes."""
        return self.bytes.size


@dataclass(frozen=True, slots=True)
class ResolvedScript:
    """The script's bytes: it is small, is recorded in full, and tracebacks need its source."""

    printed: str
    kind: Literal["source", "function"]
    data: bytes = field(repr=False)
    source: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what is recorded as `script.py`."""
        return hashlib.sha256(self.source).hexdigest()


@dataclass(frozen=True, slots=True)
class ResolvedDataset:
    """A pinned dataset: as it is fetched, as the child is asked for it, and the changes made while encoding it."""

    input: ResolvedInput
    asked: AskedDataset
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedInputs:
    """Everything a run reads, pinned.

    Attributes:
        script: the script.
        asked: the datasets as the child is asked for them, in the order of their ports.
        inputs: the inputs by port, in the order they are fetched.
        translations: the changes made while encoding tables that the caller passed.
    """

    script: ResolvedScript
    asked: tuple[AskedDataset, ...]
    inputs: Mapping[str, ResolvedInput]
    translations: tuple[Translation, ...] = ()

    def close(self) -> None:
        """Close the input files."""
        for item in self.inputs.values():
            item.bytes.close()


def resolve(
    script: Script, datasets: Mapping[str, Dataset], bundle: Bundle | ReadBundle | None, *, lossless: bool = False
) -> ResolvedInputs:
    """Look up everything a run reads, in parallel, and open a file for each input.

    Args:
        script: the user's code, which is read here.
        datasets: the connected datasets by the name of their port, in order.
        bundle: the script bundle, if one is connected.
        lossless: refuse tables passed by the caller whose translation loses something.

    Raises:
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer.
        InvalidOption: the format does not have a given option.
        BundleError, DatasetError, ScriptError: an input cannot be used.
        LimitError: there is no room, or a pattern matches too many blobs.
    """
    asks = _looks_up(script, datasets.values(), bundle)
    with thread_pool(4, "blobprep-resolve") if asks else ThisThread() as pool:
        read = pool.submit(_read_script, script)
        bundled = [pool.submit(_resolve_bundle, bundle)] if bundle is not None else []
        opened = [pool.submit(resolve_dataset, port, dataset) for port, dataset in datasets.items()]
    try:
        resolved_script = read.result()
        # The bundle comes first: it is unpacked while the datasets arrive.
        inputs = {item.port: item for item in (future.result() for future in bundled)}
        found = [future.result() for future in opened]
        changes = tuple(change for dataset in found for change in dataset.translations)
        _require_columns(datasets, found)
        if lossless and changes:
            from blobprep.inputs.in_memory import require_lossless

            require_lossless(changes)
    except BaseException:
        _close_opened(bundled, opened)
        raise
    inputs |= {dataset.input.port: dataset.input for dataset in found}
    return ResolvedInputs(resolved_script, tuple(dataset.asked for dataset in found), inputs, changes)


def _require_columns(datasets: Mapping[str, Dataset], found: Sequence[ResolvedDataset]) -> None:
    """Refuse the option `partition_columns` if it adds none.

    Raises:
        InvalidOption: it adds none to any dataset.
    """
    sources = [dataset.source for dataset in datasets.values() if dataset.partitioned]
    if any(dataset.asked.partition_columns for dataset in found) or any(
        isinstance(source, PinnedBlobs) for source in sources
    ):
        return
    if sources:
        raise InvalidOption(
            "--partition-columns adds no column: the names of the blobs have no folders like year=2024",
            remedy="name parts of the pattern, as in az://raw/{region}/*.csv, or leave it out",
        )


def _looks_up(script: Script, datasets: Iterable[Dataset], bundle: Bundle | ReadBundle | None) -> bool:
    """Return whether anything is to be asked of a store; an item of a batch was looked up before."""
    is_read = not isinstance(script, SourceScript) or script.data is not None
    is_pinned = all(isinstance(dataset.source, (PinnedBlobs, GivenTable)) for dataset in datasets)
    return not (is_read and is_pinned and not isinstance(bundle, BlobLocation))


def _close_opened(bundled: list[Future[ResolvedInput]], opened: list[Future[ResolvedDataset]]) -> None:
    """Close the files that were opened before something else failed."""
    inputs = [future.result() for future in bundled if future.exception() is None]
    inputs += [future.result().input for future in opened if future.exception() is None]
    for item in inputs:
        item.bytes.close()


def resolve_dataset(port: str, dataset: Dataset) -> ResolvedDataset:
    """Look up one dataset and open a file for it; raises as `resolve`."""
    source = dataset.source
    if isinstance(source, GivenTable):
        options = read_options(format_named("arrow"), dataset.options)
        from blobprep.inputs.in_memory import encode_table

        given, changes = encode_table(port, source.table)
        opened = ResolvedInput(port, "a table passed by the caller", (), given)
        return ResolvedDataset(opened, AskedDataset(port, opened.printed, opened.size, "arrow", options), changes)
    found = _find(port, source)
    name, options, how = _format_and_options(port, dataset, found)
    ranges = ranges_asked(found, dataset.options)
    blobs = place_end_to_end(ranges or found)
    columns = _partition_columns(dataset, found)
    some = bool(dataset.options.get("row_groups"))
    if isinstance(source, PinnedBlobs) and source.bytes is not None and not (ranges or some):
        opened = ResolvedInput(port, source.printed, blobs, source.bytes.share(), source.checksums)
    else:
        opened = ResolvedInput(
            port, source.printed, blobs, _room_for(port, source.printed, blobs[-1].end), on_demand=some
        )
    parts = tuple(AskedPart(blob.location.printed, blob.offset, blob.length) for blob in blobs)
    whole = isinstance(source, BlobLocation) or bool(ranges)
    asked = AskedDataset(port, opened.printed, opened.size, name, options, how, () if whole else parts, columns)
    return ResolvedDataset(opened, asked)


def _find(port: str, source: BlobLocation | BlobPattern | PinnedBlobs) -> Sequence[PinnedBlob]:
    match source:
        case BlobPattern():
            return find_blobs(port, source)
        case PinnedBlobs():
            return source.blobs
        case BlobLocation():
            return [_pin(port, source)]


def _partition_columns(dataset: Dataset, found: Sequence[PinnedBlob]) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Return the columns that the names of a dataset's blobs give, where that is asked for.

    Raises:
        DatasetError: not all names have the same.
    """
    source = dataset.source
    if isinstance(source, PinnedBlobs):
        return source.partition_columns
    if not dataset.partitioned:
        return {}
    pattern = source.parts if isinstance(source, BlobPattern) else None
    parts_of = pattern.matcher() if pattern is not None else lambda name: {}
    return decide_columns(
        [
            (blob.location.printed, parts_of_name(blob.location.blob, parts_of(blob.location.blob) or {}))
            for blob in found
        ]
    )


def place_end_to_end(found: Sequence[PinnedBlob]) -> tuple[PinnedBlob, ...]:
    """Return blobs with offsets at which they lie end to end, in their order."""
    offsets = accumulate((blob.length for blob in found), initial=0)
    return tuple(replace(blob, offset=offset) for blob, offset in zip(found, offsets, strict=False))


def _format_and_options(
    port: str, dataset: Dataset, found: Sequence[PinnedBlob]
) -> tuple[str, dict[str, str], FormatEvidence]:
    """Return format, options and evidence; if only the first bytes show the format, the child completes the options."""
    asked = format_named(dataset.format) if dataset.format else None
    row, how = (asked, check_asked_format(asked, found)) if asked else detect_format(port, found)
    if row is None:
        return "", {key: str(value) for key, value in dataset.options.items()}, how
    return row.name, read_options(row, dataset.options), how


def _read_script(script: Script) -> ResolvedScript:
    if isinstance(script, FunctionScript):
        return ResolvedScript(script.name, "function", script.pickled, script.source.encode())
    location = script.location
    data = read_script(location) if script.data is None else script.data
    if code := code_in_notebook(data):
        return ResolvedScript(location.printed, "source", code, code)
    if document := document_in(data, location.printed):
        raise ScriptError(f"the script {location.printed} is {document.kind}, not Python", remedy=document.remedy)
    if b"\0" in data:
        raise ScriptError(
            f"the script {location.printed} is not text", remedy="name the Python script as the first argument of run"
        )
    return ResolvedScript(location.printed, "source", data, data)


def read_script(location: BlobLocation) -> bytes:
    """Read the bytes of a script as they are; raises as `resolve`."""
    properties = _look_at(location, "script")
    if properties.size > MAX_SCRIPT:
        raise LimitError(
            f"the script {location.printed} has {properties.size} bytes, but at most {MAX_SCRIPT} are allowed",
            remedy="check that it is the right file; put data into a dataset or the bundle",
        )
    try:
        return location.read(if_match=properties.etag)
    except (ConditionNotMet, BlobNotFound) as error:
        raise blob_changed(location, properties.etag) from error


def _look_at(location: BlobLocation, what: str) -> BlobProperties:
    try:
        return require_data(location)
    except (BlobNotFound, ContainerNotFound) as error:
        error.message = f"{what} {location.printed}: {error.message}"
        raise


def _resolve_bundle(bundle: Bundle | ReadBundle) -> ResolvedInput:
    if isinstance(bundle, BlobLocation):
        blobs = place_end_to_end([_pin("bundle", bundle)])
        return ResolvedInput("bundle", bundle.printed, blobs, _room_for("bundle", bundle.printed, blobs[-1].end))
    if isinstance(bundle, ReadBundle):
        printed = bundle.blob.location.printed
        return ResolvedInput("bundle", printed, (bundle.blob,), bundle.bytes.share(), (bundle.sha256,))
    return ResolvedInput("bundle", str(bundle.path), (), pack_folder(bundle.path))


def _pin(port: str, location: BlobLocation) -> PinnedBlob:
    return PinnedBlob(location, _look_at(location, port))


def _room_for(port: str, printed: str, size: int) -> InputSpool:
    try:
        return InputSpool(port, size)
    except OSError as error:
        raise no_room(printed, size, error) from error
