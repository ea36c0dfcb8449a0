"""The Azure CLI's own file, `~/.azure/config`: its section `[storage]` is the last source of settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blobprep.settings.setting import READINGS, SettingRow

__all__ = ["AzureConfig", "read_azure_config"]


@dataclass(frozen=True, slots=True)
class AzureConfig:
    """The section `[storage]`; it may hold secrets, because the file is the user's own.

    Attributes:
        path: the file; None if there is none.
        values: by key, without blank ones.
    """

    path: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def get(self, row: SettingRow) -> str | None:
        """Return the value of a setting; None if it has none here."""
        value = self.values.get(row.azure_config, "") if row.azure_config else ""
        value = READINGS.get(row.azure_config, {}).get(value.lower(), value)
        return None if not value or (row.choices and value not in row.choices) else value


def read_azure_config(environment: Mapping[str, str]) -> AzureConfig:
    """Read the file of the user whose environment it is; a file that cannot be read counts as empty."""
    home = environment.get("HOME", "").strip()
    folder = environment.get("AZURE_CONFIG_DIR", "").strip() or (f"{home}/.azure" if home else "")
    if not folder:
        return AzureConfig()
    path = Path(folder) / "config"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return AzureConfig()
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except Error:
        return AzureConfig()
    section = parser["storage"] if parser.has_section("storage") else {}
    return AzureConfig(path, {key: value.strip() for key, value in section.items() if value.strip()})
