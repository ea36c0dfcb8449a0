"""What the environment says of accounts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from blobprep.account import EMULATOR_ACCOUNT, Account, Credential, Identity, TokenFlavor, parse_connection_string
from blobprep.account.connection_strings import account_name
from blobprep.account.credentials import FLAVORS, NOBODY
from blobprep.errors import SettingError
from blobprep.workspace.access_rows import IDENTITY
from blobprep.workspace.reading import from_environment
from blobprep.workspace.settings import SETTINGS

__all__ = [
    "ROWS",
    "EnvironmentAccount",
    "addressed",
    "as_credential",
    "checked_endpoint",
    "connection_string",
    "environment_account",
]

ROWS: Final = {row.name: row for row in SETTINGS}


@dataclass(frozen=True, slots=True)
class EnvironmentAccount:
    """Hold what the environment says of accounts.

    Attributes:
        name: the account it chooses; None where it chooses none.
        strung: the account of a connection string, and its variable; else None.
        credentials: of account `name`, each with its variable, the first one is used.
        chosen: the credential that needs no secret, and its variable, where a variable asks for one; else None.
        endpoint: the address of account `name`, else None.
        identity: whose token is asked for.
        client_secret: of a service principal, empty for none.
    """

    name: str | None = None
    strung: tuple[Account, str] | None = None
    credentials: tuple[tuple[Credential, str], ...] = ()
    chosen: tuple[Credential, str] | None = None
    endpoint: str | None = None
    identity: Identity = NOBODY
    client_secret: str = field(default="", repr=False)

    @property
    def last_resort(self) -> Credential:
        """Return what opens an account that nothing else opens: what was chosen, a service principal, the chain."""
        if self.chosen:
            return self.chosen[0]
        whole = (
            self.identity.tenant_id and self.identity.client_id and (self.client_secret or self.identity.certificate)
        )
        return as_credential("service-principal" if whole else "default", self.identity, self.client_secret)


def environment_account(environment: Mapping[str, str]) -> EnvironmentAccount:
    """Read the account of the environment.

    Raises:
        SettingError: a connection string or an address is none, a bearer token is a SAS token.
    """
    said = {name: from_environment(row, environment) for name, row in ROWS.items() if row.environment}
    identity = Identity(**{name: found[0] for name in IDENTITY if (found := said[name])})
    secret = said["client_secret"][0] if said["client_secret"] else ""
    strung = said["connection_string"]
    account = connection_string(strung[0], f"environment variable {strung[1]}") if strung else None
    endpoint = said["endpoint"]
    address = checked_endpoint(endpoint[0], f"environment variable {endpoint[1]}") if endpoint else None
    name = said["default_account"][0] if said["default_account"] else None
    name = name or (EMULATOR_ACCOUNT if said["emulator"] else None)
    name = name or (account.name if account else account_name(address) or None)
    chosen = said["credential"]
    return EnvironmentAccount(
        name,
        (account, strung[1]) if account and strung else None,
        tuple(_credentials(said)),
        (as_credential(chosen[0], identity, secret), chosen[1]) if chosen else None,
        address,
        identity,
        secret,
    )


def _credentials(said: Mapping[str, tuple[str, str] | None]) -> Iterator[tuple[Credential, str]]:
    if sas := said["sas"]:
        yield Credential("sas", sas[0].lstrip("?")), sas[1]
    if key := said["key"]:
        yield Credential("key", key[0]), key[1]
    if token := said["token"]:
        if "sig=" in token[0]:
            raise SettingError(
                f"environment variable {token[1]} holds a SAS token", remedy="put it into AZURE_STORAGE_SAS_TOKEN"
            )
        yield Credential("token", token[0], "bearer"), token[1]


def as_credential(kind: str, identity: Identity, secret: str) -> Credential:
    """Return the credential of a word of setting `credential` that names a token, or `anonymous`."""
    flavor: TokenFlavor | None = next((each for each in FLAVORS if each == kind), None)
    if flavor is None:
        return Credential("anonymous")
    return Credential("token", secret if flavor in ("service-principal", "bearer") else "", flavor, identity)


def connection_string(text: str, source: str) -> Account:
    """Read a connection string; its errors name where it came from."""
    try:
        return parse_connection_string(text)
    except SettingError as error:
        raise SettingError(f"{source}: {error.message}", remedy=error.remedy) from None


def checked_endpoint(text: str, where: str) -> str:
    """Return an address without its closing `/`.

    Raises:
        SettingError: it is none, or has more in it than an address.
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username is not None:
        raise SettingError(
            f"{where}: the endpoint is no address of a Blob service",
            remedy='it looks like "http://127.0.0.1:10000/devstoreaccount1"; no query, no user name',
        )
    return text.rstrip("/")


def addressed(account: Account, endpoint: str) -> Account:
    """Give an account an address, with the protocol that it begins with."""
    return replace(account, endpoint=endpoint, protocol="http" if endpoint.startswith("http:") else "https")
