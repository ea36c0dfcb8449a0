"""The list of all settings in force, with their values (secrets masked) and their sources. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blobprep.account import require_credential
from blobprep.account.secret_kinds import looks_secret
from blobprep.errors import SettingError
from blobprep.settings.credentials_order import add_last_resort
from blobprep.settings.destinations import Destinations
from blobprep.settings.sources.azure_cli import AzureConfig
from blobprep.settings.sources.environment import from_environment
from blobprep.settings.sources.toml import Config
from blobprep.settings.table import MASK, SETTINGS, Setting, SettingRow

__all__ = ["list_credentials", "list_settings"]


def list_settings(
    config: Config, environment: Mapping[str, str], arguments: Mapping[str, str | None], azure_config: AzureConfig
) -> list[Setting]:
    """List the settings in the order of their table; those of accounts, datasets, … by name.

    Args:
        config: the file.
        environment: variables and values.
        arguments: by option (`--account`); None if it is not given.
        azure_config: `~/.azure/config`.
    """
    settings: list[Setting] = []
    for row in SETTINGS:
        if row.name == "hadoop.*":
            settings.extend(Setting(f"hadoop.{key}", value, str(config.path)) for key, value in config.hadoop.items())
        elif "*" in row.name:
            settings.extend(_by_name(row, config, environment))
        else:
            settings.append(_single(row, config, environment, arguments, azure_config))
    return settings


def _single(
    row: SettingRow,
    config: Config,
    environment: Mapping[str, str],
    arguments: Mapping[str, str | None],
    azure_config: AzureConfig,
) -> Setting:
    found = _find(row, config, environment, arguments, azure_config)
    secret = row.kind == "secret" or (row.name == "endpoint" and looks_secret(str(found.value)))
    value = MASK if secret and found.value is not None else _without_password(found.value)
    return Setting(found.name, value, found.source, secret)


def _find(
    row: SettingRow,
    config: Config,
    environment: Mapping[str, str],
    arguments: Mapping[str, str | None],
    azure_config: AzureConfig,
) -> Setting:
    if (argument := arguments.get(row.argument)) is not None:
        return Setting(row.name, argument, row.argument)
    never = row.name == "allow_http" and config.values.get(row.name) == "never"  # which cannot be overridden
    if not never and (found := from_environment(row, environment)):
        return Setting(row.name, found[0], found[1])
    if row.name in config.values:
        return Setting(row.name, config.values[row.name], str(config.path))
    if value := azure_config.get(row):
        return Setting(row.name, value, str(azure_config.path))
    return Setting(row.name, row.default, "default")


def _without_password(value: object) -> object:
    """Mask the password in an address, such as a proxy's."""
    return re.sub(r"(?<=://)[^/@\s]+@", f"{MASK}@", value) if isinstance(value, str) else value


def _by_name(row: SettingRow, config: Config, environment: Mapping[str, str]) -> Iterator[Setting]:
    kind, _, key = row.name.split(".")
    tables = {
        "accounts": config.accounts,
        "datasets": config.datasets,
        "modules": config.modules,
        "datastores": config.datastores,
        "services": config.services,
    }[kind]
    for name, table in tables.items():
        if key not in table:
            continue
        value: object = table[key]
        yield Setting(f"{kind}.{name}.{key}", value, str(config.path))
        if row.kind == "variable":
            # The file names the variable; users want to know whether it is set.
            is_set = bool(environment.get(str(value), "").strip())
            yield Setting(
                f"{kind}.{name}.{key.removesuffix('_env')}", MASK if is_set else None, str(value), secret=True
            )


def list_credentials(destinations: Destinations) -> Iterator[Setting]:
    """List for each account in the settings what opens it, and the source of its credential."""
    sources = destinations.sources
    if sources.environment.fault is not None:
        yield Setting("accounts.*.opened_with", "cannot be opened", sources.environment.fault.message)
    for name in destinations.described_names():
        try:
            described = destinations.describe(name, "")
            require_credential(described.account, described.source)
        except SettingError as error:
            yield Setting(f"accounts.{name}.opened_with", "cannot be opened", error.message)
            continue
        account = described.account if described.source else add_last_resort(sources, described.account)
        value = "a folder" if account.folder else account.credential.describe()
        yield Setting(f"accounts.{name}.opened_with", value, described.source or "default")
