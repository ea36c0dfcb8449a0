"""The account behind a service: its construction and addresses, its properties and tokens."""

from __future__ import annotations

from typing import Any, Final

from blobprep.legacy import sharedaccess
from blobprep.legacy.accounts import ConnectionParameters
from blobprep.legacy.methods import BLOB_NAMES, Arguments, need, takes
from blobprep.legacy.models import AccountInformation, ServiceProperties, Services, ServiceStats, UserDelegationKey
from blobprep.legacy.operations import SERVICE, Operating, Operation, path_of
from blobprep.legacy.wire import documents, reading
from blobprep.legacy.wire.authentication import authentication_of
from blobprep.legacy.wire.constants import DEFAULT_PROTOCOL, SERVICE_HOST_BASE, VERSION
from blobprep.legacy.wire.failures import not_none

__all__ = ["BlobAccount"]

_DELEGATED: Final = f"{sharedaccess.RESOURCE_TERMS}, user_delegation_key=None"


class BlobAccount(Operating):
    """The Blob service of an account.

    Construction sends nothing. A connection string takes precedence over `is_emulated`, and that over an account name.
    The key signs requests, else the token or the credential; without any, they are not signed.

    Attributes:
        require_encryption: Whether blobs that are not encrypted on this side are refused.
        key_encryption_key: Wraps and unwraps the keys of encrypted blobs.
        key_resolver_function: Finds that key by the id in a blob's metadata.
    """

    @takes(
        f"account_name=None, account_key=None, sas_token=None, is_emulated=False, protocol={DEFAULT_PROTOCOL!r},"
        f" endpoint_suffix={SERVICE_HOST_BASE!r}, custom_domain=None, request_session=None, connection_string=None,"
        " socket_timeout=None, token_credential=None"
    )
    def __init__(self, given: Arguments) -> None:
        super().__init__(ConnectionParameters.get_service_parameters("blob", **given))
        self.authentication = authentication_of(self)
        self.require_encryption = False
        self.key_encryption_key: Any = None
        self.key_resolver_function: Any = None
        self._update_user_agent_string(VERSION)

    @takes("container_name, blob_name, protocol=None, sas_token=None, snapshot=None")
    def make_blob_url(self, asked: Arguments) -> str:
        """Write the URL of a blob, without quoting its name."""
        token, snapshot = asked["sas_token"], asked["snapshot"]
        query = "&".join(part for part in (snapshot and f"snapshot={snapshot}", token) if part)
        url = f"{self._url(asked)}/{asked['blob_name']}"
        return f"{url}?{query}" if query else url

    @takes("container_name, protocol=None, sas_token=None")
    def make_container_url(self, asked: Arguments) -> str:
        """Write the URL of a container."""
        url = f"{self._url(asked)}?restype=container"
        return f"{url}&{asked['sas_token']}" if asked["sas_token"] else url

    def _url(self, asked: Arguments) -> str:
        return f"{asked['protocol'] or self.protocol}://{self.primary_endpoint}/{asked['container_name']}"

    @takes("container_name=None, blob_name=None, timeout=None")
    def get_blob_account_information(self, asked: Arguments) -> AccountInformation:
        """Get the kind of the account and how it is replicated.

        A signature for one container or blob allows this through that container or blob.
        """
        operation = Operation("HEAD", SERVICE, {"restype": "account", "comp": "properties"})
        request = self._request(operation, {"timeout": asked["timeout"]})
        request.path = path_of(asked["container_name"], asked["blob_name"])
        return self._perform_request(request, reading.account_information)

    @takes("timeout=None")
    def get_blob_service_stats(self, asked: Arguments) -> ServiceStats:
        """Get the state of the replication from the secondary location."""
        request = self._request(Operation("GET", SERVICE, {"restype": "service", "comp": "stats"}), asked)
        request.host_locations = self._get_host_locations(primary=False, secondary=True)
        return self._perform_request(request, documents.read_stats)

    @takes(
        "logging=None, hour_metrics=None, minute_metrics=None, cors=None, target_version=None, timeout=None,"
        " delete_retention_policy=None, static_website=None"
    )
    def set_blob_service_properties(self, asked: Arguments) -> None:
        """Change properties of the service; those that are None do not change.

        Raises:
            ValueError: all are None.
        """
        timeout = asked.pop("timeout")
        if all(value is None for value in asked.values()):
            raise ValueError("set_blob_service_properties should be called with at least one parameter")
        operation = Operation("PUT", SERVICE, {"restype": "service", "comp": "properties"})
        self._perform(operation, {"timeout": timeout}, body=documents.write_properties(**asked))

    @takes("timeout=None")
    def get_blob_service_properties(self, asked: Arguments) -> ServiceProperties:
        """Get the properties of the service."""
        operation = Operation("GET", SERVICE, {"restype": "service", "comp": "properties"})
        return self._perform(operation, asked, documents.read_properties)

    @takes("key_start_time, key_expiry_time, timeout=None")
    def get_user_delegation_key(self, asked: Arguments) -> UserDelegationKey:
        """Get a key that signs access in the name of the user whose token credential this service has."""
        start, expiry = asked["key_start_time"], asked["key_expiry_time"]
        not_none("key_start_time", start)
        not_none("key_end_time", expiry)
        operation = Operation("POST", SERVICE, {"restype": "service", "comp": "userdelegationkey"}, secondary=True)
        request = self._request(operation, {"timeout": asked["timeout"]})
        request.path = ""
        request.body = documents.write_delegation_times(start, expiry)
        return self._perform_request(request, documents.read_delegation_key)

    @takes(f"resource_types, {sharedaccess.ACCOUNT_TERMS}")
    def generate_account_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for the account's Blob service."""
        not_none("self.account_name", self.account_name)
        not_none("self.account_key", self.account_key)
        signer = sharedaccess.BlobSharedAccessSignature(self.account_name, self.account_key)
        return signer.generate_account(Services.BLOB, **asked)

    @takes(f"container_name, {_DELEGATED}")
    def generate_container_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for a container."""
        need(asked, ("container_name",))
        return self._signer(asked.pop("user_delegation_key")).generate_container(**asked)

    @sharedaccess.permission_may_come_third
    @takes(f"container_name, blob_name, snapshot=None, {_DELEGATED}", needs=BLOB_NAMES)
    def generate_blob_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for a blob, or for one of its snapshots."""
        return self._signer(asked.pop("user_delegation_key")).generate_blob(**asked)

    def _signer(self, user_delegation_key: UserDelegationKey | None) -> sharedaccess.BlobSharedAccessSignature:
        not_none("self.account_name", self.account_name)
        if user_delegation_key is not None:
            sharedaccess.complete_user_delegation_key(user_delegation_key)
            return sharedaccess.BlobSharedAccessSignature(self.account_name, user_delegation_key=user_delegation_key)
        not_none("self.account_key", self.account_key)
        return sharedaccess.BlobSharedAccessSignature(self.account_name, self.account_key)
