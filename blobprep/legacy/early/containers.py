"""Containers and the service itself, as `BlobService` had them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
from blobprep.legacy.models import HeaderDict
from blobprep.legacy.operations import CONTAINER, SERVICE
from blobprep.legacy.wire import documents
from blobprep.legacy.wire.failures import not_none

__all__ = ["Containers", "Metadata", "lease_arguments"]

Metadata = dict[str, str] | None

_OF = {"restype": "container"}
_OF_SERVICE = {"restype": "service", "comp": "properties"}
_LIST_ALL = operation("GET", SERVICE, {"comp": "list"})
_CREATE = operation("PUT", CONTAINER, _OF)
_GET = operation("GET", CONTAINER, _OF)
_GET_METADATA = operation("GET", CONTAINER, _OF | {"comp": "metadata"})
_SET_METADATA = operation("PUT", CONTAINER, _OF | {"comp": "metadata"})
_GET_ACL = operation("GET", CONTAINER, _OF | {"comp": "acl"})
_SET_ACL = operation("PUT", CONTAINER, _OF | {"comp": "acl"}, unsent=("signed_identifiers",))
_DELETE = operation("DELETE", CONTAINER, _OF)
_LEASE = operation("PUT", CONTAINER, _OF | {"comp": "lease"}, "x_ms_lease_action")
_LIST = operation("GET", CONTAINER, _OF | {"comp": "list"})
_GET_SERVICE = operation("GET", SERVICE, _OF_SERVICE)
_SET_SERVICE = operation("PUT", SERVICE, _OF_SERVICE, unsent=("storage_service_properties",))


class Containers(EarlyAccount):
    """What can be done with a container, and with the service."""

    def list_containers(
        self,
        prefix: str | None = None,
        marker: str | None = None,
        maxresults: int | None = None,
        include: str | None = None,
    ) -> ContainerEnumResults:
        """List a page of containers."""
        return self._perform(_LIST_ALL, locals(), reading.containers)

    def create_container(
        self,
        container_name: str,
        x_ms_meta_name_values: Metadata = None,
        x_ms_blob_public_access: str | None = None,
        fail_on_exist: bool = False,
    ) -> bool:
        """Create a container; False says that there was one."""
        try:
            self._perform(_CREATE, locals(), expected=() if fail_on_exist else ("ContainerAlreadyExists",))
        except AzureConflictHttpError:
            if fail_on_exist:
                raise
            return False
        return True

    def get_container_properties(self, container_name: str, x_ms_lease_id: str | None = None) -> HeaderDict:
        """Get the headers that tell of a container."""
        return self._perform(_GET, locals(), reading.properties)

    def get_container_metadata(self, container_name: str, x_ms_lease_id: str | None = None) -> dict[str, str]:
        """Get a container's metadata, by the names of its headers."""
        return self._perform(_GET_METADATA, locals(), reading.metadata)

    def set_container_metadata(
        self, container_name: str, x_ms_meta_name_values: Metadata = None, x_ms_lease_id: str | None = None
    ) -> None:
        """Replace a container's metadata."""
        self._perform(_SET_METADATA, locals())

    def get_container_acl(self, container_name: str, x_ms_lease_id: str | None = None) -> SignedIdentifiers:
        """Get a container's stored access policies."""
        return self._perform(_GET_ACL, locals(), reading.identifiers)

    def set_container_acl(
        self,
        container_name: str,
        signed_identifiers: Iterable[SignedIdentifier] | None = None,
        x_ms_blob_public_access: str | None = None,
        x_ms_lease_id: str | None = None,
    ) -> None:
        """Replace a container's stored access policies, and what anyone may read of it."""
        self._perform(_SET_ACL, locals(), body=_policies(signed_identifiers))

    def delete_container(
        self, container_name: str, fail_not_exist: bool = False, x_ms_lease_id: str | None = None
    ) -> bool:
        """Delete a container and all it holds; False says that there was none."""
        try:
            self._perform(_DELETE, locals(), expected=() if fail_not_exist else ("ContainerNotFound",))
        except AzureMissingResourceHttpError:
            if fail_not_exist:
                raise
            return False
        return True

    def lease_container(
        self,
        container_name: str,
        x_ms_lease_action: str,
        x_ms_lease_id: str | None = None,
        x_ms_lease_duration: int | None = 60,
        x_ms_lease_break_period: int | None = None,
        x_ms_proposed_lease_id: str | None = None,
    ) -> dict[str, str]:
        """Acquire, renew, release, break or change a container's lease; get the headers with its id and time."""
        return self._perform(_LEASE, lease_arguments(locals()), reading.only("x-ms-lease-id", "x-ms-lease-time"))

    def list_blobs(
        self,
        container_name: str,
        prefix: str | None = None,
        marker: str | None = None,
        maxresults: int | None = None,
        include: str | None = None,
        delimiter: str | None = None,
    ) -> BlobEnumResults:
        """List a page of a container's blobs."""
        return self._perform(_LIST, locals(), reading.blobs)

    def set_blob_service_properties(
        self, storage_service_properties: StorageServiceProperties, timeout: int | None = None
    ) -> None:
        """Replace what the service logs and measures."""
        not_none("storage_service_properties", storage_service_properties)
        self._perform(_SET_SERVICE, {"timeout": timeout}, body=_service(storage_service_properties))

    def get_blob_service_properties(self, timeout: int | None = None) -> StorageServiceProperties:
        """Get what the service logs and measures."""
        return self._perform(_GET_SERVICE, locals(), reading.service_properties)


def _policies(identifiers: Iterable[SignedIdentifier] | None) -> bytes:
    named = None if identifiers is None else {each.id: each.access_policy for each in identifiers}
    return documents.write_policies(named)


def _service(wanted: StorageServiceProperties) -> bytes:
    return documents.write_properties(
        wanted.logging, wanted.hour_metrics, wanted.minute_metrics, None, None, None, None
    )


def lease_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    """Say how long a lease shall be only where one is acquired."""
    if arguments["x_ms_lease_action"] == "acquire":
        return arguments
    return arguments | {"x_ms_lease_duration": None}
