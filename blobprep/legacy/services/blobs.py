"""Operations on blobs of every kind: properties, metadata, snapshots, copies, deleting, alone and in batches."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from blobprep.legacy import models
from blobprep.legacy.arguments import header
from blobprep.legacy.methods import BLOB_NAMES, CONDITIONS, DESTINATION, SOURCE, Arguments, need, takes
from blobprep.legacy.operations import BLOB, CONTAINER, SERVICE, Operation
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.batches import boundary, read_batch, write_batch
from blobprep.legacy.wire.conversions import http_date
from blobprep.legacy.wire.failures import BATCH_SIZE, AzureMissingResourceHttpError
from blobprep.legacy.wire.messages import HTTPRequest
from blobprep.legacy.wire.sending import add_date, prepare

__all__ = ["COPIED", "Blobs"]

_MOST: Final = 256
_OUTER_HEADERS: Final = ("x-ms-client-request-id", "x-ms-version")
_DELETE: Final = Operation("DELETE", BLOB)

_COPIED: Final = {
    # The old SDK never wrote conditions on the source as dates: it sent their text.
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

COPIED: Final = (
    f"container_name, blob_name, copy_source, metadata=None, {SOURCE}, {DESTINATION}, destination_lease_id=None,"
    " source_lease_id=None, timeout=None"
)
"""Parameters of a copy, whatever kind of blob it makes."""


class Blobs(BlobAccount):
    """The operations on a blob of any kind."""

    @takes(f"container_name, blob_name, snapshot=None, lease_id=None, {CONDITIONS}, timeout=None, cpk=None")
    def get_blob_properties(self, asked: Arguments) -> models.Blob:
        """Get a blob's properties and metadata; its content is empty."""
        read = partial(reading.blob, name=asked["blob_name"], snapshot=asked["snapshot"])
        return self._perform(Operation("HEAD", BLOB), asked, read)

    @takes(f"container_name, blob_name, content_settings=None, lease_id=None, {CONDITIONS}, timeout=None, cpk=None")
    def set_blob_properties(self, asked: Arguments) -> models.ResourceProperties:
        """Replace all of a blob's content settings: those not given are removed."""
        return self._perform(Operation("PUT", BLOB, {"comp": "properties"}), asked, reading.resource)

    @takes("container_name, blob_name=None, snapshot=None, timeout=None")
    def exists(self, asked: Arguments) -> bool:
        """Say whether a container, or with `blob_name` a blob, exists."""
        query = {"snapshot": None, "timeout": None, "restype": None}
        operation, codes = Operation("HEAD", BLOB, query), ["ContainerNotFound", "BlobNotFound"]
        if asked["blob_name"] is None:
            operation, codes = Operation("GET", CONTAINER, query | {"restype": "container"}), ["ContainerNotFound"]
        return self._succeeds(operation, asked, AzureMissingResourceHttpError, *codes)

    @takes(f"container_name, blob_name, snapshot=None, lease_id=None, {CONDITIONS}, timeout=None, cpk=None")
    def get_blob_metadata(self, asked: Arguments) -> models.AttributedDict:
        """Get a blob's metadata."""
        return self._perform(Operation("GET", BLOB, {"snapshot": None, "comp": "metadata"}), asked, reading.metadata)

    @takes(f"container_name, blob_name, metadata=None, lease_id=None, {CONDITIONS}, timeout=None, cpk=None")
    def set_blob_metadata(self, asked: Arguments) -> models.ResourceProperties:
        """Replace a blob's metadata; without any, remove it."""
        return self._perform(Operation("PUT", BLOB, {"comp": "metadata"}), asked, reading.resource)

    @takes(f"container_name, blob_name, metadata=None, {CONDITIONS}, lease_id=None, timeout=None, cpk=None")
    def snapshot_blob(self, asked: Arguments) -> models.Blob:
        """Take a read-only snapshot of a blob, with the blob's metadata or with other."""
        operation = Operation("PUT", BLOB, {"comp": "snapshot"})
        return self._perform(operation, asked, partial(reading.snapshot, name=asked["blob_name"]))

    @takes(COPIED)
    def copy_blob(self, asked: Arguments) -> models.CopyProperties:
        """Begin to copy a blob from a URL, or from `/account/container/blob` of this account."""
        return self._copy(asked, requires_sync=False)

    def _copy(
        self, asked: Arguments, incremental: bool = False, requires_sync: bool | None = None
    ) -> models.CopyProperties:
        """Begin a copy.

        Args:
            asked: what the public method was given.
            incremental: whether only what changed since the last copy is copied.
            requires_sync: what is sent where the method has no such argument.
        """
        need(asked, (*BLOB_NAMES, "copy_source"))
        source = asked["copy_source"]
        if source.startswith("/"):
            _, _, path = source[1:].partition("/")
            source = f"{self.protocol}://{self.primary_endpoint}/{path}"
        unset = {"standard_blob_tier": None, "rehydrate_priority": None, "requires_sync": requires_sync}
        asked = {**unset, **asked, "copy_source": source}
        query = {"comp": "incrementalcopy"} if incremental else {}
        return self._perform(Operation("PUT", BLOB, query, places=_COPIED), asked, reading.copied)

    @takes("container_name, blob_name, copy_id, lease_id=None, timeout=None")
    def abort_copy_blob(self, asked: Arguments) -> None:
        """End a copy that has not ended yet; the blob is empty then."""
        operation = Operation("PUT", BLOB, {"comp": "copy"}, {"x-ms-copy-action": "abort"}, needs=("copy_id",))
        self._perform(operation, asked)

    @takes(
        f"container_name, blob_name, snapshot=None, lease_id=None, delete_snapshots=None, {CONDITIONS}, timeout=None"
    )
    def delete_blob(self, asked: Arguments) -> None:
        """Delete a blob; if it has snapshots, `delete_snapshots` must be given."""
        self._perform(_DELETE, asked)

    @takes("container_name, blob_name, timeout=None")
    def undelete_blob(self, asked: Arguments) -> None:
        """Restore a deleted blob and its snapshots, while the service still has them."""
        self._perform(Operation("PUT", BLOB, {"comp": "undelete"}), asked)

    @takes("batch_delete_sub_requests, timeout=None")
    def batch_delete_blobs(self, asked: Arguments) -> list[models.BatchSubResponse]:
        """Delete up to 256 blobs; each has its own answer, and a failure does not stop the others."""
        return self._batch(_DELETE, asked["batch_delete_sub_requests"], asked["timeout"])

    def _batch(self, operation: Operation, parts: Sequence[Any], timeout: int | None) -> list[models.BatchSubResponse]:
        """Do an operation with every part's attributes as its arguments.

        Raises:
            ValueError: there are no parts, or too many.
        """
        if not parts or len(parts) > _MOST:
            raise ValueError(BATCH_SIZE)
        batch_id = str(uuid.uuid1())
        return self._perform(
            Operation("POST", SERVICE, {"comp": "batch"}),
            {"timeout": timeout},
            partial(read_batch, asked=parts),
            headers={"Content-Type": f"multipart/mixed; boundary={boundary(batch_id)}"},
            body=write_batch((self._part(operation, part) for part in parts), batch_id),
        )

    def _part(self, operation: Operation, part: Any) -> HTTPRequest:
        """Write and sign one request of a batch, without the headers that are the batch's."""
        request = self._request(operation, vars(part))
        request.host = request.host_locations[models.LocationMode.PRIMARY]
        request.headers["Content-Length"] = "0"
        prepare(request, None, self._USER_AGENT_STRING)
        for name in _OUTER_HEADERS:
            del request.headers[name]
        add_date(request)
        self._sign(request)
        token = self.request_session.headers.get("Authorization")
        if token and "Authorization" not in request.headers:  # credentials sign the session, whose parts these are not
            request.headers["Authorization"] = token
        return request
