"""An account as a table `[accounts.NAME]` of the file describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from blobprep.account import Account, Identity, key_credential, sas_credential
from blobprep.account.credentials import FLAVORS
from blobprep.errors import SettingError
from blobprep.settings.access_settings import IDENTITY
from blobprep.settings.sources.environment import (
    credential_of_kind,
    move_account,
    read_account_address,
    read_connection_string,
)
from blobprep.settings.sources.toml import Config

__all__ = ["table_account", "table_address", "table_source"]

_SECRETS: Final[Mapping[str, str]] = {
    "connection-string": "connection_string_env",
    "sas": "sas_env",
    "key": "key_env",
    "bearer": "token_env",
    "service-principal": "client_secret_env",
}
"""The setting that names the variable of a secret, by the value of `credential`."""


def table_source(config: Config, name: str) -> str | None:
    """Return the setting of a table that names its account's credential; None if there is no such setting.

    Raises:
        SettingError: there are several.
    """
    table = config.accounts.get(name, {})
    where = f"{config.path}: [accounts.{name}]"
    if "credential" in table:
        return f"{where} {_with_variable(table, _SECRETS.get(str(table['credential']), 'credential'))}"
    present = [kind for kind, key in _SECRETS.items() if key in table]
    if len(present) > 1:
        raise SettingError(
            f"{where} names several credentials", remedy=f"choose one: credential = {' or '.join(map(repr, present))}"
        )
    return f"{where} {_with_variable(table, _SECRETS[present[0]])}" if present else None


def _with_variable(table: Mapping[str, object], key: str) -> str:
    """Return the name of a setting, and of the variable that it names."""
    return f"{key} ({table[key]})" if key in table and key != "credential" else key


def table_account(config: Config, name: str, environment: Mapping[str, str], general: Identity) -> Account:
    """Return an account with the credential its table names; with a connection string, also with its address.

    Args:
        config: the file; `table_source` finds a credential in it.
        name: the account's name.
        environment: the variables that the table may name.
        general: the identity that a token is requested for, as far as the table does not set it.

    Raises:
        SettingError: the table contradicts itself, or a variable it names is not set.
    """
    texts = {key: str(value) for key, value in config.accounts.get(name, {}).items()}
    where = f"{config.path}: [accounts.{name}]"
    kind = texts.get("credential") or next(kind for kind, key in _SECRETS.items() if key in texts)
    identity = replace(general, **{field: texts[field] for field in IDENTITY if field in texts})
    if kind in FLAVORS and kind != "bearer":
        secret = _secret(texts, "client_secret_env", where, environment) if "client_secret_env" in texts else ""
        return Account(name, credential=credential_of_kind(kind, identity, secret))
    if kind == "anonymous":
        return Account(name)
    key = _SECRETS[kind]
    if key not in texts:
        raise SettingError(
            f'{where} has credential = "{kind}" without {key}', remedy=f"set {key} to the name of its variable"
        )
    secret = _secret(texts, key, where, environment)
    if kind == "bearer":
        return Account(name, credential=credential_of_kind(kind, Identity(), secret))
    if kind != "connection-string":
        return Account(name, credential=sas_credential(secret) if kind == "sas" else key_credential(secret))
    account = read_connection_string(secret, f"{where} connection_string_env ({texts[key]})")
    if account.name != name:
        raise SettingError(
            f"{where}: the connection string in {texts[key]} belongs to account {account.name}",
            remedy=f"use the connection string of {name}, or name the table [accounts.{account.name}]",
        )
    return account


def table_address(config: Config, account: Account) -> tuple[Account, bool]:
    """Return an account with the address that its table sets.

    Returns:
        The account, and whether the table's own `protocol` is http.

    Raises:
        SettingError: its endpoint is not a valid address.
    """
    table = config.accounts.get(account.name, {})
    where = f"{config.path}: [accounts.{account.name}]"
    if "endpoint" in table:
        account = move_account(account, read_account_address(str(table["endpoint"]), f"{where} endpoint", account.name))
    if "endpoint_suffix" in table:
        account = replace(account, endpoint_suffix=str(table["endpoint_suffix"]))
    if "protocol" in table:
        account = replace(account, protocol="http" if table["protocol"] == "http" else "https")
    if "port" in table:
        parts = urlsplit(account.url)
        host = (parts.netloc if "]" not in parts.netloc else parts.netloc.partition("]")[0] + "]").rpartition("@")[2]
        host = host if host.endswith("]") else host.partition(":")[0]
        account = replace(account, endpoint=parts._replace(netloc=f"{host}:{table['port']}").geturl())
    return account, table.get("protocol") == "http"


def _secret(texts: Mapping[str, str], key: str, where: str, environment: Mapping[str, str]) -> str:
    secret = environment.get(texts[key], "").strip()
    if not secret:
        raise SettingError(
            f"{where} takes its credential from the environment variable {texts[key]}, which is not set",
            remedy=f"set {texts[key]}",
        )
    return secret
