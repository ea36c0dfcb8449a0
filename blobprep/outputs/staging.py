"""Bytes on their way into blobs: staged while a child produces them, published in one step.

Threads: each `StreamUpload` has a thread of its own, the stager, which reads one pipe or file and hands whole blocks
to its crew of `_UPLOADS` threads; these send them to the store. The main thread waits for a stager in `finish`,
publishes with a crew of its own in `commit_all`, and ends what is left with `abandon`. Several stagers share a `Room`,
which has a lock. Nothing else is shared: a stager alone writes the fields of its `StreamUpload`, and they are read
after it has ended; but for `staged`, which its crew counts under a lock, and any thread may read at any time.

Descriptors: a stager closes the one it reads. The writing end of a pipe belongs to `Outputs.streams`; until that and
the child's copy are closed the stager does not end, so `finish` and `abandon` come after both.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Final

from blobprep.errors import LimitError, OutputError, OutputExists
from blobprep.manifest import OutputRecord
from blobprep.outputs.blob_write import output_errors, write
from blobprep.outputs.blocks import Block
from blobprep.outputs.collector import LeftFile
from blobprep.spare_threads import SpareThread
from blobprep.stores import ANY, BLOCK_SIZE, Condition, IfAbsent, Upload
from blobprep.stores.cancellation import cancel_on, map_in_threads, thread_pool
from blobprep.stores.location import BlobLocation

__all__ = ["OutputBlob", "Room", "StreamUpload", "commit_all", "unreadable"]

_UPLOADS: Final = 3  # blocks of one stream under way; with the block being filled this bounds memory
MAX_BLOCKS: Final = 50_000
_OPENING: Final = threading.Lock()  # cells are parts of one file, and their descriptors share its position


class Room:
    """The bytes that the streams of a run may carry together.

    Args:
        size: their number; None for any.
        on_full: called when the streams carry more, from the stager that notices.
    """

    def __init__(self, size: float | None, on_full: Callable[[], None]) -> None:
        self._left = float("inf") if size is None else size
        self._on_full = on_full
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Count bytes that arrived; False if they are too many."""
        with self._lock:
            self._left -= size
        if self._left >= 0:
            return True
        self._on_full()
        return False


@dataclass(frozen=True, slots=True)
class OutputBlob:
    """A blob to be published.

    Attributes:
        port: the manifest's `port`, from the row in `PORTS`.
        name: relative to the output prefix.
        target: where it goes.
        content: its bytes, the file that has them, or the upload that holds its blocks.
        content_type: stored with it.
        rows, columns: of a table, else None.
        origin: of a figure, else None.
    """

    port: str
    name: str
    target: BlobLocation
    content: bytes | LeftFile | StreamUpload
    content_type: str
    rows: int | None = None
    columns: int | None = None
    origin: str | None = None


class StreamUpload:
    """A stream on its way into a blob: read to its end in a thread of its own, staging whole blocks as they arrive.

    A stream shorter than a block is kept and written in one request when it is published.

    Args:
        descriptor: of the stream; closed here.
        target: where the blob will be.
        on_failure: called, from the stager, when blocks cannot be staged, so that the producer can be stopped.
        length: bytes to read; None for all.
        room: what the stream may carry; one that carries more is cut there. None for any number of bytes.

    Attributes:
        size: bytes read.
        ended: set when the stream has ended, or is read no more.
        staged: bytes that the store has taken.
        error: what stopped the stager, None if nothing did.
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
        self.size = self.staged = 0
        self._counting = threading.Lock()  # the crew's, for `staged`
        self.error: BaseException | None = None
        self.ended = threading.Event()
        self._stop = threading.Event()  # ends the pauses between the crew's attempts, up to a minute each
        self._thread = SpareThread(self._run, name="blobprep-staging")
        self._thread.start()

    @property
    def sha256(self) -> str:
        """Return the checksum of the bytes read."""
        return self._checksum.hexdigest()

    def finish(self) -> None:
        """Wait for the end of the stream.

        Raises:
            OutputError, AccessError, StoreUnavailable, LimitError: a block could not be staged.
        """
        self._thread.join()
        if self.error is not None:
            with output_errors(self._target, partial(_changed, ANY)):
                raise self.error

    def publish(self, content_type: str, condition: Condition) -> str:
        """Make the blob appear, and return its ETag; after `finish`."""
        target = self._target
        if self._upload is None:
            return target.store.write(
                target.container, target.blob, self._last, content_type=content_type, condition=condition
            )
        return self._upload.commit(self._count, content_type=content_type, condition=condition)

    def abandon(self) -> None:
        """Wait for the end of the stream and drop what is staged; harmless after `publish`, and twice."""
        self._stop.set()
        self._thread.join()
        if self._upload is not None:
            self._upload.abandon()

    def _run(self) -> None:
        # The stager. Nothing may escape from it: `finish` raises its error in the main thread.
        try:
            with (
                open(self._descriptor, "rb", buffering=0) as stream,
                cancel_on(self._stop),
                thread_pool(_UPLOADS, "blobprep-stage") as pool,
            ):
                self._stage(stream, pool)
        except BaseException as error:
            self.error = error
            self._on_failure()
        finally:
            self.ended.set()

    def _next_size(self) -> int:
        return BLOCK_SIZE if self._length is None else min(BLOCK_SIZE, self._length - self.size)

    def _stage(self, stream: io.RawIOBase, pool: Executor) -> None:
        blocks: SimpleQueue[Block] = SimpleQueue()  # taken here, given back by the crew: reading waits for sending
        for _ in range(_UPLOADS + 1):
            blocks.put(Block())
        puts: list[Future[None]] = []
        while size := (block := blocks.get()).fill(stream, self._next_size(), self._checksum.update):
            self.size += size
            if self._room is not None and not self._room.take(size):
                break
            if self._upload is None and size < BLOCK_SIZE:
                self._last = block.content()  # the whole of a small stream
                break
            if self._count == MAX_BLOCKS:
                raise LimitError(f"{self._target.printed} is larger than {MAX_BLOCKS} blocks")
            if self._upload is None:
                self._upload = self._target.store.upload(self._target.container, self._target.blob)
            puts = [earlier for earlier in puts if not _is_done(earlier)]
            puts.append(pool.submit(_put, self._upload, self._count, block, blocks))
            puts[-1].add_done_callback(partial(self._count_staged, size))
            self._count += 1
        self.ended.set()
        for put in puts:
            put.result()

    def _count_staged(self, size: int, put: Future[None]) -> None:
        if not put.cancelled() and put.exception() is None:
            with self._counting:
                self.staged += size


def _put(upload: Upload, index: int, block: Block, blocks: SimpleQueue[Block]) -> None:
    try:
        upload.put(index, block.content())
    finally:
        blocks.put(block)


def _is_done(put: Future[None]) -> bool:
    """Tell whether a block is staged; raises what stopped it."""
    if put.done():
        put.result()
        return True
    return False


def commit_all(
    blobs: list[OutputBlob], conditions: Mapping[str, Condition], found: Callable[[str], object] = lambda name: None
) -> tuple[OutputRecord, ...]:
    """Publish blobs, in parallel, and return their records in order.

    Args:
        blobs: what to publish.
        conditions: by reference, what must still hold at each blob's place.
        found: called with the name and the reference of each blob that another wrote to its place, from any thread.

    Raises:
        OutputError, AccessError, StoreUnavailable: a blob could not be written. Others may have been; they do not count
            without a manifest that lists them.
    """

    def commit(blob: OutputBlob) -> OutputRecord:
        try:
            return _commit(blob, conditions[blob.target.printed])
        except OutputExists:
            found(blob.name)
            found(blob.target.printed)
            raise

    return tuple(map_in_threads(commit, blobs, 8, "blobprep-commit"))


def _commit(blob: OutputBlob, condition: Condition) -> OutputRecord:
    target, content = blob.target, blob.content
    with output_errors(target, partial(_changed, condition)):
        if isinstance(content, StreamUpload):
            etag, size, sha256 = content.publish(blob.content_type, condition), content.size, content.sha256
        else:
            content = content if isinstance(content, bytes) else _read(content, blob.name)
            etag = write(target, content, blob.content_type, condition)
            size, sha256 = len(content), hashlib.sha256(content).hexdigest()
    return OutputRecord(blob.port, blob.name, target.printed, etag, size, sha256, blob.rows, blob.columns, blob.origin)


def _read(left: LeftFile, name: str) -> bytes:
    with _OPENING:
        descriptor = left.open()
        if descriptor is not None:
            with open(descriptor, "rb", buffering=0) as file:
                block = Block()
                if block.fill(file, left.size) == left.size:
                    return block.content()
    raise unreadable(name)


def unreadable(name: str) -> OutputError:
    """Return the error for a file that was collected and can no longer be read."""
    return OutputError(f"{name} can no longer be read", remedy="do not change the script's files while a run goes on")


def _changed(condition: Condition, target: BlobLocation) -> OutputError:
    """Return the error for a blob that is not in the state it had when the run first looked."""
    if isinstance(condition, IfAbsent):
        return OutputExists(
            f"{target.printed} appeared meanwhile and was not overwritten", remedy="choose another --output"
        )
    return OutputError(
        f"{target.printed} was changed during the run and was not overwritten",
        remedy="give each run an --output of its own",
    )
