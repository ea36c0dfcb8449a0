"""Many operations with one request."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from blobprep.legacy.methods import Arguments, takes
from blobprep.legacy.models import BatchSubResponse, LocationMode
from blobprep.legacy.operations import BLOB, SERVICE, Operation
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire.batches import boundary, read_batch, write_batch
from blobprep.legacy.wire.failures import BATCH_SIZE
from blobprep.legacy.wire.messages import HTTPRequest
from blobprep.legacy.wire.sending import add_date, prepare

__all__ = ["Batches"]

_BATCH: Final = Operation("POST", SERVICE, {"comp": "batch"})
_DELETE: Final = Operation("DELETE", BLOB)
_MOST: Final = 256
_OUTER_HEADERS: Final = ("x-ms-client-request-id", "x-ms-version")


class Batches(BlobAccount):
    """What can be done to many blobs, also of several containers, with one request."""

    @takes("batch_delete_sub_requests, timeout=None")
    def batch_delete_blobs(self, asked: Arguments) -> list[BatchSubResponse]:
        """Delete up to 256 blobs; each has an answer of its own, and one that fails does not stop the others."""
        return self._batch(_DELETE, asked["batch_delete_sub_requests"], asked["timeout"])

    def _batch(self, operation: Operation, parts: Sequence[Any], timeout: int | None) -> list[BatchSubResponse]:
        """Do an operation with every part's attributes as its arguments.

        Raises:
            ValueError: there are none or too many.
        """
        if not parts or len(parts) > _MOST:
            raise ValueError(BATCH_SIZE)
        batch_id = str(uuid.uuid1())
        return self._perform(
            _BATCH,
            {"timeout": timeout},
            partial(read_batch, asked=parts),
            headers={"Content-Type": f"multipart/mixed; boundary={boundary(batch_id)}"},
            body=write_batch((self._part(operation, part) for part in parts), batch_id),
        )

    def _part(self, operation: Operation, part: Any) -> HTTPRequest:
        """Write down and sign one request of a batch; what they all have is the batch's."""
        request = self._request(operation, vars(part))
        request.host = request.host_locations[LocationMode.PRIMARY]
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
