"""Containers and their contents, one by one and listed.

The first page of a listing is fetched at once, so that the call itself raises what goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from blobprep.legacy import models
from blobprep.legacy.methods import MODIFIED, Arguments, takes
from blobprep.legacy.operations import CONTAINER, SERVICE, Operation
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import documents, failures, listings, reading

__all__ = ["Containers"]

_BLOBS_LISTED: Final = (
    "container_name, prefix=None, num_results=None, include=None, delimiter=None, marker=None, timeout=None"
)


class Containers(BlobAccount):
    """The operations on containers, and the listings of containers and blobs."""

    @takes("container_name, metadata=None, public_access=None, fail_on_exist=False, timeout=None")
    def create_container(self, asked: Arguments) -> bool:
        """Create a container; return False if there was one, or if one is being deleted."""
        kind, strict = failures.AzureConflictHttpError, asked["fail_on_exist"]
        return self._succeeds(Operation("PUT", CONTAINER), asked, kind, "ContainerAlreadyExists", strict=strict)

    @takes("container_name, lease_id=None, timeout=None")
    def get_container_properties(self, asked: Arguments) -> models.Container:
        """Get a container's properties and metadata."""
        operation = Operation("GET", CONTAINER)
        return self._perform(operation, asked, lambda answer: reading.container(answer, asked["container_name"]))

    @takes("container_name, lease_id=None, timeout=None")
    def get_container_metadata(self, asked: Arguments) -> models.AttributedDict:
        """Get a container's metadata."""
        return self._perform(Operation("GET", CONTAINER, {"comp": "metadata"}), asked, reading.metadata)

    @takes("container_name, metadata=None, lease_id=None, if_modified_since=None, timeout=None")
    def set_container_metadata(self, asked: Arguments) -> models.ResourceProperties:
        """Replace a container's metadata; without any, remove it."""
        return self._perform(Operation("PUT", CONTAINER, {"comp": "metadata"}), asked, reading.resource)

    @takes("container_name, lease_id=None, timeout=None")
    def get_container_acl(self, asked: Arguments) -> models.AttributedDict:
        """Get a container's stored access policies by their ids; the dict's `public_access` is what anyone may read."""
        return self._perform(Operation("GET", CONTAINER, {"comp": "acl"}), asked, documents.read_access)

    @takes(f"container_name, signed_identifiers=None, public_access=None, lease_id=None, {MODIFIED}, timeout=None")
    def set_container_acl(self, asked: Arguments) -> models.ResourceProperties:
        """Replace a container's stored access policies, five at most, and what anyone may read of it."""
        policies = asked["signed_identifiers"]
        failures.not_none("container_name", asked["container_name"])
        failures.limit_policies(policies)
        operation = Operation("PUT", CONTAINER, {"comp": "acl"})
        return self._perform(operation, asked, reading.resource, body=documents.write_policies(policies))

    @takes(f"container_name, fail_not_exist=False, lease_id=None, {MODIFIED}, timeout=None")
    def delete_container(self, asked: Arguments) -> bool:
        """Delete a container and its contents; return False if there was no such container."""
        kind, strict = failures.AzureMissingResourceHttpError, asked["fail_not_exist"]
        return self._succeeds(Operation("DELETE", CONTAINER), asked, kind, "ContainerNotFound", strict=strict)

    @takes("prefix=None, num_results=None, include_metadata=False, marker=None, timeout=None")
    def list_containers(self, asked: Arguments) -> models.ListGenerator:
        """List containers, `num_results` of them in all."""
        asked["include"] = "metadata" if asked.pop("include_metadata") else None
        return _listed(self._list_containers, asked)

    @takes(_BLOBS_LISTED)
    def list_blobs(self, asked: Arguments) -> models.ListGenerator:
        """List blobs, `num_results` of them in all; names that share a part up to `delimiter` become one prefix."""
        return _listed(self._list_blobs, asked, asked.pop("container_name"), _converter=listings.blobs)

    @takes(_BLOBS_LISTED)
    def list_blob_names(self, asked: Arguments) -> models.ListGenerator:
        """List the names of blobs, as `list_blobs` does the blobs."""
        return _listed(self._list_blobs, asked, asked.pop("container_name"), _converter=listings.blob_names)

    @takes("prefix=None, marker=None, max_results=None, include=None, timeout=None, _context=None")
    def _list_containers(self, asked: Arguments) -> models.AttributedList:
        operation = Operation("GET", SERVICE, {"comp": "list"})
        return self._perform(operation, asked, listings.containers, context=asked["_context"])

    @takes(
        "container_name, prefix=None, marker=None, max_results=None, include=None, delimiter=None, timeout=None,"
        " _context=None, _converter=None"
    )
    def _list_blobs(self, asked: Arguments) -> Any:
        operation = Operation("GET", CONTAINER, {"comp": "list", "prefix": None, "delimiter": None})
        return self._perform(operation, asked, asked["_converter"], context=asked["_context"])


def _listed(
    page: Callable[..., models.AttributedList], asked: Arguments, *names: str, **more: Any
) -> models.ListGenerator:
    """Fetch the first page; the others come from the same location."""
    asked["max_results"] = asked.pop("num_results")
    asked.update(more, _context=models.OperationContext(location_lock=True))
    return models.ListGenerator(page(*names, **asked), page, names, asked)
