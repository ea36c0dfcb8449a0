"""Block blobs: uploads, blocks, tiers, copies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from blobprep.legacy import models
from blobprep.legacy.encryption import METADATA, ContentCipher, refuse_encryption, require_encryption
from blobprep.legacy.methods import BLOB_NAMES, CONDITIONS, Arguments, hand_on, need, takes
from blobprep.legacy.operations import BLOB, Operation
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.blobs import COPIED
from blobprep.legacy.services.bodies import bytes_of, encoded, file_of, part_of, source_range, summed
from blobprep.legacy.transfers.chunks import Chunk, read_exactly
from blobprep.legacy.transfers.threads import Progress
from blobprep.legacy.transfers.uploading import Plan, upload_chunks, upload_windows
from blobprep.legacy.transfers.windows import Window
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.conversions import size_of, to_base64
from blobprep.legacy.wire.failures import only_bytes_or_stream
from blobprep.legacy.wire.listings import read_block_list, write_block_list
from blobprep.legacy.wire.messages import Headers

__all__ = ["BlockBlobService"]

_READ_SIZE: Final = 64 * 1024
_SET_TIER: Final = Operation("PUT", BLOB, {"comp": "tier"}, needs=("standard_blob_tier",))
_PADDED_TO: Final = 16
_UPLOADED: Final = (
    "content_settings=None, metadata=None, validate_content=False, progress_callback=None, max_connections=2,"
    f" lease_id=None, {CONDITIONS}"
)
_OF_BLOCK: Final = ("validate_content", "lease_id", "timeout", "cpk")


class BlockBlobService(BaseBlobService):
    """Block blobs: the most common kind, up to 50,000 blocks each.

    Attributes:
        MAX_SINGLE_PUT_SIZE: Size from which a blob is uploaded in blocks.
        MAX_BLOCK_SIZE: Size of those blocks.
        MIN_LARGE_BLOCK_UPLOAD_THRESHOLD: Block size from which blocks of a seekable stream are not held in memory.
    """

    MAX_SINGLE_PUT_SIZE = 64 * 1024 * 1024
    MAX_BLOCK_SIZE = 4 * 1024 * 1024
    MIN_LARGE_BLOCK_UPLOAD_THRESHOLD = 4 * 1024 * 1024 + 1

    blob_type = models.BlobTypes.BlockBlob

    @takes(f"container_name, blob_name, file_path, {_UPLOADED}, timeout=None, standard_blob_tier=None, cpk=None")
    def create_blob_from_path(self, asked: Arguments) -> models.ResourceProperties:
        """Upload a file as a blob, in place of one that exists; as `create_blob_from_stream`."""
        need(asked, (*BLOB_NAMES, "file_path"))
        with file_of(asked) as opened:
            return hand_on(self.create_blob_from_stream, asked, **opened)

    @takes(
        f"container_name, blob_name, stream, count=None, {_UPLOADED}, timeout=None, use_byte_buffer=False,"
        " standard_blob_tier=None, cpk=None",
        needs=(*BLOB_NAMES, "stream"),
    )
    def create_blob_from_stream(self, asked: Arguments) -> models.ResourceProperties:
        """Upload a stream as a blob, in place of one that exists.

        A small stream of a known size is sent with one request, any other in blocks. A blob that exists stays until the
        last request has succeeded.
        """
        require_encryption(self.require_encryption, self.key_encryption_key)
        stream, count, callback = (asked.pop(name) for name in ("stream", "count", "progress_callback"))
        connections, use_byte_buffer = asked.pop("max_connections"), asked.pop("use_byte_buffer")
        if count is not None and self._stored_size(count) < self.MAX_SINGLE_PUT_SIZE:
            progress = Progress(callback, count)
            progress.tell()
            created = self._put_blob(blob=read_exactly(stream, count), **asked)
            progress.add(count)
            return created
        names = (asked[name] for name in BLOB_NAMES)
        put = partial(self._put_block, *names, **{name: asked[name] for name in _OF_BLOCK})
        plan = Plan(self.MAX_BLOCK_SIZE, count, connections, callback)
        cipher = ContentCipher(self.key_encryption_key) if self.key_encryption_key else None
        if use_byte_buffer or asked["validate_content"] or self._must_be_buffered(stream):
            blocks = upload_chunks(stream, partial(_put_chunk, put), plan, cipher)
        else:
            blocks = upload_windows(stream, partial(_put_window, put), plan)
        return self._put_block_list(block_list=blocks, encryption_data=cipher.description if cipher else None, **asked)

    def _stored_size(self, count: int) -> int:
        """Return the stored size of content, which encryption pads."""
        return count if self.key_encryption_key is None else count + _PADDED_TO - count % _PADDED_TO

    def _must_be_buffered(self, stream: Any) -> bool:
        """Whether blocks of a stream cannot, or must not, be read from it while they are sent."""
        if self.require_encryption or self.key_encryption_key is not None:
            return True
        if self.MAX_BLOCK_SIZE < self.MIN_LARGE_BLOCK_UPLOAD_THRESHOLD:
            return True
        if hasattr(stream, "seekable") and not stream.seekable():
            return True
        return not (hasattr(stream, "seek") and hasattr(stream, "tell"))

    @takes(
        f"container_name, blob_name, blob, index=0, count=None, {_UPLOADED}, timeout=None, standard_blob_tier=None,"
        " cpk=None",
        needs=(*BLOB_NAMES, "blob", "index"),
    )
    def create_blob_from_bytes(self, asked: Arguments) -> models.ResourceProperties:
        """Upload bytes as a blob, or `count` of them from `index` on; as `create_blob_from_stream`."""
        return hand_on(self.create_blob_from_stream, part_of(asked) | asked, use_byte_buffer=True)

    @takes(
        f"container_name, blob_name, text, encoding='utf-8', {_UPLOADED}, timeout=None, standard_blob_tier=None,"
        " cpk=None",
        needs=(*BLOB_NAMES, "text"),
    )
    def create_blob_from_text(self, asked: Arguments) -> models.ResourceProperties:
        """Upload a text as a blob; bytes are taken as they are. As `create_blob_from_stream`."""
        blob = encoded(asked.pop("text"), asked.pop("encoding"))
        return hand_on(self.create_blob_from_bytes, asked, blob=blob, index=0, count=len(blob))

    @takes("container_name, blob_name, standard_blob_tier, timeout=None, rehydrate_priority=None")
    def set_standard_blob_tier(self, asked: Arguments) -> None:
        """Move a blob to another tier, such as `Hot`, `Cool` or `Archive`."""
        self._perform(_SET_TIER, asked)

    @takes("batch_set_blob_tier_sub_requests, timeout=None")
    def batch_set_standard_blob_tier(self, asked: Arguments) -> list[models.BatchSubResponse]:
        """Move up to 256 blobs to other tiers; each has an answer of its own."""
        return self._batch(_SET_TIER, asked["batch_set_blob_tier_sub_requests"], asked["timeout"])

    @takes(f"{COPIED}, requires_sync=None, standard_blob_tier=None, rehydrate_priority=None")
    def copy_blob(self, asked: Arguments) -> models.CopyProperties:
        """Begin to copy a blob from a URL, or from `/account/container/blob` of this account.

        With `requires_sync`, the copy is complete when this returns; the source must then be small.
        """
        return self._copy(asked)

    @takes("container_name, blob_name, block, block_id, validate_content=False, lease_id=None, timeout=None, cpk=None")
    def put_block(self, asked: Arguments) -> None:
        """Put a block, from bytes or a stream, for a blob that need not exist yet."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        hand_on(self._put_block, asked, *BLOB_NAMES, "block", "block_id")

    @takes(
        "container_name, blob_name, block_list, content_settings=None, metadata=None, validate_content=False,"
        f" lease_id=None, {CONDITIONS}, timeout=None, standard_blob_tier=None, cpk=None"
    )
    def put_block_list(self, asked: Arguments) -> models.ResourceProperties:
        """Make a blob of blocks that were put, or that it consists of now; drop all others."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        return hand_on(self._put_block_list, asked, *BLOB_NAMES, "block_list")

    @takes("container_name, blob_name, snapshot=None, block_list_type=None, lease_id=None, timeout=None")
    def get_block_list(self, asked: Arguments) -> models.BlobBlockList:
        """List the blocks that a blob consists of; with `all` or `uncommitted`, those not yet part of it as well."""
        return self._perform(Operation("GET", BLOB, {"comp": "blocklist"}), asked, read_block_list)

    @takes(
        "container_name, blob_name, copy_source_url, block_id, source_range_start=None, source_range_end=None,"
        " source_content_md5=None, lease_id=None, timeout=None, cpk=None"
    )
    def put_block_from_url(self, asked: Arguments) -> None:
        """Put a block that the service itself gets from a URL, or the bytes of a range of it, both ends included."""
        refuse_encryption(self.require_encryption, self.key_encryption_key)
        if isinstance(block_id := asked["source_range_end"], str):  # up to 1.5 the range came before it
            start, end = asked["block_id"], asked["source_range_start"]
            asked |= {"block_id": block_id, "source_range_start": start, "source_range_end": end}
        operation = Operation("PUT", BLOB, {"comp": "block"}, needs=("copy_source_url", "block_id"))
        self._perform(operation, asked, headers=source_range(asked))

    @takes(
        "container_name, blob_name, blob, content_settings=None, metadata=None, validate_content=False, lease_id=None,"
        f" {CONDITIONS}, cpk=None, timeout=None, standard_blob_tier=None"
    )
    def _put_blob(self, asked: Arguments) -> models.ResourceProperties:
        """Put a whole blob with one request, encrypted where there is a key."""
        require_encryption(self.require_encryption, self.key_encryption_key)
        headers: Headers = {}
        body = bytes_of("blob", asked["blob"])
        if self.key_encryption_key:
            cipher = ContentCipher(self.key_encryption_key)
            body = cipher.encrypt(body)
            headers[METADATA] = cipher.description
        headers |= summed(body, asked["validate_content"])
        operation = Operation("PUT", BLOB, headers={"x-ms-blob-type": models.BlobTypes.BlockBlob})
        return self._perform(operation, asked, reading.resource, body=body, headers=headers)

    @takes("container_name, blob_name, block, block_id, validate_content=False, lease_id=None, cpk=None, timeout=None")
    def _put_block(self, asked: Arguments) -> None:
        """Put a block without encrypting it."""
        need(asked, (*BLOB_NAMES, "block", "block_id"))
        block = asked["block"]
        only_bytes_or_stream("block", block)
        if not isinstance(block, bytes) and size_of(block) is None:
            # A stream of unknown size cannot be sent again either; and the `read` of some needs a size.
            block = b"".join(iter(partial(block.read, _READ_SIZE), b""))
        operation = Operation("PUT", BLOB, {"comp": "block"})
        self._perform(operation, asked, body=block, headers=summed(block, asked["validate_content"]))

    @takes(
        "container_name, blob_name, block_list, content_settings=None, metadata=None, validate_content=False,"
        f" lease_id=None, {CONDITIONS}, timeout=None, encryption_data=None, cpk=None, standard_blob_tier=None",
        needs=(*BLOB_NAMES, "block_list"),
    )
    def _put_block_list(self, asked: Arguments) -> models.ResourceProperties:
        """Make a blob of blocks, with the description of its encryption if it is encrypted."""
        body = write_block_list(asked["block_list"])
        headers = summed(body, asked["validate_content"])
        if asked["encryption_data"] is not None:
            headers[METADATA] = asked["encryption_data"]
        operation = Operation("PUT", BLOB, {"comp": "blocklist"})
        return self._perform(operation, asked, reading.resource, body=body, headers=headers)


def _put_chunk(put: Callable[..., None], chunk: Chunk) -> models.BlobBlock:
    block_id = quote(to_base64(f"{chunk.offset:032d}"))
    put(chunk.data, block_id)
    return models.BlobBlock(block_id)


def _put_window(put: Callable[..., None], number: int, window: Window) -> models.BlobBlock:
    block_id = f"BlockId{number:05d}"
    put(window, block_id)
    return models.BlobBlock(block_id)
