"""Copy blobs and local files, in any direction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass

from blobprep.blobs.ranges import STREAMS, Range, changed, ranges_of, read_range
from blobprep.errors import (
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    InvalidReference,
    OutputContainerMissing,
    OutputError,
    OutputExists,
)
from blobprep.stores import ANY, BLOCK_SIZE, BlobProperties, Condition, IfAbsent, Upload
from blobprep.stores.located import Located
from blobprep.stores.pausing import crew
from blobprep.workspace import Workspace

__all__ = ["Copied", "cp"]


@dataclass(frozen=True, slots=True)
class Copied:
    """Record one copy: the references from and to, bytes, and the ETag it has."""

    source: str
    target: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class _Copy:
    source: Located
    properties: BlobProperties
    target: Located
    condition: Condition
    listed: bool = False


def cp(
    source: str,
    target: str,
    *,
    overwrite: bool = False,
    create_container: bool = False,
    workspace: Workspace | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Copied]:
    """Copy a blob or a local file, or everything below a prefix or folder.

    Each copy appears whole or not at all, with the content type and metadata of its source.

    Args:
        source: a reference or path; ended by `/`, or where a folder is, all below it is copied.
        target: a reference or path; ended by `/`, or where a folder is, the copy keeps its name below it.
        overwrite: replace what is there.
        create_container: create the target's container where it is missing.
        workspace: the settings in force; those of the working folder and this process where None.
        progress: called with bytes copied and bytes in all.

    Returns:
        What was copied, in order of name.

    Raises:
        UsageError: a reference or a setting is wrong.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the stores answer.
        BlobChanged: a source changed while it was read.
        OutputExists, OutputContainerMissing: the target is taken, or its container is not there.
    """
    known = workspace or Workspace()
    origin, goal = known.locate(source), known.locate(target, names=())
    condition: Condition = ANY if overwrite else IfAbsent()
    copies = _planned(origin, goal, condition)
    if create_container and goal.container:
        goal.store.create_container(goal.container)
    for each in copies:
        if not overwrite and each.properties.size > BLOCK_SIZE:
            _require_absent(each.target)
    return _copy_all(copies, progress or _silent)


def _planned(origin: Located, goal: Located, condition: Condition) -> list[_Copy]:
    """Pair every source with its target."""
    if goal.version_id or goal.snapshot:
        raise InvalidReference(f"{goal.printed} names a version or snapshot", remedy="name the blob to be written")
    into = not goal.blob or goal.blob.endswith("/")
    if origin.blob and not origin.blob.endswith("/"):
        below = goal.child(origin.blob.rpartition("/")[2]) if into else goal
        return [_Copy(origin, origin.properties(), _sound(below), condition)]
    if not into:
        goal = goal.child("/")
    listed = origin.store.list(origin.container, origin.blob)
    copies = []
    for each in listed:
        assert isinstance(each, BlobProperties)
        name = each.blob.removeprefix(origin.blob)
        if name:  # a blob named like the prefix itself marks an empty folder
            copies.append(_Copy(origin.child(name), each, _sound(goal.child(name)), condition, listed=True))
    if not copies:
        raise BlobNotFound(f"there is nothing below {origin.printed}", remedy="`blobprep ls` lists what is there")
    return copies


def _sound(target: Located) -> Located:
    """Refuse a name that would lead out of the folder it is copied to."""
    parts = target.blob.split("/")
    if not target.container and any(part in ("", ".", "..") or "\\" in part for part in parts):
        raise OutputError(
            f"{target.printed} cannot be a local file's name", remedy="copy this blob by itself, to a name of your own"
        )
    return target


def _require_absent(target: Located) -> None:
    """Find a taken target before the first byte is read; the write demands it again."""
    try:
        target.properties()
    except (BlobNotFound, ContainerNotFound):
        return
    raise _exists(target)


class _Transfer:
    """Hold one copy on its way."""

    def __init__(self, copy: _Copy) -> None:
        self._copy = copy
        self._etag = ""
        self._upload: Upload | None = None
        self.parts = list(ranges_of(copy.properties.size)) or [Range(0, 0, 0)]
        self.moved = 0

    def begin(self) -> None:
        """Prepare the target for more than one part."""
        if len(self.parts) > 1:
            target = self._copy.target
            self._upload = target.store.upload(target.container, target.blob)

    def move(self, part: Range) -> int:
        """Carry one part over, in a thread of the pool; return its bytes."""
        target = self._copy.target
        data = read_range(self._copy.source, self._copy.properties, part)
        if self._upload is not None:
            with _writing(target):
                self._upload.put(part.index, data)
            return len(data)
        metadata = self._metadata()
        with _writing(target):
            self._etag = target.store.write(
                target.container,
                target.blob,
                data,
                content_type=self._copy.properties.content_type,
                metadata=metadata,
                condition=self._copy.condition,
            )
        return len(data)

    def finish(self) -> Copied:
        """Publish the copy, once every part has been moved."""
        if self._upload is not None:
            metadata = self._metadata()
            with _writing(self._copy.target):
                self._etag = self._upload.commit(
                    len(self.parts),
                    content_type=self._copy.properties.content_type,
                    metadata=metadata,
                    condition=self._copy.condition,
                )
        copy = self._copy
        return Copied(copy.source.printed, copy.target.printed, copy.properties.size, self._etag)

    def abandon(self) -> None:
        """Forget what was staged."""
        if self._upload is not None:
            self._upload.abandon()

    def _metadata(self) -> Mapping[str, str]:
        """Return the source's metadata, which listings leave out and local files do not have."""
        if not self._copy.target.container or not self._copy.source.container:
            return {}
        found = self._copy.source.properties() if self._copy.listed else self._copy.properties
        if found.etag != self._copy.properties.etag:
            raise changed(self._copy.source)
        return found.metadata


def _copy_all(copies: list[_Copy], progress: Callable[[int, int], None]) -> list[Copied]:
    """Carry everything over, `STREAMS` parts at a time, whether of one large blob or of many small ones."""
    total = sum(copy.properties.size for copy in copies)
    transfers = [_Transfer(copy) for copy in copies]
    copied: dict[_Transfer, Copied] = {}
    moving: dict[Future[int], _Transfer] = {}
    done = 0

    def settle() -> None:
        nonlocal done
        for future in wait(moving, return_when=FIRST_COMPLETED).done:
            transfer = moving.pop(future)
            done += future.result()
            progress(done, total)
            transfer.moved += 1
            if transfer.moved == len(transfer.parts):
                copied[transfer] = transfer.finish()

    progress(0, total)
    try:
        with crew(STREAMS, "blobprep-copy") as pool:
            for transfer in transfers:
                transfer.begin()
                for part in transfer.parts:
                    while len(moving) >= STREAMS:
                        settle()
                    moving[pool.submit(transfer.move, part)] = transfer
            while moving:
                settle()
    except BaseException:
        for transfer in transfers:
            if transfer not in copied:
                transfer.abandon()
        raise
    return [copied[transfer] for transfer in transfers]


@contextmanager
def _writing(target: Located) -> Iterator[None]:
    """Convert what a store answers to a write into what it means for a target."""
    try:
        yield
    except ConditionNotMet as error:
        raise _exists(target) from error
    except ContainerNotFound as error:
        raise OutputContainerMissing(
            f"{target.printed} cannot be written: its container does not exist",
            remedy="check its name, or let it be created with --create-container",
        ) from error


def _exists(target: Located) -> OutputExists:
    return OutputExists(
        f"{target.printed} exists already", remedy="choose another name, or replace it with --overwrite"
    )


def _silent(done: int, total: int) -> None:
    """Show no progress."""
