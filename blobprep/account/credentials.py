"""Credentials, masked wherever they are printed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from blobprep.account.sas import SasToken
from blobprep.account.secret_kinds import strip_quotes
from blobprep.reference.sas import normalize_token

__all__ = [
    "ANONYMOUS",
    "DEFAULT_IDENTITY",
    "FLAVORS",
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
"""Where a token comes from, in the words of messages and manifests."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity that a token is requested for; azure-identity and the machine decide what is left empty.

    Attributes:
        tenant_id, client_id: IDs of a service principal, a workload identity or a managed identity.
        object_id, resource_id: IDs of a managed identity, instead of `client_id`.
        certificate: path of a service principal's certificate, instead of its secret.
        token_file: path of the file with a workload identity's own token.
        authority: host that issues the tokens, for clouds other than the public one.
    """

    tenant_id: str = ""
    client_id: str = ""
    object_id: str = ""
    resource_id: str = ""
    certificate: str = ""
    token_file: str = ""
    authority: str = ""


DEFAULT_IDENTITY: Final = Identity()
"""The identity that azure-identity chooses."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential of an account, masked wherever it is printed.

    Attributes:
        kind: `key` (account key), `sas` (SAS token, without `?`), `token` (for an identity) or `anonymous`.
        secret: the key, the SAS token, the service principal's secret or the token itself.
        flavor: for a token, where it comes from.
        identity: for a token, the identity it is requested for.
    """

    kind: CredentialKind
    secret: str = field(default="", repr=False)
    flavor: TokenFlavor = "default"
    identity: Identity = DEFAULT_IDENTITY

    def describe(self) -> str:
        """Return the kind of credential for messages and manifests, never its value.

        >>> Credential("sas", "sv=2024-11-04&sr=c&sp=r&sig=…").describe()
        'service SAS'
        """
        if self.kind == "token":
            return FLAVORS[self.flavor]
        if self.kind == "sas":
            return f"{SasToken.parse(self.secret).kind} SAS"
        return "account key" if self.kind == "key" else self.kind

    def expired_at(self, now: datetime) -> datetime | None:
        """Return when a SAS token expired; None if it has not expired by `now`, or has no time of expiry."""
        expires = SasToken.parse(self.secret).expires if self.kind == "sas" else None
        return expires if expires is not None and expires <= now else None


ANONYMOUS: Final = Credential("anonymous")


def key_credential(text: str) -> Credential:
    """Return the credential for a pasted account key, without the blanks and quotes around it."""
    return Credential("key", strip_quotes(text))


def sas_credential(text: str) -> Credential:
    """Return the credential for a pasted SAS token, without the blanks and quotes around it, its `+` encoded.

    >>> sas_credential(' "?sv=2024-11-04&amp;sig=a+b=" ').secret
    'sv=2024-11-04&sig=a%2Bb='
    """
    return Credential("sas", normalize_token(strip_quotes(text)))
