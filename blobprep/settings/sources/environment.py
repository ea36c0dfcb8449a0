"""What the environment says of accounts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from blobprep.account import (
    EMULATOR_ACCOUNT,
    Account,
    AccountAddress,
    Credential,
    Identity,
    TokenFlavor,
    key_credential,
    parse_account_address,
    parse_connection_string,
    sas_credential,
)
from blobprep.account.credentials import FLAVORS, NOBODY
from blobprep.errors import SettingError
from blobprep.settings.access_settings import IDENTITY
from blobprep.settings.sources.toml import from_environment
from blobprep.settings.table import SETTINGS

__all__ = [
    "ROWS",
    "EnvironmentAccount",
    "account_address",
    "addressed",
    "as_credential",
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
        address: of account `name`, else None.
        identity: whose token is asked for.
        client_secret: of a service principal, empty for none.
        fault: why the environment cannot be used, else None; then nothing else is known of it.
    """

    name: str | None = None
    strung: tuple[Account, str] | None = None
    credentials: tuple[tuple[Credential, str], ...] = ()
    chosen: tuple[Credential, str] | None = None
    address: AccountAddress | None = None
    identity: Identity = NOBODY
    client_secret: str = field(default="", repr=False)
    fault: SettingError | None = None

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
        SettingError: a connection string or an address cannot be read.
    """
    said = {name: from_environment(row, environment) for name, row in ROWS.items() if row.environment}
    identity = Identity(**{name: found[0] for name in IDENTITY if (found := said[name])})
    secret = said["client_secret"][0] if said["client_secret"] else ""
    strung = said["connection_string"]
    account = connection_string(strung[0], f"environment variable {strung[1]}") if strung else None
    name = said["default_account"][0] if said["default_account"] else ""
    name = name or (EMULATOR_ACCOUNT if said["emulator"] else "") or (account.name if account else "")
    endpoint = said["endpoint"]
    address = account_address(endpoint[0], f"environment variable {endpoint[1]}", name) if endpoint else None
    name = name or (address.account if address else "")
    chosen = said["credential"]
    return EnvironmentAccount(
        name or None,
        (account, strung[1]) if account and strung else None,
        tuple(_credentials(said)),
        (as_credential(chosen[0], identity, secret), chosen[1]) if chosen else None,
        address,
        identity,
        secret,
    )


def _credentials(said: Mapping[str, tuple[str, str] | None]) -> Iterator[tuple[Credential, str]]:
    if sas := said["sas"]:
        yield sas_credential(sas[0]), sas[1]
    if key := said["key"]:
        yield key_credential(key[0]), key[1]
    if token := said["token"]:
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


def account_address(text: str, source: str, name: str) -> AccountAddress:
    """Read the address of an account; its errors name where it came from."""
    try:
        return parse_account_address(text, name)
    except SettingError as error:
        raise SettingError(f"{source}: {error.message}", remedy=error.remedy) from None


def addressed(account: Account, address: AccountAddress) -> Account:
    """Give an account an address, with the protocol that it begins with."""
    return replace(account, endpoint=address.endpoint, protocol=address.protocol)
