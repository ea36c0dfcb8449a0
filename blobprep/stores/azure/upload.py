"""A blob of any size on its way to the service."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from azure.storage.blob import BlobBlock, BlobClient, ContentSettings

from blobprep.account import Account
from blobprep.errors import ConditionNotMet, StoreError, StoreUnavailable
from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.azure.headers import LostAnswer, condition_options, recheck_options, unquote_etag
from blobprep.stores.base import ANY, Condition, IfMatch
from blobprep.stores.service_rules import StagedBlocks, format_name

__all__ = ["AzureUpload"]


class AzureUpload:
    """Stage blocks under ids of its own, so that no other upload's block is ever taken for one; as `Upload`."""

    def __init__(self, client: BlobClient, container: str, blob: str, account: Account) -> None:
        self._client = client
        self._place = (container, blob, account)
        self._prefix = secrets.token_hex(8)
        self._staged = StagedBlocks(format_name(container, blob, account.name))

    def put(self, index: int, data: bytes) -> None:
        """Stage a block; as `Upload.put`."""
        self._staged.admit(index, len(data))
        with convert_errors(*self._place):
            self._client.stage_block(self._id(index), data, length=len(data), validate_content=True)
        self._staged.record(index, len(data))

    def commit(
        self,
        count: int,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
    ) -> str:
        """Publish the blocks; as `Upload.commit`."""
        self._staged.total(count)
        blocks = [BlobBlock(self._id(index)) for index in range(count)]
        lost = LostAnswer()
        try:
            with convert_errors(*self._place):
                committed = self._client.commit_block_list(
                    blocks,
                    content_settings=ContentSettings(content_type=content_type),
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
        """Forget the blocks: the service drops uncommitted ones with the next commit, or after a week."""
        self._staged.end("abandoned")

    def _landed(self, count: int, options: Mapping[str, Any]) -> str:
        """Return the ETag if our blocks are the blob: then only an answer was lost."""
        if count == 0:
            return ""
        with suppress(StoreError), convert_errors(*self._place):
            etag = unquote_etag(self._client.get_blob_properties(**options).etag)
            blocks, _ = self._client.get_block_list("committed", **options, **condition_options(IfMatch(etag)))
            return etag if [block.id for block in blocks] == [self._id(index) for index in range(count)] else ""
        return ""

    def _id(self, index: int) -> str:
        return f"{self._prefix}{index:08x}"
