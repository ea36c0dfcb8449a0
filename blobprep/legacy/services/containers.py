"""Operations on containers."""

from __future__ import annotations

from typing import Final

from blobprep.legacy.methods import MODIFIED, Arguments, takes
from blobprep.legacy.models import AttributedDict, Container, ResourceProperties
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

_CREATE: Final = Operation("PUT", CONTAINER, {"restype": "container"})
_GET_PROPERTIES: Final = Operation("GET", CONTAINER, {"restype": "container"}, secondary=True)
_GET_METADATA: Final = Operation("GET", CONTAINER, {"restype": "container", "comp": "metadata"}, secondary=True)
_SET_METADATA: Final = Operation("PUT", CONTAINER, {"restype": "container", "comp": "metadata"})
_GET_ACL: Final = Operation("GET", CONTAINER, {"restype": "container", "comp": "acl"}, secondary=True)
_SET_ACL: Final = Operation("PUT", CONTAINER, {"restype": "container", "comp": "acl"}, unsent=("signed_identifiers",))
_DELETE: Final = Operation("DELETE", CONTAINER, {"restype": "container"})


class Containers(BlobAccount):
    """What can be done with a container."""

    @takes("container_name, metadata=None, public_access=None, fail_on_exist=False, timeout=None")
    def create_container(self, asked: Arguments) -> bool:
        """Create a container; False says that there was one, or that one is being deleted."""
        try:
            self._perform(_CREATE, asked, expected=() if asked["fail_on_exist"] else ("ContainerAlreadyExists",))
        except AzureConflictHttpError:
            if asked["fail_on_exist"]:
                raise
            return False
        return True

    @takes("container_name, lease_id=None, timeout=None")
    def get_container_properties(self, asked: Arguments) -> Container:
        """Get a container's properties and metadata."""
        return self._perform(_GET_PROPERTIES, asked, lambda said: reading.container(said, asked["container_name"]))

    @takes("container_name, lease_id=None, timeout=None")
    def get_container_metadata(self, asked: Arguments) -> AttributedDict:
        """Get a container's metadata."""
        return self._perform(_GET_METADATA, asked, reading.metadata)

    @takes("container_name, metadata=None, lease_id=None, if_modified_since=None, timeout=None")
    def set_container_metadata(self, asked: Arguments) -> ResourceProperties:
        """Replace a container's metadata; without any, remove it."""
        return self._perform(_SET_METADATA, asked, reading.resource)

    @takes("container_name, lease_id=None, timeout=None")
    def get_container_acl(self, asked: Arguments) -> AttributedDict:
        """Get a container's stored access policies by their ids; the dict's `public_access` is what anyone may read."""
        return self._perform(_GET_ACL, asked, documents.read_access)

    @takes(f"container_name, signed_identifiers=None, public_access=None, lease_id=None, {MODIFIED}, timeout=None")
    def set_container_acl(self, asked: Arguments) -> ResourceProperties:
        """Replace a container's stored access policies, five at most, and what anyone may read of it."""
        policies = asked["signed_identifiers"]
        not_none("container_name", asked["container_name"])
        limit_policies(policies)
        return self._perform(_SET_ACL, asked, reading.resource, body=documents.write_policies(policies))

    @takes(f"container_name, fail_not_exist=False, lease_id=None, {MODIFIED}, timeout=None")
    def delete_container(self, asked: Arguments) -> bool:
        """Delete a container and all it holds; False says that there was none."""
        try:
            self._perform(_DELETE, asked, expected=() if asked["fail_not_exist"] else ("ContainerNotFound",))
        except AzureMissingResourceHttpError:
            if asked["fail_not_exist"]:
                raise
            return False
        return True
