"""Every setting: its name, where it may come from, what it does. Pure.

A setting comes from `blobprep.toml`, then the environment, then an argument; later wins, and blank is unset. In a name,
`*` stands for a name the user chose (`accounts.*.protocol`). A secret is never written in the file: a setting names the
environment variable that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from blobprep.account.secret_kinds import looks_secret
from blobprep.errors import InvalidOption, SettingError
from blobprep.limits import LIMITS, LimitRow
from blobprep.sandbox.isolation import DEFAULT_LEVEL, NAMESPACES
from blobprep.sandbox.network.rules import parse_endpoint
from blobprep.settings.access_settings import ACCESS_ROWS, ACCOUNT_ROWS, NETWORK_ROWS
from blobprep.settings.setting import MASK, Kind, Setting, SettingRow

__all__ = ["MASK", "NAMED", "SETTINGS", "Kind", "Setting", "SettingRow", "row_of", "valid"]

NAMED: Final = ("accounts", "datasets", "modules", "datastores")
"""Tables whose keys are names the user chose."""


def _argument(limit: LimitRow) -> str:
    return limit.option or f"--limit {limit.name}="


SETTINGS: Final[tuple[SettingRow, ...]] = (
    SettingRow(
        "default_account",
        "the account of a reference that names none",
        environment=("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"),
        argument="--account",
        azure_config="account",
    ),
    SettingRow(
        "protocol",
        "travel over this protocol, whatever a reference or an account says",
        choices=("http", "https"),
        argument="--protocol",
        in_file=False,
    ),
    SettingRow(
        "allow_http",
        "where http may be used; never always wins",
        choices=("never", "emulator", "always"),
        default="emulator",
        environment=("AZURE_ALLOW_HTTP", "ALLOW_HTTP"),
    ),
    *ACCESS_ROWS,
    *ACCOUNT_ROWS,
    *NETWORK_ROWS,
    SettingRow("datasets.*.blob", "the reference that the name stands for"),
    SettingRow("datasets.*.read", "options of reading it, and its format", "options"),
    SettingRow("modules.*.blob", "the reference of the module zip that the name stands for"),
    SettingRow("datastores.*.container", "the container or prefix of a datastore of Azure Machine Learning"),
    SettingRow("script.isolation", "the level of isolation", argument="--isolation", default=DEFAULT_LEVEL),
    SettingRow(
        "script.namespace",
        "whether strict takes a namespace of bubblewrap's: auto is only where Landlock is missing",
        choices=NAMESPACES,
        default="auto",
    ),
    SettingRow(
        "script.debugger",
        "what --debug runs a script under: pdb, or debugpy or debugpy:PORT for an editor to attach",
        argument="--debugger",
        default="pdb",
    ),
    *(
        SettingRow(f"script.{row.name}", row.help, row.kind, argument=_argument(row), default=row.default)
        for row in LIMITS.values()
    ),
    SettingRow(
        "script.allow",
        "the hosts that a script may reach, HOST or HOST:PORT; --allow-host adds to them",
        "endpoints",
    ),
)

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_INSIDE: Final = re.compile(r"(?i)[?&;]sig=|accountkey=|sharedaccesssignature=")
_SECRETS: Final[Mapping[str, str]] = {
    "key": "key_env",
    "account_key": "key_env",
    "access_key": "key_env",
    "secret": "key_env",
    "password": "key_env",
    "sas": "sas_env",
    "sas_token": "sas_env",
    "connection_string": "connection_string_env",
    "master_key": "key_env",
    "sas_key": "sas_env",
    "token": "token_env",
    "bearer_token": "token_env",
    "client_secret": "client_secret_env",
}
"""Names under which people write a secret down, and the setting that names its variable instead."""


def row_of(name: str, source: str) -> SettingRow:
    """Return the row of a setting that a file holds.

    Args:
        name: dotted, as the file has it: `accounts.contoso.protocol`.
        source: the file, for messages.

    Raises:
        SettingError: there is none; a secret's message says how to name it, any other the nearest name.
    """
    general = _general(name)
    for row in SETTINGS:
        if row.in_file and row.name == general:
            return row
    last = name.rpartition(".")[2]
    if last.lower() in _SECRETS:
        instead = _SECRETS[last.lower()]
        raise SettingError(
            f"{source} holds a secret: {name}",
            remedy=f'put the secret into an environment variable and write {instead} = "NAME_OF_THE_VARIABLE" '
            "in the table of its account",
        )
    known = [row.name for row in SETTINGS if row.in_file]
    near = get_close_matches(general, known, n=1) or get_close_matches(general.split(".")[0], known, n=1, cutoff=0.4)
    remedy = f"did you mean {near[0]}?" if near else f"settings are {', '.join(known)}"
    raise SettingError(f"{source} has a setting that does not exist: {name}", remedy=remedy)


def valid(row: SettingRow, value: object, source: str) -> object:
    """Check the form of a value; the message never shows it, for it may be a secret in the wrong place.

    Args:
        row: of the setting.
        value: as the file or the environment has it.
        source: where it came from and its name, for messages.

    Raises:
        SettingError: it is not of the row's kind, none of its choices, or holds a secret.
    """
    fits = {
        "text": isinstance(value, str),
        "variable": isinstance(value, str) and _VARIABLE.fullmatch(value) is not None,
        "options": isinstance(value, Mapping) and not any(isinstance(each, (dict, list)) for each in value.values()),
        "number": isinstance(value, (int, float)) and not isinstance(value, bool),
        "seconds": value == "none" or (isinstance(value, (int, float)) and not isinstance(value, bool)),
        "count": value == "none" or (isinstance(value, int) and not isinstance(value, bool)),
        "size": isinstance(value, (int, str)) and not isinstance(value, bool),
        "secret": isinstance(value, str),
        "endpoints": isinstance(value, list) and all(isinstance(each, str) for each in value),
        "hadoop": isinstance(value, (str, bool)) or (isinstance(value, Mapping) and _is_variable(value)),
    }[row.kind]
    if not fits:
        raise SettingError(f"{source} is not {_WANTED[row.kind]}", remedy=f"it is {row.help}")
    if row.choices and value not in row.choices:
        raise SettingError(f"{source} is none of its values", remedy=f"it is {' or '.join(row.choices)}")
    pasted = row.name == "default_account" and looks_secret(str(value))
    if pasted or (row.kind in ("text", "hadoop") and _SECRET_INSIDE.search(str(value))):
        raise SettingError(
            f"{source} has a secret in it",
            remedy="take the SAS token or key out; key_env, sas_env or connection_string_env of the account "
            "name the environment variable that holds it",
        )
    if row.kind == "endpoints":
        _require_endpoints(value, source)
    return value


def _require_endpoints(value: object, source: str) -> None:
    assert isinstance(value, list)
    for each in value:
        try:
            parse_endpoint(each)
        except InvalidOption as error:
            raise SettingError(f"{source}: {error.message}", remedy=error.remedy) from None


_WANTED: Final[Mapping[Kind, str]] = {
    "text": "a text",
    "variable": "the name of an environment variable",
    "options": "a table of options, { header = true }",
    "number": "a number",
    "seconds": 'a number of seconds, or "none"',
    "count": 'a number, or "none"',
    "size": "a size",
    "secret": "a text",
    "endpoints": 'a list of hosts, ["contoso.blob.core.windows.net:443"]',
    "hadoop": 'a text or { env = "VARIABLE" }, under a quoted key',
}


def _is_variable(value: Mapping[str, object]) -> bool:
    return set(value) == {"env"} and _VARIABLE.fullmatch(str(value["env"])) is not None


def _general(name: str) -> str:
    """Put `*` in place of the name the user chose."""
    parts = name.split(".")
    if parts[0] == "hadoop":
        return "hadoop.*"
    if len(parts) >= 3 and parts[0] in NAMED:
        return ".".join((parts[0], "*", parts[-1]))
    return name
