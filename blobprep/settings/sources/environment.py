"""The environment: the value that a variable gives a setting, and the account that the variables describe. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

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
from blobprep.account.credentials import DEFAULT_IDENTITY, FLAVORS
from blobprep.errors import SettingError
from blobprep.settings.access_settings import IDENTITY
from blobprep.settings.setting import READINGS, SettingRow
from blobprep.settings.table import ROWS, check_value

__all__ = [
    "EnvironmentAccount",
    "credential_of_kind",
    "environment_account",
    "from_environment",
    "move_account",
    "read_account_address",
    "read_connection_string",
]


@dataclass(frozen=True, slots=True)
class EnvironmentAccount:
    """The account that the environment describes.

    Attributes:
        name: the account that it chooses; None if it chooses none.
        string_account: the account of a connection string, and its variable; else None.
        credentials: credentials of account `name`, each with its variable; the first one is used.
        chosen: the credential without a secret that a variable asks for, and that variable; else None.
        address: the address of account `name`, else None.
        identity: the identity that a token is requested for.
        client_secret: the secret of a service principal; empty for none.
        fault: why the environment cannot be used, else None; with a fault the other attributes are empty.
    """

    name: str | None = None
    string_account: tuple[Account, str] | None = None
    credentials: tuple[tuple[Credential, str], ...] = ()
    chosen: tuple[Credential, str] | None = None
    address: AccountAddress | None = None
    identity: Identity = DEFAULT_IDENTITY
    client_secret: str = field(default="", repr=False)
    fault: SettingError | None = None

    @property
    def last_resort(self) -> Credential:
        """Return the credential for accounts without one: the chosen one, a service principal, or the default chain."""
        if self.chosen:
            return self.chosen[0]
        whole = (
            self.identity.tenant_id and self.identity.client_id and (self.client_secret or self.identity.certificate)
        )
        return credential_of_kind("service-principal" if whole else "default", self.identity, self.client_secret)


def from_environment(row: SettingRow, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the value that the environment gives a setting, and its variable; None if no variable is set.

    A blank variable counts as unset.

    Raises:
        SettingError: the setting does not take the value.
    """
    for name in row.environment:
        value = environment.get(name, "").strip()
        if value := READINGS.get(name, {}).get(value.lower(), value):
            check_value(row, value, f"environment variable {name}")
            return value, name
    return None


def environment_account(environment: Mapping[str, str]) -> EnvironmentAccount:
    """Return the account that the environment describes.

    Raises:
        SettingError: a connection string or an address is not valid.
    """
    values = {name: from_environment(row, environment) for name, row in ROWS.items() if row.environment}
    identity = Identity(**{name: found[0] for name in IDENTITY if (found := values[name])})
    secret = values["client_secret"][0] if values["client_secret"] else ""
    string = values["connection_string"]
    account = read_connection_string(string[0], f"environment variable {string[1]}") if string else None
    name = values["default_account"][0] if values["default_account"] else ""
    name = name or (EMULATOR_ACCOUNT if values["emulator"] else "") or (account.name if account else "")
    endpoint = values["endpoint"]
    address = read_account_address(endpoint[0], f"environment variable {endpoint[1]}", name) if endpoint else None
    name = name or (address.account if address else "")
    chosen = values["credential"]
    return EnvironmentAccount(
        name or None,
        (account, string[1]) if account and string else None,
        tuple(_credentials(values)),
        (credential_of_kind(chosen[0], identity, secret), chosen[1]) if chosen else None,
        address,
        identity,
        secret,
    )


def _credentials(values: Mapping[str, tuple[str, str] | None]) -> Iterator[tuple[Credential, str]]:
    if sas := values["sas"]:
        yield sas_credential(sas[0]), sas[1]
    if key := values["key"]:
        yield key_credential(key[0]), key[1]
    if token := values["token"]:
        yield Credential("token", token[0], "bearer"), token[1]


def credential_of_kind(kind: str, identity: Identity, secret: str) -> Credential:
    """Return the credential that a value of the setting `credential` stands for: a kind of token, or `anonymous`."""
    flavor: TokenFlavor | None = next((flavor for flavor in FLAVORS if flavor == kind), None)
    if flavor is None:
        return Credential("anonymous")
    return Credential("token", secret if flavor in ("service-principal", "bearer") else "", flavor, identity)


def read_connection_string(text: str, source: str) -> Account:
    """Parse a connection string; errors name its source."""
    try:
        return parse_connection_string(text)
    except SettingError as error:
        raise SettingError(f"{source}: {error.message}", remedy=error.remedy) from None


def read_account_address(text: str, source: str, name: str) -> AccountAddress:
    """Parse the address of an account; errors name its source."""
    try:
        return parse_account_address(text, name)
    except SettingError as error:
        raise SettingError(f"{source}: {error.message}", remedy=error.remedy) from None


def move_account(account: Account, address: AccountAddress) -> Account:
    """Return an account with another address, and the protocol that the address begins with."""
    return replace(account, endpoint=address.endpoint, protocol=address.protocol)
