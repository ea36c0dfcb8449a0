"""The table of all settings: their names, their sources, what they do. Pure.

A setting comes from `blobprep.toml`, the environment, or an argument; the later source wins, and a blank value counts
as unset. In a name, `*` stands for a name that the user chose (`accounts.*.protocol`). A secret is never in the file: a
setting names the environment variable that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from blobprep.account.secret_kinds import contains_secret, looks_secret
from blobprep.classic.modes import DEFAULT_MODE, MODES
from blobprep.errors import InvalidOption, SettingError
from blobprep.limits import LIMITS, LimitRow
from blobprep.sandbox.isolation import DEFAULT_LEVEL, NAMESPACES
from blobprep.sandbox.network.rules import parse_endpoint
from blobprep.settings.access_settings import ACCESS_ROWS, ACCOUNT_ROWS, NETWORK_ROWS
from blobprep.settings.service_settings import SERVER_ROWS, SERVICE_ROWS
from blobprep.settings.setting import MASK, REPORTED_VALUES, Kind, Setting, SettingRow

__all__ = ["MASK", "NAMED", "ROWS", "SETTINGS", "Kind", "Setting", "SettingRow", "check_value", "row_of"]

NAMED: Final = ("accounts", "datasets", "modules", "datastores", "services")
"""The tables whose keys are names that the user chose."""


def _argument(limit: LimitRow) -> str:
    return limit.option or f"--limit {limit.name}="


SETTINGS: Final[tuple[SettingRow, ...]] = (
    SettingRow(
        "default_account",
        "the account of references that name none",
        environment=("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"),
        argument="--account",
        azure_config="account",
    ),
    SettingRow(
        "protocol",
        "use this protocol, overriding references and settings",
        choices=("http", "https"),
        argument="--protocol",
        in_file=False,
    ),
    SettingRow(
        "allow_http",
        'where http is allowed; "never" in the file cannot be overridden',
        choices=("never", "emulator", "always"),
        default="emulator",
        environment=("AZURE_ALLOW_HTTP", "ALLOW_HTTP"),
    ),
    *ACCESS_ROWS,
    *ACCOUNT_ROWS,
    *NETWORK_ROWS,
    SettingRow("datasets.*.blob", "the reference or path that the name stands for"),
    SettingRow("datasets.*.read", "options for reading the dataset; format among them sets its format", "options"),
    SettingRow("modules.*.blob", "the reference or path of the module zip that the name stands for"),
    SettingRow("datastores.*.container", "the container or prefix that an Azure Machine Learning datastore stands for"),
    SettingRow("script.isolation", "how the script is isolated", argument="--isolation", default=DEFAULT_LEVEL),
    SettingRow(
        "script.namespace",
        'whether "strict" uses a bubblewrap namespace; "auto" uses one only if Landlock is missing',
        choices=NAMESPACES,
        default="auto",
    ),
    SettingRow(
        "script.classic",
        "when names that libraries no longer have are restored: for scripts that reach for them, always, never",
        argument="--classic",
        choices=MODES,
        default=DEFAULT_MODE,
    ),
    SettingRow(
        "script.interpreter",
        "another Python, from 2.7 on, that runs the script with its own pandas: a path, or the name of a conda "
        "environment",
        argument="--interpreter",
    ),
    SettingRow(
        "script.debugger",
        "debugger on this terminal (pdb), or for an editor to attach to (debugpy; port 5678 if none is given)",
        argument="--debugger",
        default="pdb",
    ),
    *(
        SettingRow(f"script.{row.name}", row.help, row.kind, argument=_argument(row), default=row.default)
        for row in LIMITS.values()
    ),
    SettingRow(
        "script.allow",
        "hosts the script may reach, HOST or HOST:PORT; --allow-host adds to them",
        "endpoints",
    ),
    SettingRow(
        "report.rows",
        "rows of each table that a report shows: the first ones, with some from the middle and the end; 1000 at most",
        "number",
        default="100",
    ),
    SettingRow("report.bytes", "size that a report may have", "size", default="5MiB"),
    SettingRow(
        "report.seconds",
        "seconds that the statistics of a report may take; if it is not set, as long as the run took, 10 at most",
        "seconds",
    ),
    SettingRow(
        "report.values",
        'whether a report shows values of single rows; with "none" only statistics',
        choices=REPORTED_VALUES,
        default="all",
    ),
    SettingRow("watch.every", "seconds between two cycles of a watch", "number", argument="--every", default="60"),
    SettingRow(
        "watch.queue",
        "storage queue with events of created blobs, which begin the next cycle of a watch at once",
        argument="--queue",
    ),
    SettingRow(
        "watch.settle",
        "seconds that a blob must not have changed before a watch reads it",
        "number",
        argument="--settle",
        default="0",
    ),
    *SERVER_ROWS,
    *SERVICE_ROWS,
)
ROWS: Final[Mapping[str, SettingRow]] = {row.name: row for row in SETTINGS}
"""The settings by name."""

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

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
"""The names under which users write a secret, and for each the setting that names its variable instead."""


def row_of(name: str, source: str) -> SettingRow:
    """Return the row of a setting that a file holds.

    Args:
        name: the dotted name in the file: `accounts.contoso.protocol`.
        source: the file, for messages.

    Raises:
        SettingError: there is no such setting; the remedy has the nearest name, or says how to name a secret.
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


def check_value(row: SettingRow, value: object, source: str) -> object:
    """Return the value of a setting if its form is valid.

    The message never shows the value, because it may be a secret in the wrong place.

    Args:
        row: the setting.
        value: the value in the file or the environment.
        source: its source and its name, for messages.

    Raises:
        SettingError: the value is of another kind than the row's, not among its choices, or contains a secret.
    """
    fits = {
        "text": isinstance(value, str),
        "variable": isinstance(value, str) and _VARIABLE.fullmatch(value) is not None,
        "options": isinstance(value, Mapping) and not any(isinstance(inner, (dict, list)) for inner in value.values()),
        "number": isinstance(value, (int, float)) and not isinstance(value, bool),
        "seconds": value == "none" or (isinstance(value, (int, float)) and not isinstance(value, bool)),
        "count": value == "none" or (isinstance(value, int) and not isinstance(value, bool)),
        "size": isinstance(value, (int, str)) and not isinstance(value, bool),
        "secret": isinstance(value, str),
        "endpoints": isinstance(value, list) and all(isinstance(host, str) for host in value),
        "switch": isinstance(value, bool),
        "names": isinstance(value, list) and all(isinstance(name, str) for name in value),
        "hadoop": isinstance(value, (str, bool)) or (isinstance(value, Mapping) and _is_variable(value)),
    }[row.kind]
    if not fits:
        raise SettingError(f"{source} must be {_WANTED[row.kind]}", remedy=f"{row.name}: {row.help}")
    if row.choices and value not in row.choices:
        choices = " or ".join(filter(None, (", ".join(row.choices[:-1]), row.choices[-1])))
        raise SettingError(f"{source} has a value that is not allowed", remedy=f"use {choices}")
    pasted = row.name == "default_account" and looks_secret(str(value))
    if pasted or (row.kind in ("text", "hadoop") and contains_secret(str(value))):
        raise SettingError(
            f"{source} contains a secret",
            remedy="remove the SAS token or key, put it into an environment variable, and name that variable with "
            "key_env, sas_env or connection_string_env of the account",
        )
    if row.kind == "endpoints":
        _require_endpoints(value, source)
    return value


def _require_endpoints(value: object, source: str) -> None:
    assert isinstance(value, list)
    for host in value:
        try:
            parse_endpoint(host)
        except InvalidOption as error:
            raise SettingError(f"{source}: {error.message}", remedy=error.remedy) from None


_WANTED: Final[Mapping[Kind, str]] = {
    "text": "a string",
    "variable": "the name of an environment variable",
    "options": "a table of options, { header = true }",
    "number": "a number",
    "seconds": 'a number of seconds, or "none"',
    "count": 'a number, or "none"',
    "size": "a size",
    "secret": "a string",
    "endpoints": 'a list of hosts, ["contoso.blob.core.windows.net:443"]',
    "switch": "true or false",
    "names": 'a list of names, ["output1"]',
    "hadoop": 'a string or { env = "VARIABLE" }, under a quoted key',
}


def _is_variable(value: Mapping[str, object]) -> bool:
    return set(value) == {"env"} and _VARIABLE.fullmatch(str(value["env"])) is not None


def _general(name: str) -> str:
    """Replace the name that the user chose with `*`."""
    parts = name.split(".")
    if parts[0] == "hadoop":
        return "hadoop.*"
    if len(parts) >= 3 and parts[0] in NAMED:
        return ".".join((parts[0], "*", parts[-1]))
    return name
