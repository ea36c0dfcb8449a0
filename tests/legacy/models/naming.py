"""List the public names that a version of the old SDK had, by its public modules.

`golden_names.json` holds them for five versions. Written by `python tests/legacy/models/naming.py`, run in an
environment that has the version; the module imports nothing of ours for that.
"""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any

OTHERS = ("queue", "table", "file")  # other services than blobs


def modules() -> list[str]:
    """List the public modules of `azure.storage`."""
    package = importlib.import_module("azure.storage")
    found = {"azure.storage"}
    for folder in map(Path, package.__path__):
        for file in folder.rglob("*.py"):
            parts = [part for part in file.relative_to(folder).with_suffix("").parts if part != "__init__"]
            if not any(part.startswith("_") or part in OTHERS for part in parts):
                found.add(".".join(["azure.storage", *parts]))
    return sorted(found)


def names(module: ModuleType) -> list[str]:
    """List a module's public names: classes and functions of the SDK, and constants."""
    return sorted(name for name, value in vars(module).items() if not name.startswith("_") and _is_its_own(value))


def _is_its_own(value: Any) -> bool:
    if inspect.ismodule(value):
        return False
    if callable(value):
        return str(getattr(value, "__module__", "")).startswith("azure")
    return isinstance(value, str | tuple)


if __name__ == "__main__":
    print(json.dumps({name: names(importlib.import_module(name)) for name in modules()}, sort_keys=True))
