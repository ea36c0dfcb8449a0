"""Read what the user wrote: `blobprep.toml` and the environment."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from blobprep.errors import SettingError
from blobprep.settings.setting import READINGS, SettingRow
from blobprep.settings.sources.hadoop import is_secret_key
from blobprep.settings.table import NAMED, row_of, valid

__all__ = ["CONFIG_NAME", "Config", "find_config", "from_environment", "read_config"]

CONFIG_NAME: Final = "blobprep.toml"
_REQUIRED: Final = {
    "datasets": ("blob", "az://container/blob"),
    "modules": ("blob", "az://container/blob"),
    "datastores": ("container", "az://ACCOUNT@CONTAINER/"),
}
"""What a table cannot do without, and an example of it."""
_ALIASES: Final[Mapping[str, tuple[str, str | None]]] = {
    "account_host": ("endpoint", None),
    "anon": ("credential", "anonymous"),
    "skip_signature": ("credential", "anonymous"),
    "use_azure_cli": ("credential", "cli"),
}
"""By the name that others give it: the setting, and its value where theirs is a switch."""


@dataclass(frozen=True, slots=True)
class Config:
    """Hold what a file says.

    Attributes:
        path: the file; None where there is none.
        values: of top-level settings and of `[script]`, by dotted name.
        accounts, datasets, modules, datastores: the settings of each, by the name the user chose.
        hadoop: keys of Hadoop; a secret is `{"env": VARIABLE}`.
    """

    path: Path | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    accounts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    datasets: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    modules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    datastores: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    hadoop: Mapping[str, object] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Return the folder that paths in it are relative to."""
        return self.path.parent if self.path else Path()


def find_config(folder: Path) -> Path | None:
    """Return the `blobprep.toml` of a folder or of the nearest parent that has one and may be entered."""
    try:
        start = folder.absolute()
    except FileNotFoundError:  # the working folder was removed
        return None
    return next((each / CONFIG_NAME for each in (start, *start.parents) if _is_file(each / CONFIG_NAME)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be entered
        return False


def read_config(path: Path) -> Config:
    """Read a file of settings.

    Raises:
        SettingError: it cannot be read, is no TOML, or holds what no setting takes; no value of it is shown.
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
        raise SettingError(f"{path} is not TOML that anybody wrote: it nests without an end") from error
    values: dict[str, object] = {}
    named: dict[str, dict[str, dict[str, object]]] = {
        kind: {name: {} for name, held in _table(table.get(kind)).items() if isinstance(held, dict)} for kind in NAMED
    }
    hadoop: dict[str, object] = {}
    for parts, value in (_unaliased(*leaf) for leaf in _leaves(table, ())):
        if value == "":
            continue
        row = row_of(".".join(parts), str(path))
        checked = valid(row, value, f"{path}: {'.'.join(parts)}")
        if parts[0] in NAMED:
            named[parts[0]][parts[1]][parts[2]] = checked
        elif parts[0] == "hadoop" and len(parts) > 1:
            hadoop[parts[1]] = _named_secret(path, parts[1], checked)
        else:
            values[row.name] = checked
    _require(path, named)
    return Config(path, values, hadoop=hadoop, **{kind: MappingProxyType(tables) for kind, tables in named.items()})


def from_environment(row: SettingRow, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the value that the environment gives a setting and the variable it came from; blank is unset."""
    for name in row.environment:
        value = environment.get(name, "").strip()
        if value := READINGS.get(name, {}).get(value.lower(), value):
            valid(row, value, f"environment variable {name}")
            return value, name
    return None


def _unaliased(parts: tuple[str, ...], value: object) -> tuple[tuple[str, ...], object]:
    """Take the names that other tools' `storage_options` have for settings of an account."""
    if parts[0] != "accounts" or len(parts) != 3:
        return parts, value
    name, words = _ALIASES.get(parts[2].lower(), (parts[2], None))
    if words is not None:
        value = words if value is True else "" if value is False else value
    elif parts[2].lower() == "account_host":
        value = value if "://" in str(value) else f"https://{value}"
    return (*parts[:2], name), value


def _named_secret(path: Path, key: str, value: object) -> object:
    if isinstance(value, str) and is_secret_key(key):
        raise SettingError(
            f"{path} holds a secret: {key}",
            remedy='put it into an environment variable and write "KEY" = { env = "NAME_OF_THE_VARIABLE" }',
        )
    return value


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _leaves(table: Mapping[str, object], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Walk the settings of a file, blank ones left out; options of reading stay one value."""
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
                raise SettingError(f"{path}: [{kind}.{name}] names no {key}", remedy=f'write {key} = "{example}"')
