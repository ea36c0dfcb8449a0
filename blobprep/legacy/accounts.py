"""An account: it makes services, and is found from the arguments of a constructor."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from blobprep.legacy.methods import Arguments, takes
from blobprep.legacy.models.declared import model
from blobprep.legacy.sharedaccess import ACCOUNT_TERMS, SharedAccessSignature
from blobprep.legacy.wire import constants
from blobprep.legacy.wire.failures import CREDENTIAL_NEEDS_HTTPS, STORAGE_MISSING_INFO, not_none
from blobprep.legacy.wire.transport import Timeout

__all__ = ["EMULATED_HOSTS", "CloudStorageAccount", "ConnectionParameters"]


@model
class CloudStorageAccount:
    """An account whose services share a name and a key or token.

    Args:
        account_name: needed unless the emulator is used.
        account_key: signs the requests; takes precedence over the token.
        sas_token: a shared access signature.
        is_emulated: whether to use the emulator, whatever else is given.
        endpoint_suffix: of another cloud; `core.windows.net` by default.
    """

    account_name: str | None = None
    account_key: str | None = None
    sas_token: str | None = None
    is_emulated: bool | None = None
    endpoint_suffix: str | None = None

    def create_block_blob_service(self) -> Any:
        """Make a `BlockBlobService`."""
        return self._service("blob", "BlockBlobService")

    def create_page_blob_service(self) -> Any:
        """Make a `PageBlobService`."""
        return self._service("blob", "PageBlobService")

    def create_append_blob_service(self) -> Any:
        """Make an `AppendBlobService`."""
        return self._service("blob", "AppendBlobService")

    def create_blob_service(self) -> Any:
        """Make a `BlobService`, as in versions up to 0.20."""
        from blobprep.legacy.early import BlobService

        return BlobService(self.account_name, self.account_key)

    def create_queue_service(self) -> Any:
        """Make a `QueueService`, if the script's environment has its package."""
        return self._service("queue", "QueueService")

    def create_table_service(self) -> Any:
        """Make a `TableService`, if the script's environment has its package."""
        return self._service("table", "TableService")

    def create_file_service(self) -> Any:
        """Make a `FileService`, if the script's environment has its package."""
        return self._service("file", "FileService", emulated=False)

    @takes(f"services, resource_types, {ACCOUNT_TERMS}")
    def generate_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for the account.

        Raises:
            ValueError: the account has no name or no key.
        """
        not_none("self.account_name", self.account_name)
        not_none("self.account_key", self.account_key)
        assert self.account_name is not None
        return SharedAccessSignature(self.account_name, self.account_key).generate_account(**asked)

    def _service(self, kind: str, name: str, *, emulated: bool = True) -> Any:
        """Make a service of the package for `kind` that the script sees."""
        settings: dict[str, Any] = {"sas_token": self.sas_token, "endpoint_suffix": self.endpoint_suffix}
        if emulated:
            settings["is_emulated"] = self.is_emulated
        try:
            module = importlib.import_module(f"azure.storage.{kind}.{name.lower()}")
        except ImportError:
            package = f"azure-storage-{kind}"
            text = f'The package {package} is required. Please install it using "pip install {package}"'
            raise Exception(text) from None  # the old SDK's own class and words
        return getattr(module, name)(self.account_name, self.account_key, **settings)


EMULATED_HOSTS: Final = {"blob": constants.DEV_BLOB_HOST, "queue": constants.DEV_QUEUE_HOST, "file": ""}
_CONNECTION_ENDPOINTS: Final = {name: f"{name.capitalize()}Endpoint" for name in EMULATED_HOSTS}
_CONNECTION_ENDPOINTS_SECONDARY: Final = {name: f"{name.capitalize()}SecondaryEndpoint" for name in EMULATED_HOSTS}
_KEYS: Final = {
    "account_name": "AccountName",
    "account_key": "AccountKey",
    "protocol": "DefaultEndpointsProtocol",
    "endpoint_suffix": "EndpointSuffix",
}
"""What a connection string calls the parameters of a constructor."""


@dataclass
class ConnectionParameters:
    """An account of one service and how to reach it; what is not described here is as it was given.

    Attributes:
        account_name: None where a custom domain takes its place.
        account_key: without the white space around it.
        protocol: of all requests.
        primary_endpoint: host, and path if there is one, without a scheme.
        secondary_endpoint: the same for the other location; None if it is not known.
        is_emulated: whether this is the emulator; the text of a connection string, which counts as true.
    """

    account_name: str | None
    account_key: str | None
    sas_token: str | None
    protocol: str
    primary_endpoint: str
    secondary_endpoint: str | None = None
    token_credential: Any = None
    is_emulated: Any = False
    request_session: Any = None
    socket_timeout: Timeout = None

    @classmethod
    def of_service(cls, service: str, given: Arguments) -> ConnectionParameters:
        """Take a constructor's arguments: a connection string first, then the emulator, then an account.

        Raises:
            ValueError: there is no account, or a token credential would go over http.
        """
        if given["connection_string"]:
            made = _from_connection_string(service, given["connection_string"])
        elif given["is_emulated"]:
            made = _emulated(service, None, given["custom_domain"])
        elif given["account_name"]:
            if given["token_credential"] is not None and (given["protocol"] or "").lower() != "https":
                raise ValueError(CREDENTIAL_NEEDS_HTTPS)
            made = _account(service, given)
            made.token_credential = given["token_credential"]
            made.is_emulated = given["is_emulated"]
        else:
            raise ValueError(STORAGE_MISSING_INFO)
        made.request_session = given["request_session"]
        made.socket_timeout = given["socket_timeout"]
        return made


def _from_connection_string(service: str, connection_string: str) -> ConnectionParameters:
    # Scripts match the text of the ValueError that a part without `=` makes here.
    config = dict(part.split("=", 1) for part in connection_string.split(";") if part)
    domain = config.get(_CONNECTION_ENDPOINTS[service])
    sas_token = config.get("SharedAccessSignature")
    emulated = config.get("UseDevelopmentStorage")
    if emulated:
        made = _emulated(service, sas_token, domain)
    else:
        given = {name: config.get(key) for name, key in _KEYS.items()}
        secondary = config.get(_CONNECTION_ENDPOINTS_SECONDARY[service])
        made = _account(service, {**given, "sas_token": sas_token, "custom_domain": domain}, secondary)
    made.is_emulated = emulated
    return made


def _emulated(service: str, sas_token: str | None, custom_domain: str | None) -> ConnectionParameters:
    host = EMULATED_HOSTS[service] if custom_domain is None else custom_domain
    return ConnectionParameters(
        account_name=constants.DEV_ACCOUNT_NAME,
        account_key=None if sas_token else constants.DEV_ACCOUNT_KEY,
        sas_token=sas_token,
        is_emulated=True,
        protocol="http",
        primary_endpoint=f"{host}/{constants.DEV_ACCOUNT_NAME}",
        secondary_endpoint=f"{host}/{constants.DEV_ACCOUNT_SECONDARY_NAME}",
    )


def _account(service: str, given: Arguments, custom_domain_secondary: str | None = None) -> ConnectionParameters:
    name, key, domain = given["account_name"], given["account_key"], given["custom_domain"]
    suffix = f"{service}.{given['endpoint_suffix'] or constants.SERVICE_HOST_BASE}"
    primary = _endpoint(domain) or (f"{name}.{suffix}" if name else None)
    if primary is None or (custom_domain_secondary and not domain):
        raise ValueError(STORAGE_MISSING_INFO)
    return ConnectionParameters(
        account_name=name,
        account_key=key.strip() if key else key,
        sas_token=given["sas_token"],
        protocol=(urlsplit(domain).scheme if domain else "") or given["protocol"] or constants.DEFAULT_PROTOCOL,
        primary_endpoint=primary,
        secondary_endpoint=_endpoint(custom_domain_secondary) or (f"{name}-secondary.{suffix}" if name else None),
    )


def _endpoint(domain: str | None) -> str | None:
    if not domain:
        return None
    parts = urlsplit(domain)
    return parts.netloc + parts.path.rstrip("/")
