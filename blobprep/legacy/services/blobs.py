"""Operations on blobs of every kind: properties, metadata, snapshots, copies, deleting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from blobprep.legacy.models import (
    AttributedDict,
    Blob,
    ContentSettings,
    CopyProperties,
    CustomerProvidedEncryptionKey,
    ResourceProperties,
)
from blobprep.legacy.operations import BLOB, CONTAINER, Operation, header
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.conversions import http_date
from blobprep.legacy.wire.failures import AzureMissingResourceHttpError, not_none

__all__ = ["Blobs"]

_GET_PROPERTIES = Operation("HEAD", BLOB, secondary=True)
_SET_PROPERTIES = Operation("PUT", BLOB, {"comp": "properties"})
_CONTAINER_EXISTS = Operation(
    "GET", CONTAINER, {"snapshot": None, "timeout": None, "restype": "container"}, secondary=True
)
_BLOB_EXISTS = Operation("HEAD", BLOB, {"snapshot": None, "timeout": None, "restype": None}, secondary=True)
_GET_METADATA = Operation("GET", BLOB, {"snapshot": None, "comp": "metadata"}, secondary=True)
_SET_METADATA = Operation("PUT", BLOB, {"comp": "metadata"})
_SNAPSHOT = Operation("PUT", BLOB, {"comp": "snapshot"})
_ABORT_COPY = Operation("PUT", BLOB, {"comp": "copy"}, {"x-ms-copy-action": "abort"}, needs=("copy_id",))
_DELETE = Operation("DELETE", BLOB)
_UNDELETE = Operation("PUT", BLOB, {"comp": "undelete"})

_COPIED = {
    # Conditions on the source were never written as dates are: they are sent as the text they have.
    "source_if_modified_since": header("x-ms-source-if-modified-since"),
    "source_if_unmodified_since": header("x-ms-source-if-unmodified-since"),
    "source_if_match": header("x-ms-source-if-match"),
    "source_if_none_match": header("x-ms-source-if-none-match"),
    "destination_if_modified_since": header("If-Modified-Since", http_date),
    "destination_if_unmodified_since": header("If-Unmodified-Since", http_date),
    "destination_if_match": header("If-Match"),
    "destination_if_none_match": header("If-None-Match"),
    "destination_lease_id": header("x-ms-lease-id"),
}
_COPY = Operation("PUT", BLOB, places=_COPIED)
_COPY_CHANGES = Operation("PUT", BLOB, {"comp": "incrementalcopy"}, places=_COPIED)


class Blobs(BlobAccount):
    """What can be done with a blob of any kind."""

    def get_blob_properties(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> Blob:
        """Get a blob's properties and metadata; its content is empty."""
        return self._perform(_GET_PROPERTIES, locals(), partial(reading.blob, name=blob_name, snapshot=snapshot))

    def set_blob_properties(
        self,
        container_name: str,
        blob_name: str,
        content_settings: ContentSettings | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Replace all of a blob's content settings: those not given are removed."""
        return self._perform(_SET_PROPERTIES, locals(), reading.resource)

    def exists(
        self,
        container_name: str,
        blob_name: str | None = None,
        snapshot: str | None = None,
        timeout: int | None = None,
    ) -> bool:
        """Say whether a container, or with `blob_name` a blob, exists."""
        operation, codes = (
            (_CONTAINER_EXISTS, ("ContainerNotFound",))
            if blob_name is None
            else (_BLOB_EXISTS, ("ContainerNotFound", "BlobNotFound"))
        )
        asked = {"container_name": container_name, "blob_name": blob_name, "snapshot": snapshot, "timeout": timeout}
        try:
            self._perform(operation, asked, expected=codes)
        except AzureMissingResourceHttpError:
            return False
        return True

    def get_blob_metadata(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> AttributedDict:
        """Get a blob's metadata."""
        return self._perform(_GET_METADATA, locals(), reading.metadata)

    def set_blob_metadata(
        self,
        container_name: str,
        blob_name: str,
        metadata: Mapping[str, str] | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> ResourceProperties:
        """Replace a blob's metadata; without any, remove it."""
        return self._perform(_SET_METADATA, locals(), reading.resource)

    def snapshot_blob(
        self,
        container_name: str,
        blob_name: str,
        metadata: Mapping[str, str] | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        lease_id: str | None = None,
        timeout: int | None = None,
        cpk: CustomerProvidedEncryptionKey | None = None,
    ) -> Blob:
        """Take a read-only snapshot of a blob, with the blob's metadata or with other."""
        return self._perform(_SNAPSHOT, locals(), partial(reading.snapshot, name=blob_name))

    def copy_blob(
        self,
        container_name: str,
        blob_name: str,
        copy_source: str,
        metadata: Mapping[str, str] | None = None,
        source_if_modified_since: datetime | None = None,
        source_if_unmodified_since: datetime | None = None,
        source_if_match: str | None = None,
        source_if_none_match: str | None = None,
        destination_if_modified_since: datetime | None = None,
        destination_if_unmodified_since: datetime | None = None,
        destination_if_match: str | None = None,
        destination_if_none_match: str | None = None,
        destination_lease_id: str | None = None,
        source_lease_id: str | None = None,
        timeout: int | None = None,
    ) -> CopyProperties:
        """Begin to copy a blob from a URL, or from `/account/container/blob` of this account."""
        return self._copy(locals(), requires_sync=False)

    def _copy(
        self, arguments: Mapping[str, Any], incremental: bool = False, requires_sync: bool | None = None
    ) -> CopyProperties:
        """Begin a copy.

        Args:
            arguments: those of the public method, as `locals()`.
            incremental: whether only what changed since the last copy is copied.
            requires_sync: what is sent where the method has no such argument.
        """
        for name in (*BLOB, "copy_source"):
            not_none(name, arguments[name])
        source = arguments["copy_source"]
        if source.startswith("/"):
            _, _, path = source[1:].partition("/")
            source = f"{self.protocol}://{self.primary_endpoint}/{path}"
        unset = {"standard_blob_tier": None, "rehydrate_priority": None, "requires_sync": requires_sync}
        asked = {**unset, **arguments, "copy_source": source}
        return self._perform(_COPY_CHANGES if incremental else _COPY, asked, reading.copied)

    def abort_copy_blob(
        self,
        container_name: str,
        blob_name: str,
        copy_id: str,
        lease_id: str | None = None,
        timeout: int | None = None,
    ) -> None:
        """End a copy that has not ended yet; the blob is empty then."""
        self._perform(_ABORT_COPY, locals())

    def delete_blob(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        lease_id: str | None = None,
        delete_snapshots: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> None:
        """Delete a blob; one with snapshots only when `delete_snapshots` says what becomes of them."""
        self._perform(_DELETE, locals())

    def undelete_blob(self, container_name: str, blob_name: str, timeout: int | None = None) -> None:
        """Bring a blob and its snapshots back, while they are still kept."""
        self._perform(_UNDELETE, locals())
