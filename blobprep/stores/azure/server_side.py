"""Copies that the service makes by itself.

A blob of up to 256 MiB whose source states an MD5 takes one request (Put Blob From URL), in which the service compares
the MD5 before it publishes. Other blobs are staged (Put Block From URL) and committed: those of up to 256 MiB as one
block, whose MD5 the service's answer has, larger ones as many.

Source:
    Microsoft, "Put Blob From URL", "Put Block From URL"; the limits are 5,000 and 4,000 MiB, but neither answers before
    it is done.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from azure.core.exceptions import HttpResponseError

from blobprep.account import Account
from blobprep.errors import ChecksumMismatch, ConditionNotMet, StoreError, StoreUnavailable
from blobprep.stores.azure.copy_source import CopySource, why_unreadable
from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.azure.headers import LostAnswer, metadata_headers, recheck_options, unquote_etag
from blobprep.stores.azure.pipeline import ServicePipeline
from blobprep.stores.azure.upload import AzureUpload, BlockMemory
from blobprep.stores.base import Condition
from blobprep.stores.server_side import ServerSource
from blobprep.stores.service_rules import format_name

__all__ = ["ServerSide"]

_WHOLE: Final = 256 * 1024 * 1024
_BLOCK: Final = 64 * 1024 * 1024  # of larger blobs: 50,000 blocks are three TiB
_UNKNOWN: Final = "APINotImplemented"


class ServerSide:
    """What the service of an account copies, to and from it.

    Args:
        account: the account.
        client: the SDK's client of it.
        pipeline: its pipeline.

    Attributes:
        account, client, pipeline: as given.
        source: this account, as the service of another one reads it.
        whole: bytes of a blob up to which it is copied in one part.
        block: bytes of a part of larger ones.
    """

    def __init__(self, account: Account, client: Any, pipeline: ServicePipeline) -> None:
        self.account, self.client, self.pipeline = account, client, pipeline
        self.whole, self.block = _WHOLE, _BLOCK
        self.source = CopySource(account, client.credential)

    def copies_from(self, source: object) -> _Copies | str:
        """Return what copies from another account, or from this one, to this one; or why nothing does."""
        if not isinstance(source, ServerSide):
            return "the source is not in an account of Azure Storage"
        return why_unreadable(source.account, self.account) or _Copies(self, source.source)


class _Copies:
    """As `ServerCopies`.

    Attributes:
        takes_whole: whether the service knows Put Blob From URL, as far as it has been asked; Azurite does not.
    """

    def __init__(self, target: ServerSide, source: CopySource) -> None:
        self.target, self.source = target, source
        self.takes_whole = True

    def begin(self, source: ServerSource, container: str, blob: str) -> _Copy:
        """Begin the copy of a blob; as `ServerCopies.begin`."""
        return _Copy(self, source, (container, blob))


class _Copy:
    """As `ServerCopy`. Threads: `copy_part` may run in several at once; the upload's record has its own lock."""

    def __init__(self, copies: _Copies, source: ServerSource, place: tuple[str, str]) -> None:
        self._copies, self._source, self._place = copies, source, place
        size = source.size
        self._is_whole = size <= copies.target.whole
        self._in_one_request = self._is_whole and bool(source.md5) and copies.takes_whole
        step = size if self._is_whole else copies.target.block
        self._parts = [(offset, min(step, size - offset)) for offset in range(0, size, step)]
        self._upload: _StagedCopy | None = None
        self._md5 = ""
        if not self._in_one_request:
            self._stage()

    @property
    def parts(self) -> Sequence[tuple[int, int]]:
        """Return the parts; as `ServerCopy.parts`."""
        return self._parts

    def copy_part(self, index: int) -> None:
        """Copy a part; as `ServerCopy.copy_part`."""
        if self._upload is None:
            return  # all happens when it is published
        headers = {**self._copies.source.headers(self._source), **self._checksum()}
        with self._checked():
            md5 = self._upload.put_from(index, self._parts[index], headers)
        if self._is_whole:
            self._md5 = self._source.md5 or md5  # which the service compares, or computes

    def publish(self, *, content_type: str, metadata: Mapping[str, str], condition: Condition) -> tuple[str, str]:
        """Publish the blob; as `ServerCopy.publish`."""
        if self._in_one_request:
            etag = self._put_blob(content_type, metadata, condition)
            if etag:
                return etag, self._source.md5
            self._stage()
            self.copy_part(0)
        assert self._upload is not None
        etag = self._upload.commit(
            len(self._parts),
            content_type=content_type,
            metadata=metadata,
            condition=condition,
            md5=self._md5 or self._source.md5,
        )
        return etag, self._md5

    def _stage(self) -> None:
        target = self._copies.target
        with convert_errors(*self._place, target.account):
            client = target.client.get_blob_client(*self._place)
        self._upload = _StagedCopy(client, target.pipeline, BlockMemory(), (*self._place, target.account))

    def _put_blob(self, content_type: str, metadata: Mapping[str, str], condition: Condition) -> str:
        """Copy the blob in one request and return its ETag; empty if what is there does not know such requests."""
        target, source = self._copies.target, self._source
        headers = {
            **self._copies.source.headers(source),
            "Content-Length": "0",
            "x-ms-blob-type": "BlockBlob",
            "x-ms-blob-content-type": content_type,
            "x-ms-copy-source-blob-properties": "false",  # a copy has what one through this machine has
            **self._checksum(),
            "x-ms-blob-content-md5": source.md5,
            **metadata_headers(metadata),
        }
        lost = LostAnswer()
        try:
            with self._checked(), convert_errors(*self._place, target.account):
                try:
                    answer = target.pipeline.send(
                        "PUT", *self._place, headers=headers, condition=condition, retry_hook=lost
                    )
                except HttpResponseError as error:
                    if error.error_code != _UNKNOWN:  # type: ignore[attr-defined]
                        raise
                    self._copies.takes_whole = False
                    return ""
        except (ConditionNotMet, StoreUnavailable) as error:
            etag = self._landed(recheck_options(error)) if lost.happened else ""
            if not etag:
                raise
            return etag
        return unquote_etag(answer.headers.get("ETag"))

    def _checksum(self) -> dict[str, str]:
        """Return the header by which the service compares what arrives with what the source states."""
        return {"x-ms-source-content-md5": self._source.md5} if self._is_whole and self._source.md5 else {}

    @contextmanager
    def _checked(self) -> Iterator[None]:
        try:
            yield
        except StoreUnavailable as error:
            if error.code != "Md5Mismatch":
                raise
            source = self._source
            name = format_name(source.container, source.blob, self._copies.source.account.name)
            raise ChecksumMismatch(
                f"{name} does not have the MD5 that its properties state, {source.md5}; it was not copied",
                remedy="find out whether its bytes or its property Content-MD5 is wrong, and write it again",
            ) from error

    def _landed(self, options: Mapping[str, Any]) -> str:
        """Return the target's ETag if it has the bytes of the source, so that only the answer was lost; else empty."""
        target = self._copies.target
        with suppress(StoreError), convert_errors(*self._place, target.account):
            headers = target.pipeline.send("HEAD", *self._place, **options).headers
            if headers.get("Content-MD5") == self._source.md5:
                return unquote_etag(headers.get("ETag"))
        return ""


class _StagedCopy(AzureUpload):
    """A blob that is staged from another one, in blocks that may be larger than `BLOCK_SIZE`."""

    def put_from(self, index: int, span: tuple[int, int], headers: Mapping[str, str]) -> str:
        """Stage a block from a span of the source, and return its MD5."""
        offset, length = span
        with convert_errors(*self._place):
            answer = self._wire.send(
                "PUT",
                *self._place[:2],
                query={"comp": "block", "blockid": b64encode(self._id(index).encode()).decode()},
                headers={
                    **headers,
                    "Content-Length": "0",
                    "x-ms-source-range": f"bytes={offset}-{offset + length - 1}",
                },
            )
        self._staged.record(index, length)
        return str(answer.headers.get("Content-MD5", ""))
