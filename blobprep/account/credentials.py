"""What opens an account; masked wherever it is printed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from blobprep.account.sas import SasToken
from blobprep.account.secret_kinds import unquoted
from blobprep.reference.sas import readable_token

__all__ = [
    "ANONYMOUS",
    "FLAVORS",
    "NOBODY",
    "Credential",
    "CredentialKind",
    "Identity",
    "TokenFlavor",
    "key_credential",
    "sas_credential",
]

CredentialKind = Literal["key", "sas", "anonymous", "token"]
TokenFlavor = Literal["default", "managed-identity", "workload-identity", "cli", "service-principal", "bearer"]

FLAVORS: Final[Mapping[TokenFlavor, str]] = {
    "default": "token: default chain",
    "managed-identity": "token: managed identity",
    "workload-identity": "token: workload identity",
    "cli": "token: Azure CLI",
    "service-principal": "token: service principal",
    "bearer": "token: as given",
}
"""What asks for the token, in the words of messages and manifests."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Say whose token is asked for; empty is left to azure-identity and the machine it runs on.

    Attributes:
        tenant_id, client_id: of a service principal, a workload or a managed identity.
        object_id, resource_id: of a managed identity, in place of `client_id`.
        certificate: path of a service principal's certificate, in place of its secret.
        token_file: path of the file with a workload's own token.
        authority: host that gives the tokens, for clouds of their own.
    """

    tenant_id: str = ""
    client_id: str = ""
    object_id: str = ""
    resource_id: str = ""
    certificate: str = ""
    token_file: str = ""
    authority: str = ""


NOBODY: Final = Identity()
"""Leaves everything to azure-identity."""


@dataclass(frozen=True, slots=True)
class Credential:
    """Hold what opens an account; masked wherever it is printed.

    Attributes:
        kind: `key` (account key), `sas` (SAS token, without `?`), `token` (of an identity) or `anonymous`.
        secret: the key, the SAS token, the service principal's secret or the token itself.
        flavor: of a token: where it comes from.
        identity: of a token: whose it is.
    """

    kind: CredentialKind
    secret: str = field(default="", repr=False)
    flavor: TokenFlavor = "default"
    identity: Identity = NOBODY

    def describe(self) -> str:
        """Name it for messages and manifests, never its value.

        >>> Credential("sas", "sv=2024-11-04&sr=c&sp=r&sig=…").describe()
        'service SAS'
        """
        if self.kind == "token":
            return FLAVORS[self.flavor]
        if self.kind == "sas":
            return f"{SasToken.parse(self.secret).kind} SAS"
        return "account key" if self.kind == "key" else self.kind

    def expired_at(self, now: datetime) -> datetime | None:
        """Return when a SAS token expired; None where it has not by `now`, or does not say."""
        expires = SasToken.parse(self.secret).expires if self.kind == "sas" else None
        return expires if expires is not None and expires <= now else None


ANONYMOUS: Final = Credential("anonymous")


def key_credential(text: str) -> Credential:
    """Return the credential of an account key as it was pasted: without blanks and quotes around it."""
    return Credential("key", unquoted(text))


def sas_credential(text: str) -> Credential:
    """Return the credential of a SAS token as it was pasted: without what surrounds it, its `+` encoded.

    >>> sas_credential(' "?sv=2024-11-04&amp;sig=a+b=" ').secret
    'sv=2024-11-04&sig=a%2Bb='
    """
    return Credential("sas", readable_token(unquoted(text)))
