"""Leases of containers and blobs: for 15 to 60 seconds or, with -1, until they are released."""

from __future__ import annotations

from typing import Final

from blobprep.legacy.methods import CONDITIONS, MODIFIED, Arguments, takes
from blobprep.legacy.operations import BLOB, CONTAINER, Operation
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.failures import INVALID_LEASE_BREAK_PERIOD, INVALID_LEASE_DURATION, not_none
from blobprep.legacy.wire.messages import HTTPResponse

__all__ = ["Leases"]

_UNUSED: Final = dict.fromkeys(
    ("x-ms-lease-id", "x-ms-lease-duration", "x-ms-lease-break-period", "x-ms-proposed-lease-id"), None
)
_CONTAINER: Final = f"{MODIFIED}, timeout=None"
_BLOB: Final = f"{CONDITIONS}, timeout=None"


def _lease(target: tuple[str, ...], action: str, *needs_first: str) -> Operation:
    headers = {**_UNUSED, "x-ms-lease-action": action}
    return Operation("PUT", target, {"comp": "lease"}, headers, needs_first=needs_first)


class Leases(BlobAccount):
    """Locks on containers and blobs that expire."""

    @takes(f"container_name, lease_duration=-1, proposed_lease_id=None, {_CONTAINER}")
    def acquire_container_lease(self, asked: Arguments) -> str:
        """Lease a container; return the id of the lease."""
        return self._acquire(_lease(CONTAINER, "acquire"), asked)

    @takes(f"container_name, lease_id, {_CONTAINER}")
    def renew_container_lease(self, asked: Arguments) -> str:
        """Restart the time of a container's lease; return the id of the lease."""
        return self._perform(_lease(CONTAINER, "renew", "lease_id"), asked, _id)

    @takes(f"container_name, lease_id, {_CONTAINER}")
    def release_container_lease(self, asked: Arguments) -> None:
        """End a container's lease, so that another client can take one at once."""
        self._perform(_lease(CONTAINER, "release", "lease_id"), asked)

    @takes(f"container_name, lease_break_period=None, {_CONTAINER}")
    def break_container_lease(self, asked: Arguments) -> int:
        """End a container's lease without its id; return the seconds until it ends."""
        return self._break(_lease(CONTAINER, "break"), asked)

    @takes(f"container_name, lease_id, proposed_lease_id, {_CONTAINER}")
    def change_container_lease(self, asked: Arguments) -> None:
        """Change the id of a container's lease."""
        self._perform(_lease(CONTAINER, "change", "lease_id"), asked)

    @takes(f"container_name, blob_name, lease_duration=-1, proposed_lease_id=None, {_BLOB}")
    def acquire_blob_lease(self, asked: Arguments) -> str:
        """Lease a blob; return the id of the lease."""
        return self._acquire(_lease(BLOB, "acquire"), asked)

    @takes(f"container_name, blob_name, lease_id, {_BLOB}")
    def renew_blob_lease(self, asked: Arguments) -> str:
        """Restart the time of a blob's lease; return the id of the lease."""
        return self._perform(_lease(BLOB, "renew", "lease_id"), asked, _id)

    @takes(f"container_name, blob_name, lease_id, {_BLOB}")
    def release_blob_lease(self, asked: Arguments) -> None:
        """End a blob's lease, so that another client can take one at once."""
        self._perform(_lease(BLOB, "release", "lease_id"), asked)

    @takes(f"container_name, blob_name, lease_break_period=None, {_BLOB}")
    def break_blob_lease(self, asked: Arguments) -> int:
        """End a blob's lease without its id; return the seconds until it ends."""
        return self._break(_lease(BLOB, "break"), asked)

    @takes(f"container_name, blob_name, lease_id, proposed_lease_id, {_BLOB}")
    def change_blob_lease(self, asked: Arguments) -> None:
        """Change the id of a blob's lease."""
        self._perform(_lease(BLOB, "change"), asked)

    def _acquire(self, operation: Operation, asked: Arguments) -> str:
        seconds = asked["lease_duration"]
        not_none("lease_duration", seconds)
        if seconds != -1 and not 15 <= seconds <= 60:
            raise ValueError(INVALID_LEASE_DURATION)
        return self._perform(operation, asked, _id)

    def _break(self, operation: Operation, asked: Arguments) -> int:
        seconds = asked["lease_break_period"]
        if seconds is not None and not 0 <= seconds <= 60:
            raise ValueError(INVALID_LEASE_BREAK_PERIOD)
        return self._perform(operation, asked, _seconds)


def _id(response: HTTPResponse) -> str:
    leased: str = reading.lease(response)["id"]
    return leased


def _seconds(response: HTTPResponse) -> int:
    seconds: int = reading.lease(response)["time"]
    return seconds
