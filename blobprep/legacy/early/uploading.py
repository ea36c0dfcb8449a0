"""Whole blobs from files, streams, bytes and text, as `BlobService` sent them."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from blobprep.legacy.early.blobs import STORED
from blobprep.legacy.early.downloading import Downloads
from blobprep.legacy.early.transfers import IN_PIECES, Pieces
from blobprep.legacy.methods import BLOB_NAMES, Arguments, need, takes
from blobprep.legacy.services.bodies import file_of, part_of
from blobprep.legacy.wire.conversions import to_base64
from blobprep.legacy.wire.failures import PAGE_BLOB_SIZE_ALIGNMENT, VALUE_NEGATIVE

__all__ = ["Uploads"]

_PAGE: Final = 512
_BLOCKS: Final = f"{STORED}, {IN_PIECES}"
_PAGES: Final = f"{STORED}, x_ms_blob_sequence_number=None, {IN_PIECES}"
_OF_BLOCKS: Final = (
    "x_ms_blob_cache_control",
    "x_ms_blob_content_type",
    "x_ms_blob_content_encoding",
    "x_ms_blob_content_language",
    "x_ms_blob_content_md5",
    "x_ms_meta_name_values",
    "x_ms_lease_id",
    "content_md5",
)
"""What the list of a large blob's blocks says; the rest of the headers is lost with it, as ever."""


class Uploads(Downloads):
    """What sends whole blobs. Each replaces what was there."""

    @takes(f"container_name, blob_name, file_path, {_BLOCKS}")
    def put_block_blob_from_path(self, asked: Arguments) -> None:
        """Send a file as a block blob."""
        need(asked, (*BLOB_NAMES, "file_path"))
        with file_of(asked) as opened:
            self.put_block_blob_from_file(**opened, **asked)

    @takes(f"container_name, blob_name, stream, count=None, {_BLOCKS}")
    def put_block_blob_from_file(self, asked: Arguments) -> None:
        """Send `count` bytes of a stream as a block blob, or all of it."""
        need(asked, (*BLOB_NAMES, "stream"))
        stream, count, pieces = (
            asked.pop("stream"),
            asked.pop("count"),
            Pieces.of(asked, self._BLOB_MAX_CHUNK_DATA_SIZE),
        )
        if count and count < self._BLOB_MAX_DATA_SIZE:
            pieces.tell(0, count)
            self.put_blob(blob=stream.read(count), x_ms_blob_type="BlockBlob", **asked)
            pieces.tell(count, count)
            return
        self.put_blob(blob=None, x_ms_blob_type="BlockBlob", **asked)
        names = [asked[name] for name in BLOB_NAMES]

        def put(offset: int, content: bytes) -> str:
            block_id = quote(to_base64(f"{offset:032d}"))
            self.put_block(*names, content, block_id, x_ms_lease_id=asked["x_ms_lease_id"])
            return block_id

        block_ids = pieces.send(stream, count, put)
        self.put_block_list(*names, block_ids, **{name: asked[name] for name in _OF_BLOCKS})

    @takes(f"container_name, blob_name, blob, index=0, count=None, {_BLOCKS}")
    def put_block_blob_from_bytes(self, asked: Arguments) -> None:
        """Send bytes as a block blob: `count` of them from `index` on, or all."""
        need(asked, (*BLOB_NAMES, "blob", "index"))
        part = part_of(asked)
        if part["count"]:
            self.put_block_blob_from_file(**part, **asked)
            return
        # Without a size, the stream would go in pieces.
        pieces = Pieces.of(asked, self._BLOB_MAX_CHUNK_DATA_SIZE)
        pieces.tell(0, 0)
        self.put_blob(blob=b"", x_ms_blob_type="BlockBlob", **asked)
        pieces.tell(0, 0)

    @takes(f"container_name, blob_name, text, text_encoding='utf-8', {_BLOCKS}")
    def put_block_blob_from_text(self, asked: Arguments) -> None:
        """Send text as a block blob; bytes are sent as they are."""
        need(asked, (*BLOB_NAMES, "text"))
        if not isinstance(asked["text"], bytes):
            need(asked, ("text_encoding",))
            asked["text"] = asked["text"].encode(asked["text_encoding"])
        del asked["text_encoding"]
        self.put_block_blob_from_bytes(blob=asked.pop("text"), **asked)

    @takes(f"container_name, blob_name, file_path, {_PAGES}")
    def put_page_blob_from_path(self, asked: Arguments) -> None:
        """Send a file as a page blob; its size must be of whole pages."""
        need(asked, (*BLOB_NAMES, "file_path"))
        with file_of(asked) as opened:
            self.put_page_blob_from_file(**opened, **asked)

    @takes(f"container_name, blob_name, stream, count, {_PAGES}")
    def put_page_blob_from_file(self, asked: Arguments) -> None:
        """Send `count` bytes of a stream as a page blob."""
        need(asked, (*BLOB_NAMES, "stream", "count"))
        stream, count, pieces = (
            asked.pop("stream"),
            asked.pop("count"),
            Pieces.of(asked, self._BLOB_MAX_CHUNK_DATA_SIZE),
        )
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
            pieces.tell(0, 0)

    @takes(f"container_name, blob_name, blob, index=0, count=None, {_PAGES}")
    def put_page_blob_from_bytes(self, asked: Arguments) -> None:
        """Send bytes as a page blob: `count` of them from `index` on, or all."""
        need(asked, (*BLOB_NAMES, "blob", "index"))
        part = part_of(asked)
        self.put_page_blob_from_file(**part, **asked)
