"""Properties of the service itself, and the key that a user's own identity can sign with."""

from __future__ import annotations

from typing import Final

from blobprep.legacy.methods import Arguments, takes
from blobprep.legacy.models import AccountInformation, ServiceProperties, ServiceStats, UserDelegationKey
from blobprep.legacy.operations import SERVICE, Operation, path_of
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import documents, reading
from blobprep.legacy.wire.failures import not_none

__all__ = ["ServiceSettings"]

_GET_INFORMATION: Final = Operation("HEAD", SERVICE, {"restype": "account", "comp": "properties"}, secondary=True)
_GET_STATS: Final = Operation("GET", SERVICE, {"restype": "service", "comp": "stats"}, secondary=True)
_SET_PROPERTIES: Final = Operation("PUT", SERVICE, {"restype": "service", "comp": "properties"})
_GET_PROPERTIES: Final = Operation("GET", SERVICE, {"restype": "service", "comp": "properties"}, secondary=True)
_GET_KEY: Final = Operation("POST", SERVICE, {"restype": "service", "comp": "userdelegationkey"}, secondary=True)


class ServiceSettings(BlobAccount):
    """What holds for all containers of an account."""

    @takes("container_name=None, blob_name=None, timeout=None")
    def get_blob_account_information(self, asked: Arguments) -> AccountInformation:
        """Get the kind of the account and how it is replicated.

        A signature that opens a container or a blob alone allows this by way of that one.
        """
        request = self._request(_GET_INFORMATION, {"timeout": asked["timeout"]})
        request.path = path_of(asked["container_name"], asked["blob_name"])
        return self._perform_request(request, reading.account_information)

    @takes("timeout=None")
    def get_blob_service_stats(self, asked: Arguments) -> ServiceStats:
        """Get how far the secondary location has come; it is the one that is asked."""
        request = self._request(_GET_STATS, asked)
        request.host_locations = self._get_host_locations(primary=False, secondary=True)
        return self._perform_request(request, documents.read_stats)

    @takes(
        "logging=None, hour_metrics=None, minute_metrics=None, cors=None, target_version=None, timeout=None,"
        " delete_retention_policy=None, static_website=None"
    )
    def set_blob_service_properties(self, asked: Arguments) -> None:
        """Change properties of the service; what is None stays as it is.

        Raises:
            ValueError: all are None.
        """
        timeout = asked.pop("timeout")
        if all(value is None for value in asked.values()):
            raise ValueError("set_blob_service_properties should be called with at least one parameter")
        self._perform(_SET_PROPERTIES, {"timeout": timeout}, body=documents.write_properties(**asked))

    @takes("timeout=None")
    def get_blob_service_properties(self, asked: Arguments) -> ServiceProperties:
        """Get the properties of the service."""
        return self._perform(_GET_PROPERTIES, asked, documents.read_properties)

    @takes("key_start_time, key_expiry_time, timeout=None")
    def get_user_delegation_key(self, asked: Arguments) -> UserDelegationKey:
        """Get a key that signs access in the name of the user whose token credential this service has."""
        start, expiry = asked["key_start_time"], asked["key_expiry_time"]
        not_none("key_start_time", start)
        not_none("key_end_time", expiry)
        request = self._request(_GET_KEY, {"timeout": asked["timeout"]})
        request.path = ""
        request.body = documents.write_delegation_times(start, expiry)
        return self._perform_request(request, documents.read_delegation_key)
