"""What the settings say of an account becomes an `Account`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from blobprep.account import EMULATOR_ACCOUNT, Account, Credential, Protocol, emulator, parse_connection_string
from blobprep.errors import SettingError
from blobprep.reference.hosts import CLOUDS, service_in
from blobprep.workspace.reading import Config, from_environment
from blobprep.workspace.settings import SETTINGS

__all__ = ["EnvironmentAccount", "configured_account", "environment_account", "is_home_of", "unconfigured_account"]

_ROWS: Final = {row.name: row for row in SETTINGS}
_ACCOUNT: Final = re.compile(r"[a-z0-9]{3,24}")


@dataclass(frozen=True, slots=True)
class EnvironmentAccount:
    """Hold what the environment says of accounts.

    Attributes:
        name: the account it chooses; None where it chooses none.
        account: that of a connection string, else None.
        credential: the key or SAS token of account `name`, else None.
        source: the variable that opens account `name`.
        warning: where several variables compete, which one is used; else None.
    """

    name: str | None = None
    account: Account | None = None
    credential: Credential | None = None
    source: str = ""
    warning: str | None = None


def environment_account(environment: Mapping[str, str], argument: str | None) -> EnvironmentAccount:
    """Read the account of the environment.

    A connection string brings its own account. A SAS token or key belongs to the account that the environment names, or
    else to that of `--account`; never to one that only a file names, for a file may come from somebody else.

    Raises:
        SettingError: the connection string is none.
    """
    named = from_environment(_ROWS["default_account"], environment)
    strung = from_environment(_ROWS["connection_string"], environment)
    sas, key = (from_environment(_ROWS[row], environment) for row in ("sas", "key"))
    account = _from_connection_string(strung[0], f"environment variable {strung[1]}") if strung else None
    name = named[0] if named else account.name if account else None
    found: list[tuple[Credential | None, str]] = []
    if strung and account and account.name == name:
        found.append((None, strung[1]))
    if sas:
        found.append((Credential("sas", sas[0].lstrip("?")), sas[1]))
    if key:
        found.append((Credential("key", key[0]), key[1]))
    if not found:
        return EnvironmentAccount(name, account)
    credential, source = found[0]
    others = " and ".join(variable for _, variable in found[1:])
    return EnvironmentAccount(
        name, account, credential, source, f"{source} is used, and not {others}" if others else None
    )


def configured_account(
    config: Config, name: str, environment: Mapping[str, str], credential: Credential | None = None
) -> Account | None:
    """Return the account that `[accounts.NAME]` describes, None where there is no such table.

    Args:
        config: the file.
        name: of the account.
        environment: where the variables are that the table names.
        credential: opens it in place of the one the table names.

    Raises:
        SettingError: the table contradicts itself, or a variable it names is not set.
    """
    table = config.accounts.get(name)
    if table is None:
        return None
    texts = {key: str(value) for key, value in table.items()}
    where = f"{config.path}: [accounts.{name}]"
    if "folder" in texts:
        return Account(name, folder=config.folder / texts["folder"])
    account = _opened(Account(name), texts, where, environment) if credential is None else Account(name)
    if "endpoint" in texts:
        endpoint = _endpoint(texts["endpoint"], where)
        account = replace(account, endpoint=endpoint, protocol=_protocol(urlsplit(endpoint).scheme))
    if "endpoint_suffix" in texts:
        account = replace(account, endpoint_suffix=texts["endpoint_suffix"])
    if "protocol" in texts:
        account = replace(account, protocol=_protocol(texts["protocol"]))
    if credential is not None:
        account = replace(account, credential=credential)
    return account if texts.get("credential") == "anonymous" else _with_emulator(account)


def unconfigured_account(name: str, credential: Credential | None = None) -> Account:
    """Return an account no file describes: its usual address; anonymous without a credential.

    Raises:
        SettingError: it can be no account's name.
    """
    if not _ACCOUNT.fullmatch(name):
        raise SettingError(
            f"{name!r} is no account's name",
            remedy="an account's name has 3 to 24 lower-case letters and digits, without address and suffix",
        )
    account = _with_emulator(Account(name))
    return account if credential is None else replace(account, credential=credential)


def is_home_of(account: Account, endpoint: str) -> bool:
    """Tell whether an address that a reference spelled out belongs to an account, so that it may see its credential.

    The address belongs to it when it is the account's own, when it is that name in one of Microsoft's clouds, or when
    it stays on this machine: a SAS token sent anywhere else would be lost to whoever listens there.
    """
    there, own = urlsplit(endpoint), urlsplit(account.url)
    host = there.hostname or ""
    known = service_in(host)
    return (
        (host, there.port, there.path) == (own.hostname, own.port, own.path)
        or (known is not None and known.account == account.name and known.suffix in (*CLOUDS, account.endpoint_suffix))
        or Account(account.name, endpoint=endpoint).is_local
    )


def _opened(account: Account, texts: Mapping[str, str], where: str, environment: Mapping[str, str]) -> Account:
    """Give an account the credential its table names."""
    kinds: Mapping[str, tuple[str, Callable[[str], Account]]] = {
        "connection-string": (
            "connection_string_env",
            lambda secret: _from_connection_string(secret, f"{where} connection_string_env"),
        ),
        "sas": ("sas_env", lambda secret: replace(account, credential=Credential("sas", secret.lstrip("?")))),
        "key": ("key_env", lambda secret: replace(account, credential=Credential("key", secret))),
    }
    present = [kind for kind, (key, _) in kinds.items() if key in texts]
    kind = texts.get("credential") or (present[0] if len(present) == 1 else "anonymous")
    if len(present) > 1 and "credential" not in texts:
        raise SettingError(
            f"{where} names several credentials", remedy=f"choose one: credential = {' or '.join(map(repr, present))}"
        )
    if kind == "anonymous":
        return account
    key, make = kinds[kind]
    if key not in texts:
        raise SettingError(f'{where} has credential = "{kind}" and no {key}', remedy=f"name its variable with {key}")
    secret = environment.get(texts[key], "").strip()
    if not secret:
        raise SettingError(
            f"{where} takes its credential from the environment variable {texts[key]}, which is not set",
            remedy=f"set {texts[key]}",
        )
    made = make(secret)
    if made.name != account.name:
        raise SettingError(
            f"{where}: the connection string in {texts[key]} is of account {made.name}",
            remedy=f"use that of {account.name}, or name the table [accounts.{made.name}]",
        )
    return made


def _protocol(text: str) -> Protocol:
    return "http" if text == "http" else "https"


def _from_connection_string(text: str, source: str) -> Account:
    try:
        return parse_connection_string(text)
    except SettingError as error:
        raise SettingError(f"{source}: {error.message}", remedy=error.remedy) from None


def _endpoint(text: str, where: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username is not None:
        raise SettingError(
            f"{where}: the endpoint is no address of a Blob service",
            remedy='it looks like "http://127.0.0.1:10000/devstoreaccount1"; no query, no user name',
        )
    return text.rstrip("/")


def _with_emulator(account: Account) -> Account:
    """Give the emulator's account its address and its published key where nothing else is said."""
    if account.name != EMULATOR_ACCOUNT:
        return account
    known = emulator()
    if account.endpoint is None:
        account = replace(account, endpoint=known.endpoint, protocol=known.protocol)
    if account.credential.kind == "anonymous" and account.is_local:
        account = replace(account, credential=known.credential)
    return account
