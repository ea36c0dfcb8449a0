"""The versions that results depend on, here and where a batch was started."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Final

from blobprep.distributions import installed_version
from blobprep.errors import UsageError

__all__ = ["LIBRARIES", "check_versions", "versions_here"]

LIBRARIES: Final = ("blobprep", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")
"""The libraries that read and write tables, and those that most scripts compute with."""


def versions_here() -> dict[str, str]:
    """Return the versions of Python (its minor one) and of the libraries that are installed, by name."""
    found = {name: installed_version(name) for name in LIBRARIES}
    minor = ".".join(platform.python_version_tuple()[:2])
    return {"python": minor, **{name: version for name, version in found.items() if version}}


def check_versions(wanted: Mapping[str, str], here: Mapping[str, str], host: str) -> None:
    """Check that this process has the versions that a batch was started with.

    Args:
        wanted: those of the process that started it.
        here: those of this one.
        host: the name of this machine.

    Raises:
        UsageError: they differ; the message names both sides, and what to install.
    """
    others = {name: version for name, version in wanted.items() if here.get(name, "") != version}
    if not others:
        return
    differences = ", ".join(
        f"{name} {here[name]} where the batch has {version}" if here.get(name) else f"no {name}, which is {version}"
        for name, version in others.items()
    )
    install = " ".join(f"{name}=={version}" for name, version in others.items() if name != "python")
    steps = [f"run its workers with Python {wanted['python']}"] if "python" in others else []
    steps += [f"install there what the batch was started with: pip install {install}"] if install else []
    raise UsageError(f"the worker on {host} has {differences}", remedy="; ".join(steps))
