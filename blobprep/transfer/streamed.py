"""A copy whose bytes pass this machine."""

from __future__ import annotations

import hashlib
import threading
from base64 import b64encode
from collections.abc import Mapping
from contextlib import AbstractContextManager

from blobprep.errors import BlobprepError, ChecksumMismatch
from blobprep.outputs.blob_write import output_errors
from blobprep.stores import Upload, Write
from blobprep.stores.location import BlobLocation
from blobprep.transfer.equality import md5_of
from blobprep.transfer.pairs import Copy, Written, exists_already
from blobprep.transfer.ranges import Range, ranges_of, read_range, read_range_into

__all__ = ["Streamed"]


class _InOrder:
    """The MD5 of parts that arrive in any order."""

    def __init__(self) -> None:
        self._digest = hashlib.md5(usedforsecurity=False)
        self._next = 0
        self._broken = False
        self._turn = threading.Condition()

    def update(self, index: int, data: bytes) -> None:
        """Add a part; wait until those before it were added, or one of them cannot be."""
        with self._turn:
            self._turn.wait_for(lambda: self._next == index or self._broken)
            if not self._broken:
                self._digest.update(data)
                self._next += 1
                self._turn.notify_all()

    def give_up(self) -> None:
        """End all waits."""
        with self._turn:
            self._broken = True
            self._turn.notify_all()

    def result(self) -> str:
        """Return the MD5 of all that was added, as `BlobProperties.md5`."""
        return b64encode(self._digest.digest()).decode()


class Streamed:
    """A copy whose bytes pass this machine, in one part or several; as `Carrier`.

    Args:
        copy: what goes where.
        checked: whether its MD5 is computed on the way, compared with that of the source, and kept at the target.
    """

    def __init__(self, copy: Copy, checked: bool) -> None:
        self.copy = copy
        self.parts = tuple(ranges_of(copy.state.size)) or (Range(0, 0, 0),)
        self.written: Written | None = None
        self._checked = checked
        self._upload: Upload | None = None
        self._beginning = threading.Lock()
        self._in_order = _InOrder() if checked and len(self.parts) > 1 else None

    def move(self, part: Range) -> int:
        """Copy one part; return its size in bytes."""
        try:
            if len(self.parts) == 1:
                self._move_whole(part)
            elif self._in_order is None:
                self._receive(self._begun(), part)
            else:
                data = read_range(self.copy.source, self.copy.state.etag, part)
                self._in_order.update(part.index, data)
                with _writing(self.copy.target):
                    self._begun().put(part.index, data)
        except BaseException:
            if self._in_order is not None:
                self._in_order.give_up()
            raise
        return part.length

    def held(self, part: Range) -> int:
        """Return the bytes of memory that a part takes; a file takes each piece as it comes."""
        passes = len(self.parts) > 1 and self._in_order is None and self.copy.target.store.protocol == "file"
        return 0 if passes else part.length

    def finish(self) -> Written:
        """Publish the copy, every part of which has been moved."""
        if self._upload is not None:
            copy = self.copy
            md5 = copy.state.md5 if self._in_order is None else self._verify(self._in_order.result())
            with _writing(copy.target):
                etag = self._upload.commit(
                    len(self.parts),
                    content_type=copy.state.content_type,
                    metadata=self._metadata,
                    condition=copy.condition,
                    md5=md5,
                )
            self.written = Written(etag, md5)
        assert self.written is not None
        return self.written

    def give_up(self) -> None:
        """End all waits of its parts for each other."""
        if self._in_order is not None:
            self._in_order.give_up()

    def abandon(self) -> None:
        """Discard what was staged."""
        if self._upload is not None:
            self._upload.abandon()

    def _move_whole(self, part: Range) -> None:
        copy = self.copy
        data = read_range(copy.source, copy.state.etag, part)
        md5 = self._verify(md5_of(data)) if self._checked else ""
        with _writing(copy.target):
            etag = copy.target.store.write(
                copy.target.container,
                copy.target.blob,
                data,
                content_type=copy.state.content_type,
                metadata=self._metadata,
                condition=copy.condition,
            )
        self.written = Written(etag, md5)

    def _begun(self) -> Upload:
        with self._beginning:
            if self._upload is None:
                target = self.copy.target
                with _writing(target):
                    self._upload = target.store.upload(target.container, target.blob)
            return self._upload

    def _receive(self, upload: Upload, part: Range) -> None:
        """Stage one part as it comes; an error of the source must not be taken for one of the target around it."""
        copy = self.copy

        def read(write: Write) -> None:
            def write_piece(piece: bytes | memoryview, at: int) -> None:
                with _writing(copy.target):
                    write(piece, at)

            try:
                read_range_into(write_piece, copy.source, copy.state.etag, part)
            except BlobprepError as error:
                raise _Unread(error) from None

        try:
            with _writing(copy.target):
                upload.receive(part.index, part.length, read)
        except _Unread as unread:
            raise unread.error from unread.error.__cause__

    def _verify(self, md5: str) -> str:
        """Return the MD5 of what was read.

        Raises:
            ChecksumMismatch: the source states another one.
        """
        stated = self.copy.state.md5
        if stated and md5 != stated:
            raise ChecksumMismatch(
                f"{self.copy.source.printed} has the MD5 {md5}, but its properties say {stated}; it was not copied",
                remedy="find out whether its bytes or its property Content-MD5 is wrong, and write it again",
            )
        return md5

    @property
    def _metadata(self) -> Mapping[str, str]:
        """Return the source's metadata, which local files do not have."""
        return self.copy.state.metadata if self.copy.target.container else {}


class _Unread(Exception):
    """An error of a source, on its way through the target's upload."""

    def __init__(self, error: BlobprepError) -> None:
        super().__init__()
        self.error = error


def _writing(target: BlobLocation) -> AbstractContextManager[None]:
    """Turn a store's errors into a target's; the others, which name the blob, stay as they are."""
    return output_errors(target, exists_already, others=False)
