"""Properties of the service itself, and the key that a user's own identity can sign with."""

from __future__ import annotations

from datetime import date

from blobprep.legacy.models import (
    AccountInformation,
    CorsRule,
    DeleteRetentionPolicy,
    Logging,
    Metrics,
    ServiceProperties,
    ServiceStats,
    StaticWebsite,
    UserDelegationKey,
)
from blobprep.legacy.operations import SERVICE, Operation, path_of
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import documents, reading
from blobprep.legacy.wire.failures import not_none

__all__ = ["ServiceSettings"]

_GET_INFORMATION = Operation("HEAD", SERVICE, {"restype": "account", "comp": "properties"}, secondary=True)
_GET_STATS = Operation("GET", SERVICE, {"restype": "service", "comp": "stats"}, secondary=True)
_SET_PROPERTIES = Operation("PUT", SERVICE, {"restype": "service", "comp": "properties"})
_GET_PROPERTIES = Operation("GET", SERVICE, {"restype": "service", "comp": "properties"}, secondary=True)
_GET_KEY = Operation("POST", SERVICE, {"restype": "service", "comp": "userdelegationkey"}, secondary=True)


class ServiceSettings(BlobAccount):
    """What holds for all containers of an account."""

    def get_blob_account_information(
        self, container_name: str | None = None, blob_name: str | None = None, timeout: int | None = None
    ) -> AccountInformation:
        """Get the kind of the account and how it is replicated.

        Args:
            container_name: to ask by way of, with a signature that reaches no further.
            blob_name: the same.
            timeout: seconds the service may take.
        """
        request = self._request(_GET_INFORMATION, {"timeout": timeout})
        request.path = path_of(container_name, blob_name)
        return self._perform_request(request, reading.account_information)

    def get_blob_service_stats(self, timeout: int | None = None) -> ServiceStats:
        """Get how far the secondary location has come; it is the one that is asked."""
        request = self._request(_GET_STATS, {"timeout": timeout})
        request.host_locations = self._get_host_locations(primary=False, secondary=True)
        return self._perform_request(request, documents.read_stats)

    def set_blob_service_properties(
        self,
        logging: Logging | None = None,
        hour_metrics: Metrics | None = None,
        minute_metrics: Metrics | None = None,
        cors: list[CorsRule] | None = None,
        target_version: str | None = None,
        timeout: int | None = None,
        delete_retention_policy: DeleteRetentionPolicy | None = None,
        static_website: StaticWebsite | None = None,
    ) -> None:
        """Change properties of the service; what is None stays as it is.

        Raises:
            ValueError: all are None.
        """
        wanted = (
            logging,
            hour_metrics,
            minute_metrics,
            cors,
            target_version,
            delete_retention_policy,
            static_website,
        )
        if all(value is None for value in wanted):
            raise ValueError("set_blob_service_properties should be called with at least one parameter")
        self._perform(_SET_PROPERTIES, {"timeout": timeout}, body=documents.write_properties(*wanted))

    def get_blob_service_properties(self, timeout: int | None = None) -> ServiceProperties:
        """Get the properties of the service."""
        return self._perform(_GET_PROPERTIES, locals(), documents.read_properties)

    def get_user_delegation_key(
        self, key_start_time: date | str, key_expiry_time: date | str, timeout: int | None = None
    ) -> UserDelegationKey:
        """Get a key that signs access in the name of the user whose token credential this service has."""
        not_none("key_start_time", key_start_time)
        not_none("key_end_time", key_expiry_time)
        request = self._request(_GET_KEY, {"timeout": timeout})
        request.path = ""
        request.body = documents.write_delegation_times(key_start_time, key_expiry_time)
        return self._perform_request(request, documents.read_delegation_key)
