"""The upload of a blob of any size."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, Final

from azure.storage.blob import BlobBlock, BlobClient, ContentSettings

from blobprep.account import Account
from blobprep.errors import ConditionNotMet, StoreError, StoreUnavailable
from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.azure.headers import LostAnswer, checksum_headers, condition_options, recheck_options, unquote_etag
from blobprep.stores.azure.pipeline import ServicePipeline
from blobprep.stores.base import ANY, BLOCK_SIZE, Condition, IfMatch, Write
from blobprep.stores.service_rules import StagedBlocks, collect_into, format_name

__all__ = ["AzureUpload", "BlockMemory"]

_SPARE: Final = 4


class BlockMemory:
    """Memory for the blocks that arrive piece by piece, used again: new memory has to be zeroed for each.

    The uploads of a store share it. Any thread may take memory and give it back; a few blocks are kept, the rest freed.
    """

    def __init__(self) -> None:
        self._spare: SimpleQueue[bytearray] = SimpleQueue()

    @contextmanager
    def block(self, size: int) -> Iterator[memoryview]:
        """Provide memory of a size inside the `with` block; what is in it is undefined."""
        try:
            memory = self._spare.get_nowait()
        except Empty:
            memory = bytearray(BLOCK_SIZE)
        with memoryview(memory) as whole, whole[:size] as view:
            yield view
        if self._spare.qsize() < _SPARE:  # about as many, should threads come in between
            self._spare.put(memory)


class AzureUpload:
    """The staged blocks of one blob, under ids of their own so that no other upload's block can be mistaken for one.

    As `Upload`. Threads: `put` may run in several threads at once, each with its own connection of the SDK's pool; the
    record of the blocks has its own lock. `commit` and `abandon` are called by the thread that leads the upload. If a
    `put` is still under way then, the service drops its block.
    """

    def __init__(
        self, client: BlobClient, pipeline: ServicePipeline, memory: BlockMemory, place: tuple[str, str, Account]
    ) -> None:
        self._client, self._wire, self._memory = client, pipeline, memory
        self._place = place
        container, blob, account = place
        self._prefix = secrets.token_hex(8)
        self._staged = StagedBlocks(format_name(container, blob, account.name))

    def put(self, index: int, data: bytes | memoryview) -> None:
        """Stage a block; as `Upload.put`."""
        self._staged.admit(index, len(data))
        with convert_errors(*self._place):
            self._wire.send(
                "PUT",
                *self._place[:2],
                query={"comp": "block", "blockid": b64encode(self._id(index).encode()).decode()},
                headers=checksum_headers(data),
                body=data,
            )
        self._staged.record(index, len(data))

    def receive(self, index: int, size: int, read: Callable[[Write], object]) -> None:
        """Stage a block; as `Upload.receive`."""
        self._staged.admit(index, size)
        with self._memory.block(size) as memory:
            collect_into(memory, read)
            self.put(index, memory)

    def commit(
        self,
        count: int,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
        md5: str = "",
    ) -> str:
        """Publish the blocks; as `Upload.commit`."""
        self._staged.total(count)
        blocks = [BlobBlock(self._id(index)) for index in range(count)]
        lost = LostAnswer()
        try:
            with convert_errors(*self._place):
                committed = self._client.commit_block_list(
                    blocks,
                    content_settings=ContentSettings(
                        content_type=content_type, content_md5=bytearray(b64decode(md5)) if md5 else None
                    ),
                    metadata=dict(metadata or {}),
                    validate_content=True,
                    retry_hook=lost,
                    **condition_options(condition),
                )
                etag = unquote_etag(committed["etag"])
        except (ConditionNotMet, StoreUnavailable) as error:
            etag = self._landed(count, recheck_options(error)) if lost.happened else ""
            if not etag:
                raise
        self._staged.end("committed")
        return etag

    def abandon(self) -> None:
        """Discard the blocks: the service drops uncommitted blocks at the next commit, or after a week."""
        self._staged.end("abandoned")

    def _landed(self, count: int, options: Mapping[str, Any]) -> str:
        """Return the blob's ETag if it consists of our blocks, so that only the answer was lost; else empty."""
        if count == 0:
            return ""
        with suppress(StoreError), convert_errors(*self._place):
            etag = unquote_etag(self._client.get_blob_properties(**options).etag)
            blocks, _ = self._client.get_block_list("committed", **options, **condition_options(IfMatch(etag)))
            return etag if [block.id for block in blocks] == [self._id(index) for index in range(count)] else ""
        return ""

    def _id(self, index: int) -> str:
        return f"{self._prefix}{index:08x}"
