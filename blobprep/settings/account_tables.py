"""What a table `[accounts.NAME]` of the file says of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from blobprep.account import Account, Identity, key_credential, sas_credential
from blobprep.account.credentials import FLAVORS
from blobprep.errors import SettingError
from blobprep.settings.access_settings import IDENTITY
from blobprep.settings.sources.environment import account_address, addressed, as_credential, connection_string
from blobprep.settings.sources.toml import Config

__all__ = ["table_account", "table_address", "table_source"]

_SECRETS: Final[Mapping[str, str]] = {
    "connection-string": "connection_string_env",
    "sas": "sas_env",
    "key": "key_env",
    "bearer": "token_env",
    "service-principal": "client_secret_env",
}
"""By the word of `credential`: the setting that names its variable."""


def table_source(config: Config, name: str) -> str | None:
    """Return the setting of a table that says what opens its account, None where none does.

    Raises:
        SettingError: several do.
    """
    table = config.accounts.get(name, {})
    where = f"{config.path}: [accounts.{name}]"
    if "credential" in table:
        return f"{where} {_named(table, _SECRETS.get(str(table['credential']), 'credential'))}"
    present = [kind for kind, key in _SECRETS.items() if key in table]
    if len(present) > 1:
        raise SettingError(
            f"{where} names several credentials", remedy=f"choose one: credential = {' or '.join(map(repr, present))}"
        )
    return f"{where} {_named(table, _SECRETS[present[0]])}" if present else None


def _named(table: Mapping[str, object], key: str) -> str:
    """Name a setting, and the variable that it names."""
    return f"{key} ({table[key]})" if key in table and key != "credential" else key


def table_account(config: Config, name: str, environment: Mapping[str, str], general: Identity) -> Account:
    """Return an account with the credential its table names; that of a connection string with its address.

    Args:
        config: the file; `table_source` finds a credential in it.
        name: of the account.
        environment: where the variables are that the table names.
        general: whose token is asked for, where the table does not say.

    Raises:
        SettingError: the table contradicts itself, or a variable it names is not set.
    """
    texts = {key: str(value) for key, value in config.accounts.get(name, {}).items()}
    where = f"{config.path}: [accounts.{name}]"
    kind = texts.get("credential") or next(each for each, key in _SECRETS.items() if key in texts)
    identity = replace(general, **{each: texts[each] for each in IDENTITY if each in texts})
    if kind in FLAVORS and kind != "bearer":
        secret = _secret(texts, "client_secret_env", where, environment) if "client_secret_env" in texts else ""
        return Account(name, credential=as_credential(kind, identity, secret))
    if kind == "anonymous":
        return Account(name)
    key = _SECRETS[kind]
    if key not in texts:
        raise SettingError(f'{where} has credential = "{kind}" and no {key}', remedy=f"name its variable with {key}")
    secret = _secret(texts, key, where, environment)
    if kind == "bearer":
        return Account(name, credential=as_credential(kind, Identity(), secret))
    if kind != "connection-string":
        return Account(name, credential=sas_credential(secret) if kind == "sas" else key_credential(secret))
    made = connection_string(secret, f"{where} connection_string_env ({texts[key]})")
    if made.name != name:
        raise SettingError(
            f"{where}: the connection string in {texts[key]} is of account {made.name}",
            remedy=f"use that of {name}, or name the table [accounts.{made.name}]",
        )
    return made


def table_address(config: Config, account: Account) -> tuple[Account, bool]:
    """Move an account to the address its table gives it.

    Returns:
        The account, and whether the table's own `protocol` says http.

    Raises:
        SettingError: its endpoint is none.
    """
    table = config.accounts.get(account.name, {})
    where = f"{config.path}: [accounts.{account.name}]"
    if "endpoint" in table:
        account = addressed(account, account_address(str(table["endpoint"]), f"{where} endpoint", account.name))
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
