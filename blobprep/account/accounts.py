"""A storage account, and how its requests travel. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from blobprep.account.credentials import ANONYMOUS, Credential
from blobprep.errors import SettingError

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

_NAME: Final = re.compile(r"[a-z0-9]{3,24}")
_HARMLESS: Final = re.compile(r"[A-Za-z]?[a-z0-9 ._/-]{0,40}")
_SUFFIX: Final = re.compile(r"(?!(?:.*\.)?(?:blob|dfs)\.)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?")

EMULATOR_ACCOUNT: Final = "devstoreaccount1"
EMULATOR_KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The emulator's published account and key, the same on every machine; no secret."""


SDK_CA_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name certificates to trust and that the SDK's transport reads itself."""

CA_VARIABLES: Final = (*SDK_CA_VARIABLES, "SSL_CERT_FILE")
"""Variables that name certificates to trust, in the order in which settings read them."""


@dataclass(frozen=True, slots=True)
class Network:
    """Say how requests travel.

    Attributes:
        proxy: its address; empty leaves it to HTTPS_PROXY and its kin, which the SDK reads itself.
        ca_bundle: file or folder of the certificates to trust; empty for those that come with the SDK.
        connect_timeout: seconds to connect.
        read_timeout: seconds of silence while an answer is awaited.
        retries: how often a request is repeated where the service cannot answer.
    """

    proxy: str = ""
    ca_bundle: str = ""
    connect_timeout: float = 20.0
    read_timeout: float = 60.0
    retries: int = 4


@dataclass(frozen=True, slots=True)
class Access:
    """Record how a store is reached: where, and with what kind of credential, never its value."""

    endpoint: str
    credential: str


@dataclass(frozen=True, slots=True)
class Account:
    """Describe a storage account, or the folder that stands for one.

    Attributes:
        name: the account's name.
        protocol: what its requests travel over.
        endpoint_suffix: of the cloud, `core.windows.net` for the public one.
        endpoint: full address where it does not follow from name and suffix (emulator, custom domain), else None.
        credential: what opens it.
        folder: the folder that stands for it, else None.
        network: how its requests travel.
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
        """Return the address of the Blob service, with the protocol that is used."""
        if self.endpoint is None:
            return f"{self.protocol}://{self.name}.blob.{self.endpoint_suffix}"
        parts = urlsplit(self.endpoint)
        return parts._replace(scheme=self.protocol).geturl().rstrip("/")

    @property
    def access(self) -> Access:
        """Return what a record says of it."""
        return Access(self.url, self.credential.describe())

    @property
    def is_local(self) -> bool:
        """Tell whether its requests stay on this machine (loopback)."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


def require_address(account: Account) -> Account:
    """Return the account if its address is one.

    Raises:
        SettingError: its name or its suffix cannot be part of a host's name, or no host can be read from its address.
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
        f"the address of account {account.name} is not one: {account.url}",
        remedy='write endpoint = "https://HOST", or leave it out',
    )


def _require_parts(account: Account) -> None:
    """See that name and suffix make a host; a text that is neither may be a secret, and is not shown."""
    if not _NAME.fullmatch(account.name):
        what = repr(account.name) if _HARMLESS.fullmatch(account.name) else "what is given as an account"
        raise SettingError(
            f"{what} is no account's name",
            remedy="an account's name has 3 to 24 lower-case letters and digits, without address and suffix",
        )
    if not _SUFFIX.fullmatch(account.endpoint_suffix):
        raise SettingError(
            f"the endpoint suffix of account {account.name} is not the suffix of a cloud",
            remedy='write what follows ".blob.", as core.windows.net; a whole address is written as endpoint',
        )


def emulator(address: str = "http://127.0.0.1") -> Account:
    """Return the account of an emulator that listens where emulators do (port 10000)."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return Account(
        EMULATOR_ACCOUNT,
        protocol="https" if parts.scheme == "https" else "http",
        endpoint=f"{parts.scheme}://{host}:{parts.port or 10000}/{EMULATOR_ACCOUNT}",
        credential=Credential("key", EMULATOR_KEY),
    )
