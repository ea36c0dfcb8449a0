"""Containers and the service itself, as `BlobService` had them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from azure.common import AzureConflictHttpError, AzureMissingResourceHttpError

from blobprep.legacy.early import reading
from blobprep.legacy.early.account import EarlyAccount, operation
from blobprep.legacy.early.models import (
    BlobEnumResults,
    ContainerEnumResults,
    SignedIdentifier,
    SignedIdentifiers,
    StorageServiceProperties,
)
from blobprep.legacy.methods import Arguments, need, takes
from blobprep.legacy.models import HeaderDict
from blobprep.legacy.operations import CONTAINER, SERVICE
from blobprep.legacy.wire import documents

__all__ = ["LEASED", "Containers", "lease_arguments"]

_OF: Final = {"restype": "container"}
_OF_SERVICE: Final = {"restype": "service", "comp": "properties"}
_LIST_ALL: Final = operation("GET", SERVICE, {"comp": "list"})
_CREATE: Final = operation("PUT", CONTAINER, _OF)
_GET: Final = operation("GET", CONTAINER, _OF)
_GET_METADATA: Final = operation("GET", CONTAINER, _OF | {"comp": "metadata"})
_SET_METADATA: Final = operation("PUT", CONTAINER, _OF | {"comp": "metadata"})
_GET_ACL: Final = operation("GET", CONTAINER, _OF | {"comp": "acl"})
_SET_ACL: Final = operation("PUT", CONTAINER, _OF | {"comp": "acl"}, unsent=("signed_identifiers",))
_DELETE: Final = operation("DELETE", CONTAINER, _OF)
_LEASE: Final = operation("PUT", CONTAINER, _OF | {"comp": "lease"}, "x_ms_lease_action")
_LIST: Final = operation("GET", CONTAINER, _OF | {"comp": "list"})
_GET_SERVICE: Final = operation("GET", SERVICE, _OF_SERVICE)
_SET_SERVICE: Final = operation("PUT", SERVICE, _OF_SERVICE, unsent=("storage_service_properties",))

LEASED: Final = (
    "x_ms_lease_action, x_ms_lease_id=None, x_ms_lease_duration=60, x_ms_lease_break_period=None,"
    " x_ms_proposed_lease_id=None"
)
"""Parameters of what is done with a lease."""


class Containers(EarlyAccount):
    """What can be done with a container, and with the service."""

    @takes("prefix=None, marker=None, maxresults=None, include=None")
    def list_containers(self, asked: Arguments) -> ContainerEnumResults:
        """List a page of containers."""
        return self._perform(_LIST_ALL, asked, reading.containers)

    @takes("container_name, x_ms_meta_name_values=None, x_ms_blob_public_access=None, fail_on_exist=False")
    def create_container(self, asked: Arguments) -> bool:
        """Create a container; False says that there was one."""
        try:
            self._perform(_CREATE, asked, expected=() if asked["fail_on_exist"] else ("ContainerAlreadyExists",))
        except AzureConflictHttpError:
            if asked["fail_on_exist"]:
                raise
            return False
        return True

    @takes("container_name, x_ms_lease_id=None")
    def get_container_properties(self, asked: Arguments) -> HeaderDict:
        """Get the headers that tell of a container."""
        return self._perform(_GET, asked, reading.properties)

    @takes("container_name, x_ms_lease_id=None")
    def get_container_metadata(self, asked: Arguments) -> dict[str, str]:
        """Get a container's metadata, by the names of its headers."""
        return self._perform(_GET_METADATA, asked, reading.metadata)

    @takes("container_name, x_ms_meta_name_values=None, x_ms_lease_id=None")
    def set_container_metadata(self, asked: Arguments) -> None:
        """Replace a container's metadata."""
        self._perform(_SET_METADATA, asked)

    @takes("container_name, x_ms_lease_id=None")
    def get_container_acl(self, asked: Arguments) -> SignedIdentifiers:
        """Get a container's stored access policies."""
        return self._perform(_GET_ACL, asked, reading.identifiers)

    @takes("container_name, signed_identifiers=None, x_ms_blob_public_access=None, x_ms_lease_id=None")
    def set_container_acl(self, asked: Arguments) -> None:
        """Replace a container's stored access policies, and what anyone may read of it."""
        self._perform(_SET_ACL, asked, body=_policies(asked["signed_identifiers"]))

    @takes("container_name, fail_not_exist=False, x_ms_lease_id=None")
    def delete_container(self, asked: Arguments) -> bool:
        """Delete a container and all it holds; False says that there was none."""
        try:
            self._perform(_DELETE, asked, expected=() if asked["fail_not_exist"] else ("ContainerNotFound",))
        except AzureMissingResourceHttpError:
            if asked["fail_not_exist"]:
                raise
            return False
        return True

    @takes(f"container_name, {LEASED}")
    def lease_container(self, asked: Arguments) -> dict[str, str]:
        """Acquire, renew, release, break or change a container's lease; get the headers with its id and time."""
        return self._perform(_LEASE, lease_arguments(asked), reading.only("x-ms-lease-id", "x-ms-lease-time"))

    @takes("container_name, prefix=None, marker=None, maxresults=None, include=None, delimiter=None")
    def list_blobs(self, asked: Arguments) -> BlobEnumResults:
        """List a page of a container's blobs."""
        return self._perform(_LIST, asked, reading.blobs)

    @takes("storage_service_properties, timeout=None")
    def set_blob_service_properties(self, asked: Arguments) -> None:
        """Replace what the service logs and measures."""
        need(asked, ("storage_service_properties",))
        self._perform(_SET_SERVICE, {"timeout": asked["timeout"]}, body=_service(asked["storage_service_properties"]))

    @takes("timeout=None")
    def get_blob_service_properties(self, asked: Arguments) -> StorageServiceProperties:
        """Get what the service logs and measures."""
        return self._perform(_GET_SERVICE, asked, reading.service_properties)


def _policies(identifiers: Iterable[SignedIdentifier] | None) -> bytes:
    named = None if identifiers is None else {each.id: each.access_policy for each in identifiers}
    return documents.write_policies(named)


def _service(wanted: StorageServiceProperties) -> bytes:
    return documents.write_properties(
        wanted.logging, wanted.hour_metrics, wanted.minute_metrics, None, None, None, None
    )


def lease_arguments(asked: Arguments) -> Arguments:
    """Say how long a lease shall be only where one is acquired."""
    if asked["x_ms_lease_action"] == "acquire":
        return asked
    return asked | {"x_ms_lease_duration": None}
