"""`--combine`: one dataset from the results of all items, in their order.

A child reads the results, some at a time, and writes the dataset; this process moves bytes. While the child works on
some results, the next ones are fetched. Nothing here, and nothing in the child, grows with the number of items, but for
the files of a partitioned dataset, which are in its record.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from blobprep.batches.combination.inputs import CombinedInputs, Folder, require_parts_of
from blobprep.batches.combination.record import CombinedOutput, CombinedRecord
from blobprep.batches.combination.target import CombinedTarget
from blobprep.batches.items import InputBlob, Item
from blobprep.batches.options import BatchOptions
from blobprep.batches.records import ItemRecord
from blobprep.batches.worker.pins import pin_blobs
from blobprep.errors import InvalidOption
from blobprep.formats import (
    Format,
    content_type_of,
    extension_of,
    format_by_name,
    format_named,
    read_options,
    write_options,
)
from blobprep.inputs.fetch import Fetch
from blobprep.inputs.resolve import ResolvedDataset, resolve_dataset
from blobprep.inputs.sources import Dataset
from blobprep.outputs.staging import StreamUpload
from blobprep.protocol import AskedResults, ChildRequest, Facts, Translation
from blobprep.protocol.combinations import APPENDABLE, DELIMITED, READABLE, AskedCombination, Step
from blobprep.runs.dataset_profile import dataset_failure
from blobprep.runs.inquiry import Inquiry
from blobprep.runs.limits import limits_of
from blobprep.settings.workspace import Workspace
from blobprep.stores.location import BlobLocation

__all__ = ["CombineOptions", "combine", "require_combinable"]

_PORT: Final = "dataset1"
_BYTES: Final = 16 * 1024 * 1024  # of results that are fetched together, unless one has more
_BLOBS: Final = 256
_FOOTER: Final = 64 * 1024  # bytes: what is asked for at a time where only types are read
_DEFAULT: Final = "parquet"
_ALSO_READ: Final = ("delimiter", "header")  # options for writing delimited text that must be known to read it

_Prepared = tuple[ResolvedDataset, Fetch, int]
"""Results as a dataset, their transfer, and how many they are."""


@dataclass(frozen=True, slots=True)
class CombineOptions:
    """How results are combined.

    Attributes:
        target: a blob, or a prefix where `by` is given.
        by: parts that name the folders of a partitioned dataset, in order.
        format: of the files; empty for that of the target's name, or Parquet.
        write: options for writing them.
        read: options that the results were written with, such as their delimiter.
        lossless: refuse to combine if a value would change.
        overwrite: replace what is at the target, whoever wrote it.
        create_container: create the target's container if there is none.
    """

    target: str
    by: tuple[str, ...] = ()
    format: str = ""
    write: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, str] = field(default_factory=dict)
    lossless: bool = False
    overwrite: bool = False
    create_container: bool = False

    @classmethod
    def of(cls, options: BatchOptions) -> CombineOptions:
        """Return how a batch wants its results combined, which has a target for that.

        Options for writing results hold for the combined dataset, too, if it is in the same format; its compression
        is the one that its name shows.
        """
        assert options.combine is not None
        run, by = options.run, options.combine_by
        named = None if by else format_by_name(options.combine).format
        same = run.format == (named.name if named is not None else _DEFAULT)
        return cls(
            options.combine,
            by,
            write={name: text for name, text in run.write.items() if same and name != "compression"},
            read={name: text for name, text in run.write.items() if name in _ALSO_READ},
            lossless=run.lossless,
            overwrite=run.overwrite,
            create_container=run.create_container,
        )


def combine(
    records: Iterable[ItemRecord],
    options: CombineOptions,
    workspace: Workspace,
    record: BlobLocation,
    *,
    progress: Callable[[int, int], None] = lambda done, items: None,
) -> tuple[CombinedRecord, bool]:
    """Combine the results of items into one dataset, unless that was done and nothing has changed since.

    Args:
        records: of all items, in the order of their keys.
        options: how.
        workspace: opens accounts; isolation and limits are those of a script, but for time.
        record: the prefix of the batch's own record, which gets `combined.json`.
        progress: called with the number of results that were read, and of all.

    Returns:
        The record, and whether anything was written.

    Raises:
        OutputError: an item has no results, or the dataset cannot be written.
        OutputExists: another dataset is at the target.
        InvalidOption: the target, its format, or a part does not fit.
        DatasetError: results do not have the same columns, have no common types, or would lose something although
            that is forbidden.
        BlobChanged, StoreError, LimitError: results cannot be read.
        IsolationUnavailable: the settings' level of isolation is not available.
    """
    with CombinedInputs(options.by) as inputs:
        inputs.add_all(records)
        wanted = _wanted(inputs, options)
        target = CombinedTarget(workspace, record, wanted, overwrite=options.overwrite)
        if target.is_current():
            return target.earlier, False
        target.claim(create_container=options.create_container)
        done = _Combiner(workspace, options, wanted, inputs, progress).write(target)
        return target.finish(done), True


def require_combinable(options: CombineOptions, results: str, first: Item) -> None:
    """Refuse, before anything runs, what could not be combined in the end.

    Args:
        options: how results are combined.
        results: their format.
        first: the first item of the batch; others have the same parts, but for those of folders.

    Raises:
        InvalidOption: a format does not allow it, or the item lacks a part.
    """
    _require_readable(format_named(results))
    _format_of_files(options)
    require_parts_of(options.by, first.key, first.parts)


def _wanted(inputs: CombinedInputs, options: CombineOptions) -> CombinedRecord:
    """Return the record of what is to be done.

    Raises:
        InvalidOption: there is nothing to combine, or a format does not allow it.
    """
    source = inputs.hints.format
    if source is None:
        raise InvalidOption("no item has results that could be combined", remedy="let the script return a table")
    _require_readable(source)
    row, write = _format_of_files(options)
    return CombinedRecord(
        "running", options.target, options.by, row.name, write, inputs.digest, inputs.items, inputs.without_results
    )


def _require_readable(source: Format) -> None:
    if source.name not in READABLE:
        raise InvalidOption(
            f"results in {source.name} cannot be combined", remedy=f"use --format with one of {', '.join(READABLE)}"
        )


def _format_of_files(options: CombineOptions) -> tuple[Format, Mapping[str, str]]:
    """Return the format of the files, and the options for writing them."""
    named = format_by_name(options.target) if not options.by else None
    shown = named.format.name if named is not None and named.format is not None else _DEFAULT
    row = format_named(options.format or shown)
    if row.name not in APPENDABLE:
        raise InvalidOption(
            f"a combined dataset cannot be written in {row.name}",
            remedy=f"name a blob in one of {', '.join(APPENDABLE)}, such as all.parquet",
        )
    compression = {"compression": named.compression} if named is not None and named.compression else {}
    return row, write_options(row, {**compression, **options.write})


class _Combiner:
    """Combines the results of one batch, with one child."""

    def __init__(
        self,
        workspace: Workspace,
        options: CombineOptions,
        wanted: CombinedRecord,
        inputs: CombinedInputs,
        progress: Callable[[int, int], None],
    ) -> None:
        self._workspace, self._options, self._wanted = workspace, options, wanted
        self._inputs, self._progress = inputs, progress
        self._count = 0
        assert inputs.hints.format is not None
        self._source = inputs.hints.format.name
        given = {"compression": inputs.hints.compression or "none", **options.read}
        if self._source in DELIMITED:
            given |= {"missing": ""}  # no other cell than the empty one was written for a missing value
        self._read = read_options(inputs.hints.format, given)
        self._as_text = self._source in DELIMITED and wanted.format in DELIMITED
        self._inquiry = Inquiry("combine", workspace, limits_of(workspace, {"timeout": None, "cpu": None}))

    def write(self, target: CombinedTarget) -> CombinedRecord:
        """Write all files; return the record with them."""
        row = format_named(self._wanted.format)
        name = f"part-00000{extension_of(row, self._wanted.write)}" if self._wanted.by else ""
        outputs: list[CombinedOutput] = []
        ledger: tuple[Translation, ...] = ()
        with self._inquiry:
            self._look_at_types()
            for folder in self._inputs.folders():
                output, ledger = self._write_file(folder, target, target.place(folder.name + name))
                outputs.append(output)
        return replace(self._wanted, status="done", outputs=tuple(outputs), translations=tuple(map(asdict, ledger)))

    def _look_at_types(self) -> None:
        needs_all = self._source in DELIMITED and not self._as_text
        with closing(self._prepared(None, on_demand=0 if needs_all else _FOOTER)) as prepared:
            for dataset, fetch, _ in prepared:
                self._ask("types", dataset, fetch)

    def _write_file(
        self, folder: Folder, target: CombinedTarget, place: BlobLocation
    ) -> tuple[CombinedOutput, tuple[Translation, ...]]:
        condition = target.condition_of(place)
        reading, writing = os.pipe()
        upload = StreamUpload(reading, place, lambda: None)  # a child that cannot write any more says so
        try:
            try:
                results = AskedResults(self._wanted.format, dict(self._wanted.write))
                request = ChildRequest("combine", results=results)
                self._ask("open", None, None, request, left_out=folder.parts, descriptors={"results": writing})
            finally:
                os.close(writing)
            with closing(self._prepared(folder.name)) as prepared:
                for dataset, fetch, count in prepared:
                    self._ask("rows", dataset, fetch)
                    self._count += count
                    self._progress(self._count, self._inputs.items)
            facts = self._ask("close")
            upload.finish()
            etag = target.publish(upload, place, _content_type(self._wanted), condition)
        except BaseException:
            self._inquiry.__exit__()  # then the stream ends
            upload.abandon()
            if isinstance(upload.error, Exception):
                upload.finish()  # what stopped it is why the child failed
            raise
        counted = facts.outputs["results"]
        output = CombinedOutput(
            folder.name, place.printed, etag, upload.size, upload.sha256, counted.rows, counted.columns, folder.items
        )
        return output, facts.translations

    def _ask(
        self,
        step: Step,
        dataset: ResolvedDataset | None = None,
        fetch: Fetch | None = None,
        request: ChildRequest | None = None,
        *,
        left_out: Mapping[str, str] | None = None,
        descriptors: Mapping[str, int] | None = None,
    ) -> Facts:
        asked = AskedCombination(step, tuple((left_out or {}).items()), self._as_text)
        answer = self._inquiry.ask(
            replace(request or ChildRequest("combine"), combination=asked, lossless=self._options.lossless),
            [] if dataset is None else [dataset],
            descriptors=descriptors,
            last=False,
            begun=fetch,
        )
        if answer.verdict.raises is not None:
            raise answer.verdict.raises
        if answer.verdict.error is not None:
            raise dataset_failure("the results cannot be combined", answer.verdict.error, answer.verdict.remedy)
        return answer.facts

    def _prepared(self, folder: str | None, on_demand: int = 0) -> Generator[_Prepared, None, None]:
        """Yield results as datasets that are being fetched, one ahead of the one that was asked for last."""
        limit = None if on_demand else _BYTES
        with closing(_Ahead()) as ahead:
            for chunk in _chunks(self._inputs.blobs(folder), limit):
                resolved = resolve_dataset(_PORT, Dataset(pin_blobs(self._workspace, chunk), self._source, self._read))
                fetch = Fetch([resolved.input], range_size=on_demand or None, on_demand=bool(on_demand))
                fetch.begin()
                yield from ahead.exchange((resolved, fetch, len(chunk)))
            yield from ahead.exchange(None)


class _Ahead:
    """One transfer that has begun, ahead of the one that is used."""

    def __init__(self) -> None:
        self._waiting: _Prepared | None = None

    def exchange(self, following: _Prepared | None) -> Generator[_Prepared, None, None]:
        """Yield the one that waits, if any, while another one takes its place."""
        present, self._waiting = self._waiting, following
        if present is None:
            return
        try:
            yield present
        finally:
            _close(present)

    def close(self) -> None:
        """Stop what has begun."""
        if self._waiting is not None:
            _close(self._waiting)


def _close(prepared: _Prepared) -> None:
    resolved, fetch, _ = prepared
    fetch.close()
    resolved.input.bytes.close()


def _chunks(blobs: Iterable[InputBlob], limit: int | None) -> Iterator[Sequence[InputBlob]]:
    chunk: list[InputBlob] = []
    size = 0
    for blob in blobs:
        if chunk and (len(chunk) == _BLOBS or (limit is not None and size + blob.size > limit)):
            yield chunk
            chunk, size = [], 0
        chunk.append(blob)
        size += blob.size
    if chunk:
        yield chunk


def _content_type(wanted: CombinedRecord) -> str:
    return content_type_of(format_named(wanted.format), wanted.write)
