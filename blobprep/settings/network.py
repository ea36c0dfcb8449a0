"""The settings of the way to an account."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from blobprep.account import Network
from blobprep.errors import SettingError
from blobprep.settings.sources.environment import ROWS
from blobprep.settings.sources.toml import Config, from_environment

__all__ = ["network_of"]


def network_of(config: Config, environment: Mapping[str, str]) -> Network:
    """Return how requests travel.

    A proxy of the environment is left to the SDK, which knows NO_PROXY too. Certificates are not: it would overlook
    SSL_CERT_FILE, and fail in its own words where the file is missing.

    Raises:
        SettingError: there are no certificates where they should be, or a number is below zero.
    """
    values = config.values
    found = from_environment(ROWS["network.ca_bundle"], environment)
    bundle = str(values.get("network.ca_bundle", ""))
    path, source = (Path(found[0]), found[1]) if found else (config.folder / bundle, str(config.path))
    if (found or bundle) and not path.exists():
        raise SettingError(
            f"{source} names certificates that are not there: {path}",
            remedy="name a file in PEM format, or leave it out",
        )
    proxy = from_environment(ROWS["network.proxy"], environment)
    plain = Network()
    numbers = {name: values.get(f"network.{name}") for name in ("connect_timeout", "read_timeout", "retries")}
    for name, value in numbers.items():
        if isinstance(value, (int, float)) and value < 0:
            raise SettingError(f"{config.path}: network.{name} is below zero", remedy="it is zero or more")
    return Network(
        "" if proxy else str(values.get("network.proxy", "")),
        str(path) if found or bundle else "",
        _number(numbers["connect_timeout"], plain.connect_timeout),
        _number(numbers["read_timeout"], plain.read_timeout),
        int(_number(numbers["retries"], plain.retries)),
    )


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, (int, float)) else default
