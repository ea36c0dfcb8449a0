"""Operations on containers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from blobprep.legacy.models import (
    AccessPolicy,
    AttributedDict,
    Container,
    ResourceProperties,
)
from blobprep.legacy.operations import CONTAINER, Operation
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import documents, reading
from blobprep.legacy.wire.failures import (
    AzureConflictHttpError,
    AzureMissingResourceHttpError,
    limit_policies,
    not_none,
)

__all__ = ["Containers"]

_CREATE = Operation("PUT", CONTAINER, {"restype": "container"})
_GET_PROPERTIES = Operation("GET", CONTAINER, {"restype": "container"}, secondary=True)
_GET_METADATA = Operation("GET", CONTAINER, {"restype": "container", "comp": "metadata"}, secondary=True)
_SET_METADATA = Operation("PUT", CONTAINER, {"restype": "container", "comp": "metadata"})
_GET_ACL = Operation("GET", CONTAINER, {"restype": "container", "comp": "acl"}, secondary=True)
_SET_ACL = Operation("PUT", CONTAINER, {"restype": "container", "comp": "acl"}, unsent=("signed_identifiers",))
_DELETE = Operation("DELETE", CONTAINER, {"restype": "container"})


class Containers(BlobAccount):
    """What can be done with a container."""

    def create_container(
        self,
        container_name: str,
        metadata: Mapping[str, str] | None = None,
        public_access: str | None = None,
        fail_on_exist: bool = False,
        timeout: int | None = None,
    ) -> bool:
        """Create a container; False says that there was one, or that one is being deleted."""
        try:
            self._perform(_CREATE, locals(), expected=() if fail_on_exist else ("ContainerAlreadyExists",))
        except AzureConflictHttpError:
            if fail_on_exist:
                raise
            return False
        return True

    def get_container_properties(
        self, container_name: str, lease_id: str | None = None, timeout: int | None = None
    ) -> Container:
        """Get a container's properties and metadata."""
        return self._perform(_GET_PROPERTIES, locals(), lambda answer: reading.container(answer, container_name))

    def get_container_metadata(
        self, container_name: str, lease_id: str | None = None, timeout: int | None = None
    ) -> AttributedDict:
        """Get a container's metadata."""
        return self._perform(_GET_METADATA, locals(), reading.metadata)

    def set_container_metadata(
        self,
        container_name: str,
        metadata: Mapping[str, str] | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        timeout: int | None = None,
    ) -> ResourceProperties:
        """Replace a container's metadata; without any, remove it."""
        return self._perform(_SET_METADATA, locals(), reading.resource)

    def get_container_acl(
        self, container_name: str, lease_id: str | None = None, timeout: int | None = None
    ) -> AttributedDict:
        """Get a container's stored access policies by their ids; the dict's `public_access` is what anyone may read."""
        return self._perform(_GET_ACL, locals(), documents.read_access)

    def set_container_acl(
        self,
        container_name: str,
        signed_identifiers: Mapping[str, AccessPolicy] | None = None,
        public_access: str | None = None,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        timeout: int | None = None,
    ) -> ResourceProperties:
        """Replace a container's stored access policies, five at most, and what anyone may read of it."""
        not_none("container_name", container_name)
        limit_policies(signed_identifiers)
        return self._perform(_SET_ACL, locals(), reading.resource, body=documents.write_policies(signed_identifiers))

    def delete_container(
        self,
        container_name: str,
        fail_not_exist: bool = False,
        lease_id: str | None = None,
        if_modified_since: datetime | None = None,
        if_unmodified_since: datetime | None = None,
        timeout: int | None = None,
    ) -> bool:
        """Delete a container and all it holds; False says that there was none."""
        try:
            self._perform(_DELETE, locals(), expected=() if fail_not_exist else ("ContainerNotFound",))
        except AzureMissingResourceHttpError:
            if fail_not_exist:
                raise
            return False
        return True
