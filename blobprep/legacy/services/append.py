"""Append blobs: created, and appended to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from blobprep.legacy.encryption import refuse_encryption
from blobprep.legacy.methods import BLOB_NAMES, CONDITIONS, SOURCE, Arguments, hand_on, takes
from blobprep.legacy.models import AppendBlockProperties, BlobTypes, ResourceProperties
from blobprep.legacy.operations import BLOB, Operation
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.bodies import SOURCE_CONDITIONS, bytes_of, encoded, file_of, part_of, source_range, summed
from blobprep.legacy.transfers.chunks import Chunk
from blobprep.legacy.transfers.uploading import Plan, upload_chunks
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.failures import only_bytes

__all__ = ["AppendBlobService"]

_FOR_THE_FIRST: Final = ("if_modified_since", "if_unmodified_since", "if_match", "if_none_match")
_APPENDED: Final = (
    f"maxsize_condition=None, appendpos_condition=None, lease_id=None, {CONDITIONS}, timeout=None, cpk=None"
)
_UPLOADED: Final = (
    "validate_content=False, maxsize_condition=None, progress_callback=None, lease_id=None, timeout=None,"
    f" {CONDITIONS}, cpk=None"
)


class AppendBlobService(BaseBlobService):
    """Append blobs: up to 50,000 blocks each, for logs and the like; appending alone changes them.

    These operations do not work with client-side encryption.

    Attributes:
        MAX_BLOCK_SIZE: Size of the blocks in which longer content is appended.
    """

    MAX_BLOCK_SIZE = 4 * 1024 * 1024

    blob_type = BlobTypes.AppendBlob

    @takes(
        "container_name, blob_name, content_settings=None, metadata=None, lease_id=None,"
        f" {CONDITIONS}, timeout=None, cpk=None",
        needs=BLOB_NAMES,
    )
    def create_blob(self, asked: Arguments) -> ResourceProperties:
        """Create an empty blob, in place of one that exists."""
        self._refuse_encryption()
        operation = Operation("PUT", BLOB, headers={"x-ms-blob-type": BlobTypes.AppendBlob})
        return self._perform(operation, asked, reading.resource)

    @takes(f"container_name, blob_name, block, validate_content=False, {_APPENDED}", needs=(*BLOB_NAMES, "block"))
    def append_block(self, asked: Arguments) -> AppendBlockProperties:
        """Append one block to a blob that exists."""
        self._refuse_encryption()
        body = bytes_of("block", asked["block"])
        headers = summed(body, asked["validate_content"])
        operation = Operation("PUT", BLOB, {"comp": "appendblock"})
        return self._perform(operation, asked, reading.appended, body=body, headers=headers)

    @takes(
        "container_name, blob_name, copy_source_url, source_range_start=None, source_range_end=None,"
        f" source_content_md5=None, {SOURCE}, {_APPENDED}"
    )
    def append_block_from_url(self, asked: Arguments) -> AppendBlockProperties:
        """Append a block that the service itself gets from a URL, or a range of it, both ends included."""
        self._refuse_encryption()
        needs = ("copy_source_url",)
        operation = Operation("PUT", BLOB, {"comp": "appendblock"}, needs=needs, places=SOURCE_CONDITIONS)
        return self._perform(operation, asked, reading.appended, headers=source_range(asked))

    @takes(f"container_name, blob_name, file_path, {_UPLOADED}", needs=(*BLOB_NAMES, "file_path"))
    def append_blob_from_path(self, asked: Arguments) -> ResourceProperties:
        """Append a file to a blob that exists; as `append_blob_from_stream`."""
        self._refuse_encryption()
        with file_of(asked) as opened:
            return hand_on(self.append_blob_from_stream, asked, *BLOB_NAMES, "stream", **opened)

    @takes(f"container_name, blob_name, blob, index=0, count=None, {_UPLOADED}", needs=(*BLOB_NAMES, "blob", "index"))
    def append_blob_from_bytes(self, asked: Arguments) -> ResourceProperties:
        """Append bytes to a blob that exists, or `count` of them from `index` on; as `append_blob_from_stream`."""
        only_bytes("blob", asked["blob"])
        self._refuse_encryption()
        return hand_on(self.append_blob_from_stream, part_of(asked) | asked, *BLOB_NAMES, "stream")

    @takes(f"container_name, blob_name, text, encoding='utf-8', {_UPLOADED}", needs=(*BLOB_NAMES, "text"))
    def append_blob_from_text(self, asked: Arguments) -> ResourceProperties:
        """Append a text to a blob that exists; bytes are taken as they are. As `append_blob_from_stream`."""
        self._refuse_encryption()
        blob = encoded(asked.pop("text"), asked.pop("encoding"))
        return hand_on(self.append_blob_from_bytes, asked, *BLOB_NAMES, "blob", blob=blob, index=0, count=len(blob))

    @takes(f"container_name, blob_name, stream, count=None, {_UPLOADED}", needs=(*BLOB_NAMES, "stream"))
    def append_blob_from_stream(self, asked: Arguments) -> ResourceProperties:
        """Append a stream to a blob that exists, in blocks; a count of 0 means all of it, as None does.

        If another client appends in between, it fails, and the blob keeps what was appended until then. The conditions
        on time and ETag hold for the first block alone, since each block changes both.
        """
        self._refuse_encryption()
        stream, callback = asked.pop("stream"), asked.pop("progress_callback")
        plan = Plan(self.MAX_BLOCK_SIZE, asked.pop("count"), connections=1, callback=callback)
        conditions = {name: asked.pop(name) for name in _FOR_THE_FIRST}
        append = _Appending(partial(hand_on, self.append_block, asked, *BLOB_NAMES, "block"), conditions)
        appended = upload_chunks(stream, append, plan)
        properties = ResourceProperties()
        if appended:
            properties.clone(appended[-1])
        return properties

    def _refuse_encryption(self) -> None:
        refuse_encryption(self.require_encryption, self.key_encryption_key)


class _Appending:
    """A writer that appends one chunk after another, and stops if another client appends in between."""

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
