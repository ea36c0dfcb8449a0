"""Whole blobs to files, streams, bytes and text, as `BlobService` fetched them."""

from __future__ import annotations

import io
from typing import Final

from blobprep.legacy.early.blobs import Blobs
from blobprep.legacy.early.transfers import IN_PIECES, Pieces
from blobprep.legacy.methods import BLOB_NAMES, Arguments, need, takes

__all__ = ["Downloads"]

_FETCHED: Final = f"snapshot=None, x_ms_lease_id=None, {IN_PIECES}"


class Downloads(Blobs):
    """What fetches whole blobs. Each returns the content itself, or nothing where it was written."""

    _BLOB_MAX_DATA_SIZE = 64 * 1024 * 1024
    _BLOB_MAX_CHUNK_DATA_SIZE = 4 * 1024 * 1024

    @takes(f"container_name, blob_name, file_path, open_mode='wb', {_FETCHED}")
    def get_blob_to_path(self, asked: Arguments) -> None:
        """Fetch a blob into a file, which is opened first."""
        need(asked, (*BLOB_NAMES, "file_path", "open_mode"))
        with open(asked.pop("file_path"), asked.pop("open_mode")) as stream:  # noqa: PTH123 - whatever `open` takes
            self.get_blob_to_file(stream=stream, **asked)

    @takes(f"container_name, blob_name, stream, {_FETCHED}")
    def get_blob_to_file(self, asked: Arguments) -> None:
        """Fetch a blob into an open stream."""
        need(asked, (*BLOB_NAMES, "stream"))
        names = [asked[name] for name in BLOB_NAMES]
        stream, snapshot, lease_id = (asked[name] for name in ("stream", "snapshot", "x_ms_lease_id"))
        pieces = Pieces.of(asked, self._BLOB_MAX_CHUNK_DATA_SIZE)
        size = int(self.get_blob_properties(*names)["content-length"])
        if size < self._BLOB_MAX_DATA_SIZE:
            pieces.tell(0, size)
            stream.write(self.get_blob(*names, snapshot, x_ms_lease_id=lease_id))
            pieces.tell(size, size)
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

    @takes(f"container_name, blob_name, text_encoding='utf-8', {_FETCHED}")
    def get_blob_to_text(self, asked: Arguments) -> str:
        """Fetch a blob's text."""
        need(asked, (*BLOB_NAMES, "text_encoding"))
        encoding = asked.pop("text_encoding")
        return self.get_blob_to_bytes(**asked).decode(encoding)
