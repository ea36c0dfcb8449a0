"""Whole blobs to and from files, streams, bytes and text, as `BlobService` moved them.

Large content goes in pieces; each piece that fails is tried again, up to `max_retries` times, `retry_wait` seconds
apart.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Final, TypeVar
from urllib.parse import quote

from azure.common import AzureHttpError

from blobprep.legacy.early.blobs import OF_BLOCK_LIST, STORED, Blobs
from blobprep.legacy.methods import BLOB_NAMES, Arguments, need, takes
from blobprep.legacy.services.bodies import file_of, part_of
from blobprep.legacy.transfers.downloading import Writer
from blobprep.legacy.transfers.threads import Callback, Progress, work_through
from blobprep.legacy.transfers.uploading import Plan, upload_chunks
from blobprep.legacy.wire.conversions import to_base64
from blobprep.legacy.wire.failures import PAGE_BLOB_SIZE_ALIGNMENT, VALUE_NEGATIVE

__all__ = ["Transfers"]

T = TypeVar("T")

_IN_PIECES: Final = "progress_callback=None, max_connections=1, max_retries=5, retry_wait=1.0"
"""Parameters of what moves a whole blob."""
_FETCHED: Final = f"snapshot=None, x_ms_lease_id=None, {_IN_PIECES}"
_PAGE: Final = 512
_BLOCKS: Final = f"{STORED}, {_IN_PIECES}"
_PAGES: Final = f"{STORED}, x_ms_blob_sequence_number=None, {_IN_PIECES}"
_OF_BLOCKS: Final = [parameter.removesuffix("=None") for parameter in OF_BLOCK_LIST.split(", ")]
"""Headers that are sent with a large blob's list of blocks; as in the old SDK, the others are lost."""


class Transfers(Blobs):
    """The transfers of whole blobs: `get_…` returns the content, or writes it; `put_…` replaces what was there."""

    _BLOB_MAX_DATA_SIZE = 64 * 1024 * 1024
    _BLOB_MAX_CHUNK_DATA_SIZE = 4 * 1024 * 1024

    @takes(f"container_name, blob_name, file_path, open_mode='wb', {_FETCHED}")
    def get_blob_to_path(self, asked: Arguments) -> None:
        """Fetch a blob into a file, which is opened first."""
        need(asked, (*BLOB_NAMES, "file_path", "open_mode"))
        with open(asked.pop("file_path"), asked.pop("open_mode")) as stream:  # noqa: PTH123 - whatever `open` takes
            self.get_blob_to_file(stream=stream, **asked)

    @takes(f"container_name, blob_name, stream, {_FETCHED}", needs=(*BLOB_NAMES, "stream"))
    def get_blob_to_file(self, asked: Arguments) -> None:
        """Fetch a blob into an open stream."""
        names = [asked[name] for name in BLOB_NAMES]
        stream, snapshot, lease_id = (asked[name] for name in ("stream", "snapshot", "x_ms_lease_id"))
        pieces = Pieces.of(asked, self._BLOB_MAX_CHUNK_DATA_SIZE)
        size = int(self.get_blob_properties(*names)["content-length"])
        if size < self._BLOB_MAX_DATA_SIZE:
            progress = Progress(pieces.callback, size)
            progress.tell()
            stream.write(self.get_blob(*names, snapshot, x_ms_lease_id=lease_id))
            progress.add(size)
            return

        def get(offset: int) -> bytes:
            return self.get_blob(*names, snapshot, f"bytes={offset}-{offset + pieces.size - 1}", lease_id)

        pieces.fetch(stream, size, get)

    @takes(f"container_name, blob_name, {_FETCHED}")
    def get_blob_to_bytes(self, asked: Arguments) -> bytes:
        """Fetch a blob's bytes."""
        stream = io.BytesIO()
        self.get_blob_to_file(stream=stream, **asked)
        return stream.getvalue()

    @takes(f"container_name, blob_name, text_encoding='utf-8', {_FETCHED}", needs=(*BLOB_NAMES, "text_encoding"))
    def get_blob_to_text(self, asked: Arguments) -> str:
        """Fetch a blob's text."""
        encoding = asked.pop("text_encoding")
        return self.get_blob_to_bytes(**asked).decode(encoding)

    @takes(f"container_name, blob_name, file_path, {_BLOCKS}", needs=(*BLOB_NAMES, "file_path"))
    def put_block_blob_from_path(self, asked: Arguments) -> None:
        """Send a file as a block blob."""
        with file_of(asked) as opened:
            self.put_block_blob_from_file(**opened, **asked)

    @takes(f"container_name, blob_name, stream, count=None, {_BLOCKS}", needs=(*BLOB_NAMES, "stream"))
    def put_block_blob_from_file(self, asked: Arguments) -> None:
        """Send `count` bytes of a stream as a block blob, or all of it."""
        stream, count = asked.pop("stream"), asked.pop("count")
        pieces = Pieces.of(asked, self._BLOB_MAX_CHUNK_DATA_SIZE)
        if count and count < self._BLOB_MAX_DATA_SIZE:
            progress = Progress(pieces.callback, count)
            progress.tell()
            self.put_blob(blob=stream.read(count), x_ms_blob_type="BlockBlob", **asked)
            progress.add(count)
            return
        self.put_blob(blob=None, x_ms_blob_type="BlockBlob", **asked)
        names = [asked[name] for name in BLOB_NAMES]

        def put(offset: int, content: bytes) -> str:
            block_id = quote(to_base64(f"{offset:032d}"))
            self.put_block(*names, content, block_id, x_ms_lease_id=asked["x_ms_lease_id"])
            return block_id

        block_ids = pieces.send(stream, count, put)
        self.put_block_list(*names, block_ids, **{name: asked[name] for name in _OF_BLOCKS})

    @takes(f"container_name, blob_name, blob, index=0, count=None, {_BLOCKS}", needs=(*BLOB_NAMES, "blob", "index"))
    def put_block_blob_from_bytes(self, asked: Arguments) -> None:
        """Send bytes as a block blob: `count` of them from `index` on, or all."""
        part = part_of(asked)
        if part["count"]:
            self.put_block_blob_from_file(**part, **asked)
            return
        # Without a size, the stream would go in pieces.
        progress = Progress(Pieces.of(asked, self._BLOB_MAX_CHUNK_DATA_SIZE).callback, 0)
        progress.tell()
        self.put_blob(blob=b"", x_ms_blob_type="BlockBlob", **asked)
        progress.tell()

    @takes(f"container_name, blob_name, text, text_encoding='utf-8', {_BLOCKS}", needs=(*BLOB_NAMES, "text"))
    def put_block_blob_from_text(self, asked: Arguments) -> None:
        """Send text as a block blob; bytes are sent as they are."""
        if not isinstance(asked["text"], bytes):
            need(asked, ("text_encoding",))
            asked["text"] = asked["text"].encode(asked["text_encoding"])
        del asked["text_encoding"]
        self.put_block_blob_from_bytes(blob=asked.pop("text"), **asked)

    @takes(f"container_name, blob_name, file_path, {_PAGES}", needs=(*BLOB_NAMES, "file_path"))
    def put_page_blob_from_path(self, asked: Arguments) -> None:
        """Send a file as a page blob; its size must be of whole pages."""
        with file_of(asked) as opened:
            self.put_page_blob_from_file(**opened, **asked)

    @takes(f"container_name, blob_name, stream, count, {_PAGES}", needs=(*BLOB_NAMES, "stream", "count"))
    def put_page_blob_from_file(self, asked: Arguments) -> None:
        """Send `count` bytes of a stream as a page blob."""
        stream, count = asked.pop("stream"), asked.pop("count")
        pieces = Pieces.of(asked, self._BLOB_MAX_CHUNK_DATA_SIZE)
        if count < 0:
            raise ValueError(VALUE_NEGATIVE.format("count"))
        if count % _PAGE != 0:
            raise ValueError(PAGE_BLOB_SIZE_ALIGNMENT.format(count))
        self.put_blob(blob=b"", x_ms_blob_type="PageBlob", x_ms_blob_content_length=count, **asked)
        names = [asked[name] for name in BLOB_NAMES]

        def put(offset: int, content: bytes) -> None:
            where = f"bytes={offset}-{offset + len(content) - 1}"
            self.put_page(*names, content, where, "update", x_ms_lease_id=asked["x_ms_lease_id"])

        if count:
            pieces.send(stream, count, put)
        else:
            Progress(pieces.callback, 0).tell()

    @takes(f"container_name, blob_name, blob, index=0, count=None, {_PAGES}", needs=(*BLOB_NAMES, "blob", "index"))
    def put_page_blob_from_bytes(self, asked: Arguments) -> None:
        """Send bytes as a page blob: `count` of them from `index` on, or all."""
        part = part_of(asked)
        self.put_page_blob_from_file(**part, **asked)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The way a blob is moved in pieces.

    Attributes:
        size: of a piece.
        connections: how many are moved at once; more than one needs a seekable stream.
        retries: how often each is tried again.
        wait: seconds between attempts.
        callback: called with the bytes that were moved, and the size of all.
    """

    size: int
    connections: int
    retries: int
    wait: float
    callback: Callback | None

    @classmethod
    def of(cls, asked: Arguments, size: int) -> Pieces:
        """Take the parameters `_IN_PIECES` out of what a method was given."""
        callback = asked.pop("progress_callback")
        return cls(size, asked.pop("max_connections"), asked.pop("max_retries"), asked.pop("retry_wait"), callback)

    def send(self, stream: Any, total: int | None, put: Callable[[int, bytes], T]) -> list[T]:
        """Send a stream from where it stands; `put` sends the piece that begins at an offset."""
        plan = Plan(self.size, total, self.connections, self.callback)
        return upload_chunks(stream, lambda chunk: self._tried(lambda: put(*chunk)), plan)

    def fetch(self, stream: IO[bytes], total: int, get: Callable[[int], bytes]) -> None:
        """Write a blob to a stream; `get` fetches the piece that begins at an offset."""
        progress, write = Progress(self.callback, total), Writer(stream, 0, is_shared=self.connections > 1)
        progress.tell()

        def move(offset: int) -> None:
            content = self._tried(lambda: get(offset))
            write(content, offset)
            progress.add(len(content))

        work_through(range(0, total, self.size), move, self.connections)

    def _tried(self, attempt: Callable[[], T]) -> T:
        for _ in range(self.retries):
            try:
                return attempt()
            except AzureHttpError:
                time.sleep(self.wait)
        return attempt()
