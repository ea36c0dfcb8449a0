"""A setting: its row in the table of settings, and its value with its source. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = ["MASK", "READINGS", "REPORTED_VALUES", "Kind", "Setting", "SettingRow"]

MASK: Final = "********"
"""The text that is shown instead of a secret."""

REPORTED_VALUES: Final = ("all", "none")
"""Whether a report shows values of single rows: `report.values`."""

Kind = Literal[
    "text",
    "variable",
    "options",
    "number",
    "seconds",
    "count",
    "size",
    "secret",
    "hadoop",
    "endpoints",
    "switch",
    "names",
]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """The declaration of a setting.

    Attributes:
        name: its key in `blobprep.toml`; a setting that the file cannot hold has a name too.
        help: one line for documentation and messages.
        kind: the kind of its value; a `variable` names an environment variable that holds a secret.
        choices: the values it takes; empty for any.
        default: the value if nothing sets it; None for no default.
        environment: the variables that set it; the first that is not blank wins.
        argument: the option that sets it; empty for none.
        in_file: whether `blobprep.toml` may hold it.
        azure_config: its key in the section `[storage]` of `~/.azure/config`; empty for none.
    """

    name: str
    help: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    default: str | None = None
    environment: tuple[str, ...] = ()
    argument: str = ""
    in_file: bool = True
    azure_config: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of a setting, with its source.

    Attributes:
        name: the setting's name.
        value: for a secret `MASK`, never the secret itself; None if unset.
        source: `default`, the file, the environment variable or the argument.
        secret: whether `value` is masked.
    """

    name: str
    value: object
    source: str
    secret: bool = field(default=False)


def _switch(on: str, off: str = "") -> Mapping[str, str]:
    return {**dict.fromkeys(("true", "1", "yes", "on"), on), **dict.fromkeys(("false", "0", "no", "off"), off)}


READINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "AZURE_STORAGE_ANON": _switch("anonymous"),
    "AZURE_SKIP_SIGNATURE": _switch("anonymous"),
    "AZURE_USE_AZURE_CLI": _switch("cli"),
    "AZURE_STORAGE_AUTH_MODE": {"login": "cli", "key": ""},
    "auth_mode": {"login": "cli", "key": ""},
    "AZCOPY_AUTO_LOGIN_TYPE": {
        "spn": "service-principal",
        "msi": "managed-identity",
        "azcli": "cli",
        "workload": "workload-identity",
        "pscred": "default",
        "device": "default",
    },
    "AZURE_ALLOW_HTTP": _switch("always", "emulator"),
    "ALLOW_HTTP": _switch("always", "emulator"),
    "AZURE_STORAGE_USE_EMULATOR": _switch("true"),
}
"""The meaning here of the values that other tools use, by variable; an empty meaning sets nothing."""
