"""Commit: stage what a child produces while it produces it, publish it in one step."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from blobprep.errors import (
    AccessError,
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    LimitError,
    OutputContainerMissing,
    OutputError,
    OutputExists,
    StoreError,
    StoreUnavailable,
)
from blobprep.manifest import OutputRecord
from blobprep.outputs.blob_write import write
from blobprep.stores import ANY, BLOCK_SIZE, Condition, IfAbsent, IfMatch, Upload
from blobprep.stores.cancellation import cancel_on, thread_pool
from blobprep.stores.location import BlobLocation

__all__ = ["LeftBytes", "OutputBlob", "Room", "StreamUpload", "commit_all", "look"]

_UPLOADS: Final = 3  # blocks of one stream under way; with the block being filled this bounds memory
MAX_BLOCKS: Final = 50_000
_OPENING: Final = threading.Lock()  # cells are stretches of one file, and their descriptors share its position


@dataclass(frozen=True, slots=True)
class LeftBytes:
    """Bytes that a script left in a file, read when they are published.

    Attributes:
        size: of them.
        open: returns a descriptor at the first one, None where they cannot be read any more; the caller closes it
            before the next is opened.
    """

    size: int
    open: Callable[[], int | None]


class Room:
    """Bytes that the streams of a run may carry, all together.

    Args:
        size: of them; None for any number.
        on_full: called when a stream carries more.
    """

    def __init__(self, size: float | None, on_full: Callable[[], None]) -> None:
        self._left = float("inf") if size is None else size
        self._on_full = on_full
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Count bytes that came; False where they are too many."""
        with self._lock:
            self._left -= size
        if self._left >= 0:
            return True
        self._on_full()
        return False


@dataclass(frozen=True, slots=True)
class OutputBlob:
    """Hold one blob to be published.

    Attributes:
        port: `results`, `results2`, `device`, `artifact` or `script`.
        name: relative to its prefix.
        target: where it goes.
        content: its bytes, the file that has them, or the staging that holds its blocks.
        content_type: stored with it.
        rows, columns: of a table, else None.
        origin: of a figure, else None.
    """

    port: str
    name: str
    target: BlobLocation
    content: bytes | LeftBytes | StreamUpload
    content_type: str
    rows: int | None = None
    columns: int | None = None
    origin: str | None = None


class StreamUpload:
    """Read a stream to its end in a thread of its own, staging whole blocks as they come.

    A stream of at most one block is kept and written in one request at commit.

    Args:
        descriptor: of the stream; closed here.
        target: where the blob will be.
        on_failure: called when blocks cannot be staged, so that its producer can be stopped.
        length: bytes to read of it; None for all.
        room: what it may carry; one that carries more ends there, as if it were whole. None for any.
    """

    def __init__(
        self,
        descriptor: int,
        target: BlobLocation,
        on_failure: Callable[[], None],
        *,
        length: int | None = None,
        room: Room | None = None,
    ) -> None:
        self._descriptor, self._target, self._on_failure = descriptor, target, on_failure
        self._length = length
        self._room = room
        self._upload: Upload | None = None
        self._checksum = hashlib.sha256()
        self._last = b""
        self._count = 0
        self.size = 0
        self.error: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="blobprep-staging", daemon=True)
        self._thread.start()

    @property
    def sha256(self) -> str:
        """Return the checksum of what was read."""
        return self._checksum.hexdigest()

    def finish(self) -> None:
        """Wait for the end of the stream.

        Raises:
            OutputError, AccessError, StoreUnavailable, LimitError: a block could not be staged.
        """
        self._thread.join()
        if self.error is not None:
            with _converted(self._target, ANY):
                raise self.error

    def publish(self, content_type: str, condition: Condition) -> str:
        """Make the blob appear, and return its ETag; call after `finish`."""
        target = self._target
        if self._upload is None:
            return target.store.write(
                target.container, target.blob, self._last, content_type=content_type, condition=condition
            )
        return self._upload.commit(self._count, content_type=content_type, condition=condition)

    def abandon(self) -> None:
        """Wait for the end of the stream and forget it; harmless after `publish`, and twice."""
        self._stop.set()
        self._thread.join()
        if self._upload is not None:
            self._upload.abandon()

    def _run(self) -> None:
        try:
            with (
                open(self._descriptor, "rb", buffering=0) as stream,
                cancel_on(self._stop),
                thread_pool(_UPLOADS, "blobprep-stage") as pool,
            ):
                self._stage(stream.fileno(), pool)
        except BaseException as error:
            self.error = error
            self._on_failure()

    def _wanted(self) -> int:
        return BLOCK_SIZE if self._length is None else min(BLOCK_SIZE, self._length - self.size)

    def _stage(self, descriptor: int, pool: ThreadPoolExecutor) -> None:
        room = threading.Semaphore(_UPLOADS)
        puts: list[Future[None]] = []
        while block := _read_block(descriptor, self._wanted()):
            self._checksum.update(block)
            self.size += len(block)
            if self._room is not None and not self._room.take(len(block)):
                break
            if self._upload is None and len(block) < BLOCK_SIZE:
                self._last = block  # the whole of a small stream
                break
            if self._count == MAX_BLOCKS:
                raise LimitError(f"{self._target.printed} is larger than {MAX_BLOCKS} blocks")
            if self._upload is None:
                self._upload = self._target.store.upload(self._target.container, self._target.blob)
            room.acquire()
            put = pool.submit(self._upload.put, self._count, block)
            put.add_done_callback(lambda _: room.release())
            puts = [each for each in puts if not _is_done(each)]
            puts.append(put)
            self._count += 1
        for put in puts:
            put.result()


def _is_done(put: Future[None]) -> bool:
    """Tell whether a block is staged; raises what stopped it."""
    if put.done():
        put.result()
        return True
    return False


def _read_block(descriptor: int, wanted: int) -> bytes:
    """Read so much, or what there is before the end of the stream."""
    block = bytearray()
    while len(block) < wanted:
        data = os.read(descriptor, wanted - len(block))
        if not data:
            break
        block += data
    return bytes(block)


def look(targets: Mapping[str, BlobLocation]) -> dict[str, Condition]:
    """Look at what stands at blobs' places now; writes that demand this condition change nothing that came since.

    Args:
        targets: by reference.
    """
    with thread_pool(8, "blobprep-look") as pool:
        return dict(zip(targets, pool.map(_condition_of, targets.values()), strict=True))


def _condition_of(located: BlobLocation) -> Condition:
    try:
        return IfMatch(located.properties().etag)
    except (BlobNotFound, ContainerNotFound):
        return IfAbsent()


def commit_all(pieces: list[OutputBlob], conditions: Mapping[str, Condition]) -> tuple[OutputRecord, ...]:
    """Publish all pieces, in parallel.

    Args:
        pieces: what to publish.
        conditions: by reference, what must still hold at each piece's place.

    Raises:
        OutputError, AccessError, StoreUnavailable: one could not be written; which others were is of no account without
            a manifest that says so.
    """
    with thread_pool(8, "blobprep-commit") as pool:
        return tuple(pool.map(lambda piece: _commit(piece, conditions[piece.target.printed]), pieces))


def _commit(piece: OutputBlob, condition: Condition) -> OutputRecord:
    target, content = piece.target, piece.content
    with _converted(target, condition):
        if isinstance(content, StreamUpload):
            etag, size, sha256 = content.publish(piece.content_type, condition), content.size, content.sha256
        else:
            content = content if isinstance(content, bytes) else _read(content, piece.name)
            etag = write(target, content, piece.content_type, condition)
            size, sha256 = len(content), hashlib.sha256(content).hexdigest()
    return OutputRecord(
        piece.port, piece.name, target.printed, etag, size, sha256, piece.rows, piece.columns, piece.origin
    )


def _read(left: LeftBytes, name: str) -> bytes:
    with _OPENING:
        descriptor = left.open()
        if descriptor is not None:
            with open(descriptor, "rb", buffering=0) as file:
                content = _read_block(file.fileno(), left.size)
            if len(content) == left.size:
                return content
    raise OutputError(f"{name} could not be read any more", remedy="leave files alone once they are written")


@contextmanager
def _converted(target: BlobLocation, condition: Condition) -> Iterator[None]:
    """Turn a store's errors into an output's: refused access and an unreachable store stay what they are."""
    printed = target.printed
    try:
        yield
    except (AccessError, StoreUnavailable):
        raise
    except ConditionNotMet as error:
        if isinstance(condition, IfAbsent):
            raise OutputExists(
                f"{printed} has appeared while the run went on; it was not overwritten",
                remedy="choose another --output",
            ) from error
        raise OutputError(
            f"{printed} was changed by somebody else while the run went on; it was not overwritten",
            remedy="give each run an --output of its own",
        ) from error
    except ContainerNotFound as error:
        raise OutputContainerMissing(
            f"the container of {printed} does not exist", remedy="create it, or use --create-container"
        ) from error
    except StoreError as error:
        raise OutputError(f"{printed} could not be written: {error.message}", remedy=error.remedy) from error
