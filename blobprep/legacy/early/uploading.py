"""Whole blobs from files, streams, bytes and text, as `BlobService` sent them."""

from __future__ import annotations

import io
import os
from typing import IO, Any, Final
from urllib.parse import quote

from blobprep.legacy.early.containers import Metadata
from blobprep.legacy.early.downloading import Downloads
from blobprep.legacy.early.transfers import Pieces
from blobprep.legacy.transfers.progress import Callback
from blobprep.legacy.wire.conversions import to_base64
from blobprep.legacy.wire.failures import PAGE_BLOB_SIZE_ALIGNMENT, VALUE_NEGATIVE, not_none, only_bytes

__all__ = ["Uploads"]

_PAGE: Final = 512
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
_OF_PIECES: Final = ("max_connections", "max_retries", "retry_wait")


class Uploads(Downloads):
    """What sends whole blobs. Each replaces what was there."""

    def put_block_blob_from_path(
        self,
        container_name: str,
        blob_name: str,
        file_path: str,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_md5: str | None = None,
        cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Send a file as a block blob."""
        given = _without(locals(), "file_path")
        not_none("container_name", container_name)
        not_none("blob_name", blob_name)
        not_none("file_path", file_path)
        with open(file_path, "rb") as stream:  # noqa: PTH123 - whatever `open` takes
            self.put_block_blob_from_file(stream=stream, count=os.fstat(stream.fileno()).st_size, **given)

    def put_block_blob_from_file(
        self,
        container_name: str,
        blob_name: str,
        stream: IO[bytes],
        count: int | None = None,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_md5: str | None = None,
        cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Send `count` bytes of a stream as a block blob, or all of it."""
        given = _without(locals(), "stream", "count", "progress_callback", *_OF_PIECES)
        not_none("container_name", container_name)
        not_none("blob_name", blob_name)
        not_none("stream", stream)
        if count and count < self._BLOB_MAX_DATA_SIZE:
            if progress_callback:
                progress_callback(0, count)
            self.put_blob(blob=stream.read(count), x_ms_blob_type="BlockBlob", **given)
            if progress_callback:
                progress_callback(count, count)
            return
        self.put_blob(blob=None, x_ms_blob_type="BlockBlob", **given)
        pieces = Pieces(self._BLOB_MAX_CHUNK_DATA_SIZE, max_connections, max_retries, retry_wait, progress_callback)

        def put(offset: int, content: bytes) -> str:
            block_id = quote(to_base64(f"{offset:032d}"))
            self.put_block(container_name, blob_name, content, block_id, x_ms_lease_id=x_ms_lease_id)
            return block_id

        block_ids = pieces.send(stream, count, put)
        told = {name: given[name] for name in _OF_BLOCKS}
        self.put_block_list(container_name, blob_name, block_ids, **told)

    def put_block_blob_from_bytes(
        self,
        container_name: str,
        blob_name: str,
        blob: bytes,
        index: int = 0,
        count: int | None = None,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_md5: str | None = None,
        cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Send bytes as a block blob: `count` of them from `index` on, or all."""
        given = _without(locals(), "blob", "index", "count")
        part, size = _part(container_name, blob_name, blob, index, count)
        if size == 0:  # a stream of no known size would go in pieces
            if progress_callback:
                progress_callback(0, 0)
            self.put_blob(blob=b"", x_ms_blob_type="BlockBlob", **_without(given, "progress_callback", *_OF_PIECES))
            if progress_callback:
                progress_callback(0, 0)
            return
        self.put_block_blob_from_file(stream=part, count=size, **given)

    def put_block_blob_from_text(
        self,
        container_name: str,
        blob_name: str,
        text: str | bytes,
        text_encoding: str = "utf-8",
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_md5: str | None = None,
        cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Send text as a block blob; bytes are sent as they are."""
        given = _without(locals(), "text", "text_encoding")
        not_none("container_name", container_name)
        not_none("blob_name", blob_name)
        not_none("text", text)
        if not isinstance(text, bytes):
            not_none("text_encoding", text_encoding)
            text = text.encode(text_encoding)
        self.put_block_blob_from_bytes(blob=text, **given)

    def put_page_blob_from_path(
        self,
        container_name: str,
        blob_name: str,
        file_path: str,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_md5: str | None = None,
        cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
        x_ms_blob_sequence_number: int | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Send a file as a page blob; its size must be of whole pages."""
        given = _without(locals(), "file_path")
        not_none("container_name", container_name)
        not_none("blob_name", blob_name)
        not_none("file_path", file_path)
        with open(file_path, "rb") as stream:  # noqa: PTH123 - whatever `open` takes
            self.put_page_blob_from_file(stream=stream, count=os.fstat(stream.fileno()).st_size, **given)

    def put_page_blob_from_file(
        self,
        container_name: str,
        blob_name: str,
        stream: IO[bytes],
        count: int,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_md5: str | None = None,
        cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
        x_ms_blob_sequence_number: int | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Send `count` bytes of a stream as a page blob."""
        given = _without(locals(), "stream", "count", "progress_callback", *_OF_PIECES)
        not_none("container_name", container_name)
        not_none("blob_name", blob_name)
        not_none("stream", stream)
        not_none("count", count)
        if count < 0:
            raise ValueError(VALUE_NEGATIVE.format("count"))
        if count % _PAGE != 0:
            raise ValueError(PAGE_BLOB_SIZE_ALIGNMENT.format(count))
        self.put_blob(blob=b"", x_ms_blob_type="PageBlob", x_ms_blob_content_length=count, **given)
        pieces = Pieces(self._BLOB_MAX_CHUNK_DATA_SIZE, max_connections, max_retries, retry_wait, progress_callback)

        def put(offset: int, content: bytes) -> None:
            where = f"bytes={offset}-{offset + len(content) - 1}"
            self.put_page(container_name, blob_name, content, where, "update", x_ms_lease_id=x_ms_lease_id)

        if count:
            pieces.send(stream, count, put)
        elif progress_callback:
            progress_callback(0, 0)

    def put_page_blob_from_bytes(
        self,
        container_name: str,
        blob_name: str,
        blob: bytes,
        index: int = 0,
        count: int | None = None,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_md5: str | None = None,
        cache_control: str | None = None,
        x_ms_blob_content_type: str | None = None,
        x_ms_blob_content_encoding: str | None = None,
        x_ms_blob_content_language: str | None = None,
        x_ms_blob_content_md5: str | None = None,
        x_ms_blob_cache_control: str | None = None,
        x_ms_meta_name_values: Metadata = None,
        x_ms_lease_id: str | None = None,
        x_ms_blob_sequence_number: int | None = None,
        progress_callback: Callback | None = None,
        max_connections: int = 1,
        max_retries: int = 5,
        retry_wait: float = 1.0,
    ) -> None:
        """Send bytes as a page blob: `count` of them from `index` on, or all."""
        given = _without(locals(), "blob", "index", "count")
        part, size = _part(container_name, blob_name, blob, index, count)
        self.put_page_blob_from_file(stream=part, count=size, **given)


def _without(arguments: dict[str, Any], *names: str) -> dict[str, Any]:
    """The arguments of a method for another one, which does not take these."""
    return {name: value for name, value in arguments.items() if name != "self" and name not in names}


def _part(container_name: str, blob_name: str, blob: bytes, index: int, count: int | None) -> tuple[IO[bytes], int]:
    """Take a part of some bytes as a stream.

    Returns:
        The stream where the part begins, and the part's size.
    """
    not_none("container_name", container_name)
    not_none("blob_name", blob_name)
    not_none("blob", blob)
    not_none("index", index)
    only_bytes("blob", blob)
    if index < 0:
        raise IndexError(VALUE_NEGATIVE.format("index"))
    stream = io.BytesIO(blob)
    stream.seek(index)
    return stream, len(blob) - index if count is None or count < 0 else count
