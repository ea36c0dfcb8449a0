"""The network settings of requests, from the file and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from blobprep.account import Network
from blobprep.errors import SettingError
from blobprep.settings.sources.environment import from_environment
from blobprep.settings.sources.toml import Config
from blobprep.settings.table import ROWS

__all__ = ["network_of"]


def network_of(config: Config, environment: Mapping[str, str]) -> Network:
    """Return the network settings of requests.

    A proxy in the environment is left to the SDK, which knows NO_PROXY too. Certificates are not, because the SDK would
    ignore SSL_CERT_FILE and report a missing file in its own words.

    Raises:
        SettingError: the certificates do not exist, or a number is below zero.
    """
    values = config.values
    found = from_environment(ROWS["network.ca_bundle"], environment)
    bundle = str(values.get("network.ca_bundle", ""))
    path, source = (Path(found[0]), found[1]) if found else (config.folder / bundle, str(config.path))
    if (found or bundle) and not path.exists():
        raise SettingError(
            f"{source} names certificates that do not exist: {path}",
            remedy="name a file in PEM format, or remove the setting",
        )
    proxy = from_environment(ROWS["network.proxy"], environment)
    defaults = Network()
    numbers = {name: values.get(f"network.{name}") for name in ("connect_timeout", "read_timeout", "retries")}
    for name, value in numbers.items():
        if isinstance(value, (int, float)) and value < 0:
            raise SettingError(f"{config.path}: network.{name} is below zero", remedy="set it to 0 or more")
    return Network(
        "" if proxy else str(values.get("network.proxy", "")),
        str(path) if found or bundle else "",
        _number(numbers["connect_timeout"], defaults.connect_timeout),
        _number(numbers["read_timeout"], defaults.read_timeout),
        int(_number(numbers["retries"], defaults.retries)),
    )


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, (int, float)) else default
