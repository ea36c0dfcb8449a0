"""An account: it makes services, and is found from the arguments of a constructor."""

from __future__ import annotations

import importlib
from typing import Any, Final
from urllib.parse import urlsplit

from blobprep.legacy.methods import Arguments, takes
from blobprep.legacy.models.declared import model
from blobprep.legacy.sharedaccess import ACCOUNT_TERMS, SharedAccessSignature
from blobprep.legacy.wire import constants
from blobprep.legacy.wire.constants import DEFAULT_PROTOCOL, SERVICE_HOST_BASE
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
            importlib.import_module(f"azure.storage.{kind}")  # the error is of this, if a test says that it is missing
            module = importlib.import_module(f"azure.storage.{kind}.{name.lower()}")
        except ModuleNotFoundError as error:
            package = f"azure-storage-{kind}"
            text = f'The package {package} is required. Please install it using "pip install {package}"'
            if error.name == f"azure.storage.{kind}.{name.lower()}":
                text = f"The {package} that is installed has no {name}, which left it with version 12."
            elif error.name != f"azure.storage.{kind}":
                raise  # something that the package needs
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
    "sas_token": "SharedAccessSignature",
    "is_emulated": "UseDevelopmentStorage",
}
"""What a connection string calls the parameters of a constructor."""


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

    request_session: Any = None
    socket_timeout: Timeout = None

    @takes(
        "service, account_name=None, account_key=None, sas_token=None, token_credential=None, is_emulated=False,"
        f" protocol={DEFAULT_PROTOCOL!r}, endpoint_suffix={SERVICE_HOST_BASE!r}, custom_domain=None,"
        " custom_domain_secondary=None"
    )
    def __init__(self, given: Arguments) -> None:
        name, key, domain, service = (given[n] for n in ("account_name", "account_key", "custom_domain", "service"))
        self.account_name, self.account_key = name, key.strip() if key else key
        self.sas_token, self.token_credential = given["sas_token"], given["token_credential"]
        self.is_emulated, self.protocol = given["is_emulated"], given["protocol"] or DEFAULT_PROTOCOL
        if self.is_emulated:
            self._emulate(EMULATED_HOSTS[service] if domain is None else domain)
            return
        suffix = f"{service}.{given['endpoint_suffix'] or SERVICE_HOST_BASE}"
        primary = _endpoint(domain) or (f"{name}.{suffix}" if name else None)
        if primary is None or (given["custom_domain_secondary"] and not domain):
            raise ValueError(STORAGE_MISSING_INFO)
        self.protocol = (urlsplit(domain).scheme if domain else "") or self.protocol
        self.primary_endpoint, secondary = primary, f"{name}-secondary.{suffix}" if name else None
        self.secondary_endpoint = _endpoint(given["custom_domain_secondary"]) or secondary

    def _emulate(self, host: str) -> None:
        self.account_name, self.protocol = constants.DEV_ACCOUNT_NAME, "http"
        self.account_key = None if self.sas_token else constants.DEV_ACCOUNT_KEY
        self.primary_endpoint = f"{host}/{constants.DEV_ACCOUNT_NAME}"
        self.secondary_endpoint = f"{host}/{constants.DEV_ACCOUNT_SECONDARY_NAME}"

    @classmethod
    @takes(
        "service, account_name=None, account_key=None, sas_token=None, token_credential=None, is_emulated=None,"
        " protocol=None, endpoint_suffix=None, custom_domain=None, request_session=None, connection_string=None,"
        " socket_timeout=None"
    )
    def get_service_parameters(cls, given: Arguments) -> ConnectionParameters:
        """Take a constructor's arguments: a connection string first, then the emulator, then an account.

        Raises:
            ValueError: there is no account, or a token credential would go over http.
        """
        session, text, timeout = (given.pop(n) for n in ("request_session", "connection_string", "socket_timeout"))
        service, domain = given["service"], given["custom_domain"]
        if text:
            made = cls._from_connection_string(text, service)
        elif given["is_emulated"]:
            made = ConnectionParameters(service, is_emulated=True, custom_domain=domain)
        elif given["account_name"]:
            if given["token_credential"] is not None and (given["protocol"] or "").lower() != "https":
                raise ValueError(CREDENTIAL_NEEDS_HTTPS)
            made = ConnectionParameters(**given)
        else:
            raise ValueError(STORAGE_MISSING_INFO)
        made.request_session, made.socket_timeout = session, timeout
        return made

    @staticmethod
    def _from_connection_string(connection_string: str, service: str) -> ConnectionParameters:
        # Scripts match the text of the ValueError that a part without `=` makes here.
        config = dict(part.split("=", 1) for part in connection_string.split(";") if part)
        return ConnectionParameters(
            service,
            custom_domain=config.get(_CONNECTION_ENDPOINTS[service]),
            custom_domain_secondary=config.get(_CONNECTION_ENDPOINTS_SECONDARY[service]),
            **{name: config.get(key) for name, key in _KEYS.items()},
        )


def _endpoint(domain: str | None) -> str | None:
    if not domain:
        return None
    parts = urlsplit(domain)
    return parts.netloc + parts.path.rstrip("/")
