"""Get blobs: into files, streams, bytes and texts."""

from __future__ import annotations

import io
from functools import partial
from typing import Final

from blobprep.legacy.encryption import Aligned, align, decrypt, require_decryption
from blobprep.legacy.methods import BLOB_NAMES, CONDITIONS, Arguments, hand_on, need, takes
from blobprep.legacy.models import Blob, OperationContext
from blobprep.legacy.operations import BLOB, Operation, ranged
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.transfers.downloading import Download
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.conversions import content_md5
from blobprep.legacy.wire.failures import DECRYPTION_FAILURE, PARALLEL_NOT_SEEKABLE, AzureException, same_md5
from blobprep.legacy.wire.messages import HTTPResponse

__all__ = ["Reading"]

_DOWNLOADED: Final = (
    "snapshot=None, start_range=None, end_range=None, validate_content=False, progress_callback=None,"
    f" max_connections=2, lease_id=None, {CONDITIONS}, timeout=None, cpk=None"
)
_TO_STREAM: Final = (
    *(*BLOB_NAMES, "stream", "snapshot", "start_range", "end_range", "validate_content", "progress_callback"),
    *("max_connections", "lease_id", "if_modified_since", "if_unmodified_since", "if_match", "if_none_match"),
)


class Reading(BlobAccount):
    """The operations that get the content of blobs.

    Attributes:
        MAX_SINGLE_GET_SIZE: Size of the first request's range.
        MAX_CHUNK_GET_SIZE: Size of every other range; of the first too where content is validated, since the
            service computes the MD5 of no larger ranges.
    """

    MAX_SINGLE_GET_SIZE = 32 * 1024 * 1024
    MAX_CHUNK_GET_SIZE = 4 * 1024 * 1024

    @takes(f"container_name, blob_name, file_path, open_mode='wb', {_DOWNLOADED}")
    def get_blob_to_path(self, asked: Arguments) -> Blob:
        """Get a blob into a file, which is opened first; appending needs `max_connections=1`."""
        need(asked, (*BLOB_NAMES, "file_path", "open_mode"))
        path, mode = asked.pop("file_path"), asked.pop("open_mode")
        if asked["max_connections"] > 1 and "a" in mode:
            raise ValueError(PARALLEL_NOT_SEEKABLE)
        with open(path, mode) as stream:  # noqa: PTH123  # descriptors will do too
            return hand_on(self.get_blob_to_stream, asked, *_TO_STREAM, stream=stream)

    @takes(f"container_name, blob_name, stream, {_DOWNLOADED}", needs=(*BLOB_NAMES, "stream"))
    def get_blob_to_stream(self, asked: Arguments) -> Blob:
        """Get a blob, or the bytes from `start_range` to `end_range`, both included, into a stream.

        The stream must be seekable, unless `max_connections` is 1. All parts must be of one version of the blob; with
        an `if_match` of `*` it may change after the first.
        """
        stream, start, end, if_match = (asked.pop(name) for name in ("stream", "start_range", "end_range", "if_match"))
        connections, callback = asked.pop("max_connections"), asked.pop("progress_callback")
        first_size = self.MAX_CHUNK_GET_SIZE if asked["validate_content"] else self.MAX_SINGLE_GET_SIZE
        names = [asked.pop(name) for name in (*BLOB_NAMES, "snapshot")]
        get = partial(self._get_blob, *names, _context=OperationContext(location_lock=True), **asked)
        sizes = (first_size, self.MAX_CHUNK_GET_SIZE)
        return Download(get, stream, start, end, *sizes, connections, callback, if_match).run()

    @takes(f"container_name, blob_name, {_DOWNLOADED}", needs=BLOB_NAMES)
    def get_blob_to_bytes(self, asked: Arguments) -> Blob:
        """Get a blob with its content as bytes; as `get_blob_to_stream`."""
        stream = io.BytesIO()
        blob = hand_on(self.get_blob_to_stream, asked, *_TO_STREAM, stream=stream)
        blob.content = stream.getvalue()
        return blob

    @takes(f"container_name, blob_name, encoding='utf-8', {_DOWNLOADED}", needs=(*BLOB_NAMES, "encoding"))
    def get_blob_to_text(self, asked: Arguments) -> Blob:
        """Get a blob with its content as text, its line ends and byte order mark kept; as `get_blob_to_stream`."""
        encoding = asked.pop("encoding")
        blob = hand_on(self.get_blob_to_bytes, asked, *(name for name in _TO_STREAM if name != "stream"))
        assert isinstance(blob.content, bytes)
        blob.content = blob.content.decode(encoding)
        return blob

    @takes(
        "container_name, blob_name, snapshot=None, start_range=None, end_range=None, validate_content=False,"
        f" lease_id=None, {CONDITIONS}, timeout=None, cpk=None, _context=None"
    )
    def _get_blob(self, asked: Arguments) -> Blob:
        """Get one range of a blob, decrypted."""
        require_decryption(self.require_encryption, self.key_encryption_key, self.key_resolver_function)
        is_encrypted = self.key_encryption_key is not None or self.key_resolver_function is not None
        start, end, validate = asked["start_range"], asked["end_range"], asked["validate_content"]
        aligned = align(start, end) if is_encrypted else Aligned(start, end, 0, None)

        def read(answer: HTTPResponse) -> Blob:
            if validate:
                same_md5(answer.headers["content-md5"], content_md5(answer.body))
            if is_encrypted:
                answer.body = self._decrypted(answer, aligned)
            return reading.blob(answer, asked["blob_name"], asked["snapshot"])

        headers = ranged(aligned.start, aligned.end, needs_start=False, needs_end=False, with_md5=validate)
        return self._perform(Operation("GET", BLOB), asked, read, headers=headers, context=asked["_context"])

    def _decrypted(self, answer: HTTPResponse, aligned: Aligned) -> bytes:
        try:
            return decrypt(
                answer.body,
                answer.headers,
                aligned,
                kek=self.key_encryption_key,
                resolver=self.key_resolver_function,
                is_required=self.require_encryption,
            )
        except Exception as error:  # the caller's keys may fail in any way
            raise AzureException(DECRYPTION_FAILURE) from error
