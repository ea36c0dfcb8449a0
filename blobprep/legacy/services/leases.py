"""Leases of containers and blobs: for 15 to 60 seconds or, with -1, until they are released."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from blobprep.legacy.operations import BLOB, CONTAINER, Operation
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import reading
from blobprep.legacy.wire.failures import INVALID_LEASE_BREAK_PERIOD, INVALID_LEASE_DURATION, not_none

__all__ = ["Leases"]


_UNUSED = dict.fromkeys(
    ("x-ms-lease-id", "x-ms-lease-duration", "x-ms-lease-break-period", "x-ms-proposed-lease-id"), None
)


def _lease(target: tuple[str, ...], action: str, *needs_first: str) -> Operation:
    query = {"comp": "lease"} if target == BLOB else {"restype": "container", "comp": "lease"}
    return Operation("PUT", target, query, {**_UNUSED, "x-ms-lease-action": action}, needs_first=needs_first)


_ACQUIRE_CONTAINER = _lease(CONTAINER, "acquire")
_RENEW_CONTAINER = _lease(CONTAINER, "renew", "lease_id")
_RELEASE_CONTAINER = _lease(CONTAINER, "release", "lease_id")
_BREAK_CONTAINER = _lease(CONTAINER, "break")
_CHANGE_CONTAINER = _lease(CONTAINER, "change", "lease_id")
_ACQUIRE_BLOB = _lease(BLOB, "acquire")
_RENEW_BLOB = _lease(BLOB, "renew", "lease_id")
_RELEASE_BLOB = _lease(BLOB, "release", "lease_id")
_BREAK_BLOB = _lease(BLOB, "break")
_CHANGE_BLOB = _lease(BLOB, "change")


class Leases(BlobAccount):
    """Locks on containers and blobs that end by themselves."""

    def acquire_container_lease(
        self,
        container_name: str,
        lease_duration: int = -1,
        proposed_lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        timeout: int | None = None,
    ) -> str:
        """Lease a container.

        Returns:
            The id of the lease.
        """
        _check_duration(lease_duration)
        return _id(self._perform(_ACQUIRE_CONTAINER, locals(), reading.lease))

    def renew_container_lease(
        self,
        container_name: str,
        lease_id: str,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        timeout: int | None = None,
    ) -> str:
        """Begin the time of a container's lease anew.

        Returns:
            The id of the lease.
        """
        return _id(self._perform(_RENEW_CONTAINER, locals(), reading.lease))

    def release_container_lease(
        self,
        container_name: str,
        lease_id: str,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        timeout: int | None = None,
    ) -> None:
        """End a container's lease, so that another client can take one at once."""
        self._perform(_RELEASE_CONTAINER, locals())

    def break_container_lease(
        self,
        container_name: str,
        lease_break_period: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        timeout: int | None = None,
    ) -> int:
        """End a container's lease without its id, after `lease_break_period` seconds at the latest.

        Returns:
            The seconds until it ends.
        """
        _check_break(lease_break_period)
        return _seconds(self._perform(_BREAK_CONTAINER, locals(), reading.lease))

    def change_container_lease(
        self,
        container_name: str,
        lease_id: str,
        proposed_lease_id: str,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        timeout: int | None = None,
    ) -> None:
        """Change the id of a container's lease."""
        self._perform(_CHANGE_CONTAINER, locals())

    def acquire_blob_lease(
        self,
        container_name: str,
        blob_name: str,
        lease_duration: int = -1,
        proposed_lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> str:
        """Lease a blob.

        Returns:
            The id of the lease.
        """
        _check_duration(lease_duration)
        return _id(self._perform(_ACQUIRE_BLOB, locals(), reading.lease))

    def renew_blob_lease(
        self,
        container_name: str,
        blob_name: str,
        lease_id: str,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> str:
        """Begin the time of a blob's lease anew.

        Returns:
            The id of the lease.
        """
        return _id(self._perform(_RENEW_BLOB, locals(), reading.lease))

    def release_blob_lease(
        self,
        container_name: str,
        blob_name: str,
        lease_id: str,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> None:
        """End a blob's lease, so that another client can take one at once."""
        self._perform(_RELEASE_BLOB, locals())

    def break_blob_lease(
        self,
        container_name: str,
        blob_name: str,
        lease_break_period: int | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> int:
        """End a blob's lease without its id, after `lease_break_period` seconds at the latest.

        Returns:
            The seconds until it ends.
        """
        _check_break(lease_break_period)
        return _seconds(self._perform(_BREAK_BLOB, locals(), reading.lease))

    def change_blob_lease(
        self,
        container_name: str,
        blob_name: str,
        lease_id: str,
        proposed_lease_id: str,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        timeout: int | None = None,
    ) -> None:
        """Change the id of a blob's lease."""
        self._perform(_CHANGE_BLOB, locals())


def _check_duration(seconds: int) -> None:
    not_none("lease_duration", seconds)
    if seconds != -1 and not 15 <= seconds <= 60:
        raise ValueError(INVALID_LEASE_DURATION)


def _check_break(seconds: int | None) -> None:
    if seconds is not None and not 0 <= seconds <= 60:
        raise ValueError(INVALID_LEASE_BREAK_PERIOD)


def _id(lease: dict[str, Any]) -> str:
    leased: str = lease["id"]
    return leased


def _seconds(lease: dict[str, Any]) -> int:
    seconds: int = lease["time"]
    return seconds
