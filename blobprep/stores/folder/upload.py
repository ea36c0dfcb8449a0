"""The upload of a blob into a folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from blobprep.stores.base import ANY, BLOCK_SIZE, Condition, Write
from blobprep.stores.folder.disk_errors import convert_errors
from blobprep.stores.folder.sidecars import BlobMetadata
from blobprep.stores.folder.temp_files import TempFile
from blobprep.stores.service_rules import StagedBlocks, format_name

__all__ = ["FolderUpload"]


class FolderUpload:
    """The blocks of one blob in an unpublished file; as `Upload`.

    Threads: `put` may run in several threads at once. The lock guards `_part`, which the first `put` opens, and makes
    `commit` and `abandon` exclude each other. A `put` that is under way when the upload is abandoned writes to a file
    that has no name any more.

    Args:
        place: container, blob and account, for messages.
        begin: opens the unpublished file.
        publish: makes it the blob, if the condition is met, and returns the ETag.
    """

    def __init__(
        self,
        place: tuple[str, str, str],
        begin: Callable[[], TempFile],
        publish: Callable[[TempFile, BlobMetadata, Condition], str],
    ) -> None:
        self._place, self._begin, self._publish = place, begin, publish
        self._part: TempFile | None = None
        self._staged = StagedBlocks(format_name(*place))
        self._lock = threading.Lock()

    def put(self, index: int, data: bytes | memoryview) -> None:
        """Stage a block; as `Upload.put`."""
        self._staged.admit(index, len(data))
        with convert_errors(*self._place):
            part = self._open()
            part.write(data, index * BLOCK_SIZE)
            self._staged.record(index, len(data))

    def receive(self, index: int, size: int, read: Callable[[Write], object]) -> None:
        """Stage a block piece by piece; as `Upload.receive`."""
        self._staged.admit(index, size)
        with convert_errors(*self._place):
            part = self._open()

        def write(piece: bytes | memoryview, at: int) -> None:
            with convert_errors(*self._place):
                part.write(piece, index * BLOCK_SIZE + at)

        read(write)
        self._staged.record(index, size)

    def commit(
        self,
        count: int,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
        md5: str = "",  # a file has no place for it
    ) -> str:
        """Publish the blocks; as `Upload.commit`."""
        total = self._staged.total(count)
        with convert_errors(*self._place):
            part = self._open()
            part.finish(total)
            with self._lock:  # so that it is not abandoned meanwhile
                self._staged.total(0)
                etag = self._publish(part, BlobMetadata(content_type, metadata or {}), condition)
        self._end("committed")
        return etag

    def abandon(self) -> None:
        """Discard the blocks; as `Upload.abandon`."""
        with convert_errors(*self._place):
            self._end("abandoned")

    def _open(self) -> TempFile:
        with self._lock:
            self._staged.total(0)  # raises if the upload has ended
            if self._part is None:
                self._part = self._begin()
            return self._part

    def _end(self, how: str) -> None:
        with self._lock:
            self._staged.end(how)
            part, self._part = self._part, None
        if part is not None:
            part.discard()
