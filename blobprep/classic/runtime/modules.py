"""Modules that are gone, where a script reaches for them as attributes: `pandas.lib.infer_dtype`."""

from __future__ import annotations

import importlib
from typing import Any, Final

__all__: list[str] = []

_MODULES: Final = {
    "lib": "pandas.lib",
    "tslib": "pandas.tslib",
    "parser": "pandas.parser",
    "datetools": "pandas.core.datetools",
    "stats": "pandas.stats",
    "tools": "pandas.tools",
    "config": "pandas.core.config",
    "index": "pandas.tseries.index",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
