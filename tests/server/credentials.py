"""What a client has in hand: SAS tokens made by the SDK, and bearer tokens as azure-identity gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from azure.core.credentials import AccessToken
from azure.storage.blob import generate_account_sas, generate_container_sas

from blobprep.account import Credential
from tests.server.serving import Server

__all__ = ["Issued", "account_sas", "container_sas"]

_HOUR = timedelta(hours=1)


def container_sas(
    server: Server,
    container: str,
    permission: str = "racwdl",
    *,
    lifetime: timedelta = _HOUR,
    key: str | None = None,
    protocol: str | None = None,
    ip: str | None = None,
) -> Credential:
    """Return a SAS token for a container."""
    now = datetime.now(UTC)
    token = generate_container_sas(
        server.name,
        container,
        account_key=key or server.key,
        permission=permission,
        start=now - timedelta(days=2),
        expiry=now + lifetime,
        protocol=protocol,
        ip=ip,
    )
    return Credential("sas", token)


def account_sas(
    server: Server, permission: str, resource_types: str = "sco", *, lifetime: timedelta = _HOUR
) -> Credential:
    """Return a SAS token for the account; resource types are `s`, `c` and `o`, as in its `srt`."""
    token = generate_account_sas(
        server.name,
        account_key=server.key,
        resource_types=resource_types,
        permission=permission,
        expiry=datetime.now(UTC) + lifetime,
    )
    return Credential("sas", token)


@dataclass
class Issued:
    """A token credential that has its token already (`Server.issue`).

    Attributes:
        token: the bearer token.
        asked: the scopes it was asked for, in order.
    """

    token: str
    asked: list[str] = field(default_factory=list)

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        """Return the token; as `TokenCredential.get_token`."""
        self.asked += scopes
        return AccessToken(self.token, int(datetime.now(UTC).timestamp()) + 3600)
