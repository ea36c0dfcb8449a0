"""Append blobs: created, and appended to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import IO, Any, Final

from blobprep.legacy.encryption import refuse_encryption
from blobprep.legacy.models import (
    AppendBlockProperties,
    BlobTypes,
    ContentSettings,
    CustomerProvidedEncryptionKey,
    ResourceProperties,
)
from blobprep.legacy.operations import BLOB, Operation
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.bodies import (
    OF_BYTES,
    OF_TEXT,
    SOURCE_CONDITIONS,
    bytes_of,
    encoded,
    slice_of,
    source_range,
    summed,
)
from blobprep.legacy.services.forwarding import BLOB_NAMES, handed_on
from blobprep.legacy.transfers.chunks import Chunk
from blobprep.legacy.transfers.progress import Callback
from blobprep.legacy.transfers.uploading import Plan, upload_chunks
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.failures import only_bytes

__all__ = ["AppendBlobService"]

_CREATE: Final = Operation("PUT", BLOB, headers={"x-ms-blob-type": BlobTypes.AppendBlob})
_APPEND: Final = Operation("PUT", BLOB, {"comp": "appendblock"}, needs=("block",), unsent=("block", "validate_content"))
_APPEND_FROM_URL: Final = Operation(
    "PUT",
    BLOB,
    {"comp": "appendblock"},
    needs=("copy_source_url",),
    places=SOURCE_CONDITIONS,
    unsent=("source_range_start", "source_range_end"),
)
_FOR_THE_FIRST: Final = ("if_modified_since", "if_unmodified_since", "if_match", "if_none_match")
_OF_UPLOAD: Final = ("stream", "count", "progress_callback")


class AppendBlobService(BaseBlobService):
    """Append blobs: logs and the like, up to 50,000 blocks each, which nothing but appending changes.

    None of this works with client-side encryption.

    Attributes:
        MAX_BLOCK_SIZE: In blocks of this size, more is appended.
    """

    MAX_BLOCK_SIZE = 4 * 1024 * 1024

    blob_type = BlobTypes.AppendBlob

    def create_blob(
        self,
        container_name: str,
        blob_name: str,
        content_settings: ContentSettings | None = None,
        metadata: Mapping[str, str] | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Create an empty blob, in place of one that is there."""
        asked = handed_on(locals(), needs=BLOB_NAMES)
        self._refuse_encryption()
        return self._perform(_CREATE, asked, reading.resource)

    def append_block(
        self,
        container_name: str,
        blob_name: str,
        block: bytes,
        validate_content: bool = False,
        maxsize_condition: int | None = None,
        appendpos_condition: int | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> AppendBlockProperties:
        """Append one block to a blob that exists.

        Args:
            container_name: where the blob is.
            blob_name: its name.
            block: what is appended.
            validate_content: whether the service compares it with its sum.
            maxsize_condition: only if the blob becomes no larger than this.
            appendpos_condition: only if the blob is of this size now.
            lease_id: that of an active lease.
            if_modified_since: only if the blob changed since then.
            if_unmodified_since: only if it did not.
            if_match: only with this ETag.
            if_none_match: only with another ETag.
            timeout: seconds that the service may take.
            cpk: the key that the service encrypts the blob with.
        """
        asked = handed_on(locals(), needs=(*BLOB_NAMES, "block"))
        self._refuse_encryption()
        body = bytes_of("block", block)
        return self._perform(_APPEND, asked, reading.appended, body=body, headers=summed(body, validate_content))

    def append_block_from_url(
        self,
        container_name: str,
        blob_name: str,
        copy_source_url: str,
        source_range_start: int | None = None,
        source_range_end: int | None = None,
        source_content_md5: str | None = None,
        source_if_modified_since: datetime | None = None,
        source_if_unmodified_since: datetime | None = None,
        source_if_match: str | None = None,
        source_if_none_match: str | None = None,
        maxsize_condition: int | None = None,
        appendpos_condition: int | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> AppendBlockProperties:
        """Append a block that the service itself gets from a URL, or a range of it, both ends included."""
        asked = handed_on(locals())
        self._refuse_encryption()
        headers = source_range(source_range_start, source_range_end)
        return self._perform(_APPEND_FROM_URL, asked, reading.appended, headers=headers)

    def append_blob_from_path(
        self,
        container_name: str,
        blob_name: str,
        file_path: str,
        validate_content: bool = False,
        maxsize_condition: int | None = None,
        progress_callback: Callback | None = None,
        lease_id: str | None = None,
        timeout: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Append a file to a blob that exists; as `append_blob_from_stream`."""
        asked = handed_on(locals(), own=("file_path",), needs=(*BLOB_NAMES, "file_path"))
        self._refuse_encryption()
        with open(file_path, "rb") as stream:  # noqa: PTH123  # descriptors will do too
            return self.append_blob_from_stream(stream=stream, count=os.fstat(stream.fileno()).st_size, **asked)

    def append_blob_from_bytes(
        self,
        container_name: str,
        blob_name: str,
        blob: bytes,
        index: int = 0,
        count: int | None = None,
        validate_content: bool = False,
        maxsize_condition: int | None = None,
        progress_callback: Callback | None = None,
        lease_id: str | None = None,
        timeout: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Append bytes to a blob that exists, or `count` of them from `index` on; as `append_blob_from_stream`."""
        asked = handed_on(locals(), own=OF_BYTES, needs=(*BLOB_NAMES, "blob", "index"))
        only_bytes("blob", blob)
        self._refuse_encryption()
        return self.append_blob_from_stream(**slice_of(blob, index, count), **asked)

    def append_blob_from_text(
        self,
        container_name: str,
        blob_name: str,
        text: str,
        encoding: str = "utf-8",
        validate_content: bool = False,
        maxsize_condition: int | None = None,
        progress_callback: Callback | None = None,
        lease_id: str | None = None,
        timeout: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Append a text to a blob that exists; bytes are taken as they are. As `append_blob_from_stream`."""
        asked = handed_on(locals(), own=OF_TEXT, needs=(*BLOB_NAMES, "text"))
        self._refuse_encryption()
        return self.append_blob_from_bytes(blob=encoded(text, encoding), **asked)

    def append_blob_from_stream(
        self,
        container_name: str,
        blob_name: str,
        stream: IO[bytes],
        count: int | None = None,
        validate_content: bool = False,
        maxsize_condition: int | None = None,
        progress_callback: Callback | None = None,
        lease_id: str | None = None,
        timeout: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Append a stream to a blob that exists, in blocks; a count of 0 means all of it, as None does.

        When somebody else appends in between, it fails with what was appended until then in place. The conditions on
        time and ETag hold for the first block, as what follows changes the blob itself.
        """
        asked = handed_on(locals(), own=_OF_UPLOAD, needs=(*BLOB_NAMES, "stream"))
        self._refuse_encryption()
        plan = Plan(self.MAX_BLOCK_SIZE, count, connections=1, callback=progress_callback)
        conditions = {name: asked.pop(name) for name in _FOR_THE_FIRST}
        append = _Appending(partial(self.append_block, **asked), conditions)
        appended = upload_chunks(stream, append, plan)
        properties = ResourceProperties()
        if appended:
            properties.clone(appended[-1])
        return properties

    def _refuse_encryption(self) -> None:
        refuse_encryption(self.require_encryption, self.key_encryption_key)


class _Appending:
    """Appends one chunk behind the other, and none behind what somebody else appended."""

    def __init__(self, append: Callable[..., AppendBlockProperties], conditions: Mapping[str, Any]) -> None:
        self._append = append
        self._conditions = conditions
        self._start: int | None = None

    def __call__(self, chunk: Chunk) -> AppendBlockProperties:
        if self._start is not None:
            return self._append(block=chunk.data, appendpos_condition=self._start + chunk.offset)
        appended = self._append(block=chunk.data, **self._conditions)
        self._start = appended.append_offset
        return appended
