"""Whole blobs to files, streams, bytes and text, as `BlobService` fetched them."""

from __future__ import annotations

import io
from typing import IO, Any

from blobprep.legacy.early.blobs import Blobs
from blobprep.legacy.early.transfers import Pieces
from blobprep.legacy.transfers.progress import Callback
from blobprep.legacy.wire.failures import not_none

__all__ = ["Downloads"]


class Downloads(Blobs):
    """What fetches whole blobs. Each returns the content itself, or nothing where it was written."""

    _BLOB_MAX_DATA_SIZE = 64 * 1024 * 1024
    _BLOB_MAX_CHUNK_DATA_SIZE = 4 * 1024 * 1024

    def get_blob_to_path(
        self,
        container_name: str,
        blob_name: str,
        file_path: str,
        open_mode: str = "wb",
        snapshot: str | None = None,
        x_ms_lease_id: str | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Fetch a blob into a file, which is opened first."""
        for name, value in (("container_name", container_name), ("blob_name", blob_name), ("file_path", file_path)):
            not_none(name, value)
        not_none("open_mode", open_mode)
        how: Any = (snapshot, x_ms_lease_id, progress_callback, max_connections, max_retries, retry_wait)
        with open(file_path, open_mode) as stream:  # noqa: PTH123 - whatever `open` takes
            self.get_blob_to_file(container_name, blob_name, stream, *how)

    def get_blob_to_file(
        self,
        container_name: str,
        blob_name: str,
        stream: IO[Any],
        snapshot: str | None = None,
        x_ms_lease_id: str | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Fetch a blob into an open stream."""
        not_none("container_name", container_name)
        not_none("blob_name", blob_name)
        not_none("stream", stream)
        size = int(self.get_blob_properties(container_name, blob_name)["content-length"])
        if size < self._BLOB_MAX_DATA_SIZE:
            if progress_callback:
                progress_callback(0, size)
            stream.write(self.get_blob(container_name, blob_name, snapshot, x_ms_lease_id=x_ms_lease_id))
            if progress_callback:
                progress_callback(size, size)
            return
        pieces = Pieces(self._BLOB_MAX_CHUNK_DATA_SIZE, max_connections, max_retries, retry_wait, progress_callback)

        def get(offset: int) -> bytes:
            wanted = f"bytes={offset}-{offset + pieces.size - 1}"
            return self.get_blob(container_name, blob_name, snapshot, wanted, x_ms_lease_id)

        pieces.fetch(stream, size, get)

    def get_blob_to_bytes(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        x_ms_lease_id: str | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> bytes:
        """Fetch a blob's bytes."""
        stream = io.BytesIO()
        how: Any = (snapshot, x_ms_lease_id, progress_callback, max_connections, max_retries, retry_wait)
        self.get_blob_to_file(container_name, blob_name, stream, *how)
        return stream.getvalue()

    def get_blob_to_text(
        self,
        container_name: str,
        blob_name: str,
        text_encoding: str = "utf-8",
        snapshot: str | None = None,
        x_ms_lease_id: str | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> str:
        """Fetch a blob's text."""
        not_none("container_name", container_name)
        not_none("blob_name", blob_name)
        not_none("text_encoding", text_encoding)
        how: Any = (snapshot, x_ms_lease_id, progress_callback, max_connections, max_retries, retry_wait)
        return self.get_blob_to_bytes(container_name, blob_name, *how).decode(text_encoding)
