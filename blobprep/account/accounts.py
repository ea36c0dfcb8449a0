"""A storage account, its address, and the network settings of its requests. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from blobprep.account.credentials import ANONYMOUS, Credential
from blobprep.errors import SettingError
from blobprep.reference.names import ACCOUNT_RULE, is_account_name

__all__ = [
    "CA_VARIABLES",
    "EMULATOR_ACCOUNT",
    "EMULATOR_KEY",
    "SDK_CA_VARIABLES",
    "Access",
    "Account",
    "Network",
    "Protocol",
    "emulator",
    "require_address",
]

Protocol = Literal["http", "https"]

_HARMLESS: Final = re.compile(r"[A-Za-z]?[a-z0-9 ._/-]{0,40}")
_SUFFIX: Final = re.compile(r"(?!(?:.*\.)?(?:blob|dfs)\.)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?")

EMULATOR_ACCOUNT: Final = "devstoreaccount1"
EMULATOR_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The emulator's published account and key, the same on every machine; not a secret."""


SDK_CA_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name certificates to trust and that the SDK's transport reads itself."""

CA_VARIABLES: Final = (*SDK_CA_VARIABLES, "SSL_CERT_FILE")
"""Variables that name certificates to trust, in the order in which settings read them."""


@dataclass(frozen=True, slots=True)
class Network:
    """The network settings of requests.

    Attributes:
        proxy: the proxy's address; empty for HTTPS_PROXY and the like, which the SDK reads itself.
        ca_bundle: file or folder with the certificates to trust; empty for those that come with the SDK.
        connect_timeout: seconds to wait for a connection.
        read_timeout: seconds to wait while the service sends nothing.
        retries: how often to repeat a request that the service cannot answer.
    """

    proxy: str = ""
    ca_bundle: str = ""
    connect_timeout: float = 20.0
    read_timeout: float = 60.0
    retries: int = 4


@dataclass(frozen=True, slots=True)
class Access:
    """The address of a store and the kind of credential that opens it, for records; never the credential itself."""

    endpoint: str
    credential: str


@dataclass(frozen=True, slots=True)
class Account:
    """A storage account, or a folder that takes the place of one.

    Attributes:
        name: the account's name.
        protocol: the protocol of its requests.
        endpoint_suffix: the cloud's suffix, `core.windows.net` for the public cloud.
        endpoint: the full address if it does not follow from name and suffix (emulator, custom domain), else None.
        credential: the credential that opens it.
        folder: the folder that takes its place, else None.
        network: the network settings of its requests.
    """

    name: str
    protocol: Protocol = "https"
    endpoint_suffix: str = "core.windows.net"
    endpoint: str | None = None
    credential: Credential = ANONYMOUS
    folder: Path | None = None
    network: Network = Network()

    @property
    def url(self) -> str:
        """Return the address of the Blob service, with the protocol in use."""
        if self.endpoint is None:
            return f"{self.protocol}://{self.name}.blob.{self.endpoint_suffix}"
        parts = urlsplit(self.endpoint)
        return parts._replace(scheme=self.protocol).geturl().rstrip("/")

    @property
    def access(self) -> Access:
        """Return the address and the kind of credential, for records."""
        return Access(self.url, self.credential.describe())

    @property
    def is_local(self) -> bool:
        """Tell whether requests to it stay on this machine (loopback)."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


def require_address(account: Account) -> Account:
    """Return the account if its address is valid.

    Raises:
        SettingError: its name or its suffix cannot be part of a host's name, or its address does not contain a host.
    """
    if account.endpoint is None:
        _require_parts(account)
    try:
        parts = urlsplit(account.url)
        if parts.hostname and (parts.port or 0) >= 0:
            return account
    except ValueError:
        pass
    raise SettingError(
        f"the address of account {account.name} is not valid: {account.url}",
        remedy='write endpoint = "https://HOST", or leave out endpoint',
    )


def _require_parts(account: Account) -> None:
    """Check that name and suffix can form a host; other text may be a secret, and is not shown."""
    if not is_account_name(account.name):
        what = repr(account.name) if _HARMLESS.fullmatch(account.name) else "the text given as an account"
        raise SettingError(
            f"{what} is not a valid account name", remedy=f"{ACCOUNT_RULE}; leave out address and suffix"
        )
    if not _SUFFIX.fullmatch(account.endpoint_suffix):
        raise SettingError(
            f"the endpoint suffix of account {account.name} is not the suffix of a cloud",
            remedy='write the text after ".blob.", such as core.windows.net; use endpoint for a whole address',
        )


def emulator(address: str = "http://127.0.0.1") -> Account:
    """Return the account of an emulator at an address; its port is 10000 unless the address has one."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return Account(
        EMULATOR_ACCOUNT,
        protocol="https" if parts.scheme == "https" else "http",
        endpoint=f"{parts.scheme}://{host}:{parts.port or 10000}/{EMULATOR_ACCOUNT}",
        credential=Credential("key", EMULATOR_KEY),
    )
