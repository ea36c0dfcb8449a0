"""The file of settings, `blobprep.toml`: found, read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from blobprep.errors import SettingError
from blobprep.settings.sources.hadoop import is_secret_key
from blobprep.settings.table import NAMED, check_value, row_of

__all__ = ["CONFIG_NAME", "Config", "find_config", "read_config"]

CONFIG_NAME: Final = "blobprep.toml"
_REQUIRED: Final = {
    "datasets": ("blob", "az://container/blob"),
    "modules": ("blob", "az://container/blob"),
    "datastores": ("container", "az://ACCOUNT@CONTAINER/"),
    "services": ("script", "prep.py"),
}
"""The setting that each kind of table needs, with an example."""
_ALIASES: Final[Mapping[str, tuple[str, str | None]]] = {
    "account_host": ("endpoint", None),
    "anon": ("credential", "anonymous"),
    "skip_signature": ("credential", "anonymous"),
    "use_azure_cli": ("credential", "cli"),
}
"""The setting that another tool's name stands for, and its value if that tool's setting is a switch."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in a file.

    Attributes:
        path: the file; None if there is none.
        values: the top-level settings and those of `[network]`, `[script]` and `[server]`, by dotted name.
        accounts, datasets, modules, datastores, services: the settings of each, by the name the user chose.
        hadoop: Hadoop's keys and values; a secret is `{"env": VARIABLE}`.
    """

    path: Path | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    accounts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    datasets: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    modules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    datastores: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    services: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    hadoop: Mapping[str, object] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Return the folder that paths in the file are relative to."""
        return self.path.parent if self.path else Path()


def find_config(folder: Path) -> Path | None:
    """Return the `blobprep.toml` of a folder or of its nearest parent; folders that cannot be entered are skipped."""
    try:
        start = folder.absolute()
    except FileNotFoundError:  # the working folder was removed
        return None
    paths = (parent / CONFIG_NAME for parent in (start, *start.parents))
    return next((path for path in paths if _is_file(path)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the folder cannot be entered
        return False


def read_config(path: Path) -> Config:
    """Read a file of settings.

    Raises:
        SettingError: it cannot be read, is not TOML, has an unknown setting or a wrong value; no value is shown.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}", remedy="name another with --config") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path} is not UTF-8", remedy="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{path} is not TOML: {error}", remedy="correct the line it names") from error
    except RecursionError as error:
        raise SettingError(f"{path} is not usable TOML: it is nested too deeply", remedy="use less nesting") from error
    values: dict[str, object] = {}
    named: dict[str, dict[str, dict[str, object]]] = {
        kind: {name: {} for name, inner in _as_table(table.get(kind)).items() if isinstance(inner, dict)}
        for kind in NAMED
    }
    hadoop: dict[str, object] = {}
    for parts, value in (_resolve_alias(*leaf) for leaf in _leaves(table, ())):
        if value == "":
            continue
        row = row_of(".".join(parts), str(path))
        checked = check_value(row, value, f"{path}: {'.'.join(parts)}")
        if parts[0] in NAMED:
            named[parts[0]][parts[1]][parts[2]] = checked
        elif parts[0] == "hadoop" and len(parts) > 1:
            hadoop[parts[1]] = _refuse_secret(path, parts[1], checked)
        else:
            values[row.name] = checked
    _require(path, named)
    return Config(path, values, hadoop=hadoop, **{kind: MappingProxyType(tables) for kind, tables in named.items()})


def _resolve_alias(parts: tuple[str, ...], value: object) -> tuple[tuple[str, ...], object]:
    """Translate the names in other tools' `storage_options` to the settings of an account."""
    if parts[0] != "accounts" or len(parts) != 3:
        return parts, value
    name, meaning = _ALIASES.get(parts[2].lower(), (parts[2], None))
    if meaning is not None:
        value = meaning if value is True else "" if value is False else value
    elif parts[2].lower() == "account_host":
        value = value if "://" in str(value) else f"https://{value}"
    return (*parts[:2], name), value


def _refuse_secret(path: Path, key: str, value: object) -> object:
    if isinstance(value, str) and is_secret_key(key):
        raise SettingError(
            f"{path} holds a secret: {key}",
            remedy='put it into an environment variable and write "KEY" = { env = "NAME_OF_THE_VARIABLE" }',
        )
    return value


def _as_table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _leaves(table: Mapping[str, object], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the settings of a file, without blank ones; a table of options for reading is one value."""
    for key, value in table.items():
        parts = (*above, key)
        deep = len(parts) < 3 if parts[0] in NAMED else len(parts) < 2
        if isinstance(value, dict) and deep:
            yield from _leaves(value, parts)
        elif value != "":
            yield parts, value


def _require(path: Path, named: Mapping[str, Mapping[str, Mapping[str, object]]]) -> None:
    for kind, (key, example) in _REQUIRED.items():
        for name, table in named[kind].items():
            if key not in table:
                raise SettingError(f"{path}: [{kind}.{name}] has no {key}", remedy=f'write {key} = "{example}"')
