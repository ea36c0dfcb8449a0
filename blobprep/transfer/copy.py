"""`cp`: copies of blobs and local files, in any direction.

The pool's threads only run `_Transfer.move`, which reads a range and writes it. All else, from `begin` to `finish` and
`abandon`, happens in the caller's thread: it bounds the ranges under way, counts what has arrived and publishes each
copy. `abandon` runs after the pool has joined its threads, so no range is written to an abandoned upload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

from blobprep.errors import BlobprepError
from blobprep.outputs.blob_write import output_errors
from blobprep.progress import Meter, Progress
from blobprep.settings import Workspace
from blobprep.stores import ANY, BLOCK_SIZE, Condition, IfAbsent, Upload, Write
from blobprep.stores.cancellation import thread_pool
from blobprep.stores.location import BlobLocation
from blobprep.transfer.copy_plan import Copy, exists_already, plan_copies, require_absent, require_names
from blobprep.transfer.ranges import Range, ranges_of, read_range, read_range_into

__all__ = ["CopyResult", "copy_all", "cp"]

_STREAMS: Final = 16
"""The number of parts that are moved at once: small blobs, each mostly a wait, gain by more than large ones."""

_MEMORY: Final = 4 * BLOCK_SIZE
"""Bytes that the parts under way may hold in memory."""


@dataclass(frozen=True, slots=True)
class CopyResult:
    """One finished copy: the references of source and target, its size in bytes, and the ETag of the target."""

    source: str
    target: str
    size: int
    etag: str


def cp(
    source: str,
    target: str,
    *,
    overwrite: bool = False,
    create_container: bool = False,
    workspace: Workspace | None = None,
    progress: Callable[[int, int], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> list[CopyResult]:
    """Copy a blob or a local file, or everything below a prefix or folder.

    Each copy appears complete or not at all, with the content type and metadata of its source. All names, and without
    `overwrite` all targets, are checked before the first copy is made. A blob that only marks a folder has no data and
    is not copied. The workspace's warnings report empty folders and, in a local folder, broken links, sockets and
    pipes.

    Args:
        source: a reference or path; if it ends with `/` or is a folder, everything below it is copied.
        target: a reference or path; if it ends with `/` or is a folder, the copy keeps its name below it.
        overwrite: replace existing targets.
        create_container: create the target's container if it is missing.
        workspace: the settings in force; None for those of the working folder and this process.
        progress: called with the bytes copied so far and the bytes in all.
        on_progress: called with a `Progress` as each stage begins, and a few times a second meanwhile; from a thread of
            its own.

    Returns:
        The copies, in the order of their names.

    Raises:
        UsageError: a reference or a setting is wrong.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer. If some of several blobs
            were copied before, the message says how many, and names the first that was not.
        BlobChanged: a source changed while it was read.
        OutputError: a target cannot have its name.
        OutputExists, OutputContainerMissing: the target exists, or its container does not.
    """
    known = workspace or Workspace()
    origin, goal = known.locate(source), known.locate(target, names=())
    with Meter(on_progress, moved=progress) as meter:
        meter.begin("list")
        plan = plan_copies(origin, goal)
        require_names(plan.copies)
        if create_container and goal.container:
            goal.store.create_container(goal.container)
        if not overwrite:
            require_absent(plan.copies)
        meter.begin("copy")
        copied = copy_all(plan.copies, ANY if overwrite else IfAbsent(), meter.advance)
    if plan.empty_folders:
        known.warnings.append(f"empty folders are not copied: {_summarize(plan.empty_folders)}")
    if plan.no_files:
        known.warnings.append(f"not copied because it is not a regular file: {_summarize(plan.no_files)}")
    return copied


def _summarize(names: Sequence[str]) -> str:
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


class _Transfer:
    """One copy under way."""

    def __init__(self, copy: Copy, condition: Condition) -> None:
        self._copy = copy
        self._condition = condition
        self._etag = ""
        self._upload: Upload | None = None
        self.parts = list(ranges_of(copy.properties.size)) or [Range(0, 0, 0)]
        self.moved = 0

    def begin(self) -> None:
        """Begin the upload if there is more than one part."""
        if len(self.parts) > 1:
            target = self._copy.target
            self._upload = target.store.upload(target.container, target.blob)

    def move(self, part: Range) -> int:
        """Copy one part, in a thread of the pool; return its size in bytes."""
        target = self._copy.target
        if self._upload is not None:
            self._receive(self._upload, part)
            return part.length
        data = read_range(self._copy.source, self._copy.properties, part)
        with _writing(target):
            self._etag = target.store.write(
                target.container,
                target.blob,
                data,
                content_type=self._copy.properties.content_type,
                metadata=self._metadata,
                condition=self._condition,
            )
        return len(data)

    def _receive(self, upload: Upload, part: Range) -> None:
        """Stage one part as it comes; an error of the source must not be taken for one of the target around it."""
        copy = self._copy

        def read(write: Write) -> None:
            def write_piece(piece: bytes | memoryview, at: int) -> None:
                with _writing(copy.target):
                    write(piece, at)

            try:
                read_range_into(write_piece, copy.source, copy.properties, part)
            except BlobprepError as error:
                raise _Unread(error) from None

        try:
            with _writing(copy.target):
                upload.receive(part.index, part.length, read)
        except _Unread as unread:
            raise unread.error from unread.error.__cause__

    def held(self, part: Range) -> int:
        """Return the bytes of memory that moving a part takes; a file takes each piece as it comes."""
        is_file = self._upload is not None and self._copy.target.store.protocol == "file"
        return 0 if is_file else part.length

    def finish(self) -> CopyResult:
        """Publish the copy once every part has been moved, and return it."""
        if self._upload is not None:
            with _writing(self._copy.target):
                self._etag = self._upload.commit(
                    len(self.parts),
                    content_type=self._copy.properties.content_type,
                    metadata=self._metadata,
                    condition=self._condition,
                )
        copy = self._copy
        return CopyResult(copy.source.printed, copy.target.printed, copy.properties.size, self._etag)

    def abandon(self) -> None:
        """Discard what was staged."""
        if self._upload is not None:
            self._upload.abandon()

    @property
    def is_written(self) -> bool:
        """Return whether the copy is published."""
        return bool(self._etag)

    @property
    def _metadata(self) -> Mapping[str, str]:
        """Return the source's metadata, which local files do not have."""
        return self._copy.properties.metadata if self._copy.target.container else {}


class _Unread(Exception):
    """An error of a source, on its way through the target's upload."""

    def __init__(self, error: BlobprepError) -> None:
        super().__init__()
        self.error = error


def copy_all(
    copies: Sequence[Copy], condition: Condition, progress: Callable[[int, int], None] = lambda done, total: None
) -> list[CopyResult]:
    """Copy everything, up to `_STREAMS` parts at a time, whether of one large blob or of many small ones.

    Args:
        copies: what goes where.
        condition: that the state of each target must meet.
        progress: called with the bytes copied so far and the bytes in all.
    """
    total = sum(copy.properties.size for copy in copies)
    transfers = [_Transfer(copy, condition) for copy in copies]
    copied: dict[_Transfer, CopyResult] = {}
    under_way = done = held = 0
    moved: SimpleQueue[tuple[_Transfer, Range, Future[int]]] = SimpleQueue()

    def move(transfer: _Transfer, part: Range) -> None:
        nonlocal under_way, held
        under_way, held = under_way + 1, held + transfer.held(part)
        pool.submit(transfer.move, part).add_done_callback(lambda future: moved.put((transfer, part, future)))

    def settle() -> None:
        nonlocal under_way, done, held
        transfer, part, future = moved.get()
        under_way, held = under_way - 1, held - transfer.held(part)
        done += future.result()
        progress(done, total)
        transfer.moved += 1
        if transfer.moved == len(transfer.parts):
            copied[transfer] = transfer.finish()

    progress(0, total)
    try:
        with thread_pool(_STREAMS, "blobprep-copy") as pool:
            for transfer in transfers:
                transfer.begin()
                for part in transfer.parts:
                    while under_way and (under_way >= _STREAMS or held + transfer.held(part) > _MEMORY):
                        settle()
                    move(transfer, part)
            while under_way:
                settle()
    except BaseException as error:
        missing = [copy for copy, transfer in zip(copies, transfers, strict=True) if not transfer.is_written]
        for transfer in transfers:
            if not transfer.is_written:
                transfer.abandon()
        if isinstance(error, BlobprepError) and len(missing) < len(copies):
            _add_progress(error, missing, len(copies))
        raise
    return [copied[transfer] for transfer in transfers]


def _add_progress(error: BlobprepError, missing: Sequence[Copy], total: int) -> None:
    """Add to an error how much was copied before it."""
    if not missing:
        return
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    error.message += f"; {total - len(missing)} of {total} were copied, but not {missing[0].source.printed}{more}"
    if "--overwrite" not in error.remedy:
        error.remedy = "; ".join(filter(None, (error.remedy, "repeat with --overwrite, which copies everything again")))


def _writing(target: BlobLocation) -> AbstractContextManager[None]:
    """Turn a store's errors into a target's; the others, which name the blob, stay as they are."""
    return output_errors(target, exists_already, others=False)
