"""Get blobs: into files, streams, bytes and texts."""

from __future__ import annotations

import io
from datetime import datetime
from functools import partial
from typing import IO, Final

from blobprep.legacy.encryption import Aligned, align, decrypt, require_decryption
from blobprep.legacy.models import Blob, CustomerProvidedEncryptionKey, OperationContext
from blobprep.legacy.operations import BLOB, Operation, ranged
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.services.forwarding import BLOB_NAMES, handed_on, need
from blobprep.legacy.transfers.downloading import Download
from blobprep.legacy.transfers.progress import Callback
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.conversions import content_md5
from blobprep.legacy.wire.failures import (
    DECRYPTION_FAILURE,
    PARALLEL_NOT_SEEKABLE,
    AzureException,
    same_md5,
)
from blobprep.legacy.wire.messages import HTTPResponse

__all__ = ["Reading"]

_GET: Final = Operation(
    "GET", BLOB, secondary=True, unsent=("start_range", "end_range", "validate_content", "_context")
)
_OF_PATH: Final = ("file_path", "open_mode")


class Reading(BlobAccount):
    """What gets the content of blobs.

    Attributes:
        MAX_SINGLE_GET_SIZE: How much the first request asks for.
        MAX_CHUNK_GET_SIZE: How much each further one does; the first too where content is validated, since the
            service sums up no larger ranges.
    """

    MAX_SINGLE_GET_SIZE = 32 * 1024 * 1024
    MAX_CHUNK_GET_SIZE = 4 * 1024 * 1024

    def get_blob_to_path(
        self,
        container_name: str,
        blob_name: str,
        file_path: str,
        open_mode: str = "wb",
        snapshot: str | None = None,
        start_range: int | None = None,
        end_range: int | None = None,
        validate_content: bool = False,
        progress_callback: Callback | None = None,
        max_connections: int = 2,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> Blob:
        """Get a blob into a file, which is opened first; appending needs `max_connections=1`."""
        asked = handed_on(locals(), own=_OF_PATH, needs=(*BLOB_NAMES, *_OF_PATH))
        if max_connections > 1 and "a" in open_mode:
            raise ValueError(PARALLEL_NOT_SEEKABLE)
        with open(file_path, open_mode) as stream:  # noqa: PTH123  # descriptors will do too
            return self.get_blob_to_stream(stream=stream, **asked)

    def get_blob_to_stream(
        self,
        container_name: str,
        blob_name: str,
        stream: IO[bytes],
        snapshot: str | None = None,
        start_range: int | None = None,
        end_range: int | None = None,
        validate_content: bool = False,
        progress_callback: Callback | None = None,
        max_connections: int = 2,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> Blob:
        """Get a blob, or the bytes from `start_range` to `end_range`, both included, into a stream.

        The stream must be seekable, unless `max_connections` is 1. All parts must be of one version of the blob.

        Args:
            container_name: where the blob is.
            blob_name: its name.
            stream: is written to from where it stands.
            snapshot: the moment of one, to get instead of the blob.
            start_range: the first byte.
            end_range: the last byte.
            validate_content: whether every part is compared with the sum that the service makes of it.
            progress_callback: takes how many bytes there are so far, and in all.
            max_connections: how many requests there are at once, behind the first.
            lease_id: that of an active lease.
            if_modified_since: get it only if it changed since then.
            if_unmodified_since: get it only if it did not.
            if_match: get it only with this ETag; `*` lets it change after the first part.
            if_none_match: get it only with another ETag.
            timeout: seconds that the service may take for each request.
            cpk: the key that the service encrypted it with.
        """
        need(locals(), (*BLOB_NAMES, "stream"))
        get = partial(
            self._get_blob,
            container_name,
            blob_name,
            snapshot,
            validate_content=validate_content,
            lease_id=lease_id,
            if_modified_since=if_modified_since,
            if_unmodified_since=if_unmodified_since,
            if_none_match=if_none_match,
            timeout=timeout,
            cpk=cpk,
            _context=OperationContext(location_lock=True),
        )
        return Download(
            get=get,
            stream=stream,
            start=start_range,
            end=end_range,
            first_size=self.MAX_CHUNK_GET_SIZE if validate_content else self.MAX_SINGLE_GET_SIZE,
            chunk_size=self.MAX_CHUNK_GET_SIZE,
            connections=max_connections,
            callback=progress_callback,
            if_match=if_match,
        ).run()

    def get_blob_to_bytes(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        start_range: int | None = None,
        end_range: int | None = None,
        validate_content: bool = False,
        progress_callback: Callback | None = None,
        max_connections: int = 2,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> Blob:
        """Get a blob with its content as bytes; as `get_blob_to_stream`."""
        asked = handed_on(locals(), needs=BLOB_NAMES)
        stream = io.BytesIO()
        blob = self.get_blob_to_stream(stream=stream, **asked)
        blob.content = stream.getvalue()
        return blob

    def get_blob_to_text(
        self,
        container_name: str,
        blob_name: str,
        encoding: str = "utf-8",
        snapshot: str | None = None,
        start_range: int | None = None,
        end_range: int | None = None,
        validate_content: bool = False,
        progress_callback: Callback | None = None,
        max_connections: int = 2,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> Blob:
        """Get a blob with its content as text, its line ends and byte order mark kept; as `get_blob_to_stream`."""
        asked = handed_on(locals(), own=("encoding",), needs=(*BLOB_NAMES, "encoding"))
        blob = self.get_blob_to_bytes(**asked)
        assert isinstance(blob.content, bytes)
        blob.content = blob.content.decode(encoding)
        return blob

    def _get_blob(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        start_range: int | None = None,
        end_range: int | None = None,
        validate_content: bool = False,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
        _context: OperationContext | None = None,
    ) -> Blob:
        """Get one range of a blob, decrypted."""
        asked = handed_on(locals())
        require_decryption(self.require_encryption, self.key_encryption_key, self.key_resolver_function)
        is_encrypted = self.key_encryption_key is not None or self.key_resolver_function is not None
        aligned = align(start_range, end_range) if is_encrypted else Aligned(start_range, end_range, 0, None)

        def read(answer: HTTPResponse) -> Blob:
            if validate_content:
                same_md5(answer.headers["content-md5"], content_md5(answer.body))
            if is_encrypted:
                answer.body = self._decrypted(answer, aligned)
            return reading.blob(answer, blob_name, snapshot)

        headers = ranged(aligned.start, aligned.end, needs_start=False, needs_end=False, with_md5=validate_content)
        return self._perform(_GET, asked, read, headers=headers, context=_context)

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
