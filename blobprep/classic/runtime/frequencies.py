"""Frequencies by their names of then."""

from __future__ import annotations

import re
from typing import Any, Final

__all__ = ["present"]

_RENAMED: Final = {
    "M": "ME", "BM": "BME", "SM": "SME", "CBM": "CBME", "Q": "QE", "BQ": "BQE", "A": "YE", "Y": "YE", "BA": "BYE",
    "BY": "BYE", "AS": "YS", "BAS": "BYS", "H": "h", "BH": "bh", "CBH": "cbh", "T": "min", "S": "s", "L": "ms",
    "U": "us", "N": "ns", "WEEKDAY": "B", "EOM": "ME", "MIN": "min",
}  # fmt: skip
_ANCHORED: Final = re.compile(r"(?P<count>-?\d*\.?\d*)(?P<name>[A-Za-z]+)(?P<anchor>-[A-Za-z]{3})?")


def present(frequency: Any) -> Any:
    """Return a frequency by its present name; one that has not changed as it is."""
    if not isinstance(frequency, str):
        return frequency
    return _ANCHORED.sub(_renamed, frequency)


def _renamed(found: re.Match[str]) -> str:
    name = found["name"]
    return f"{found['count']}{_RENAMED.get(name, name)}{found['anchor'] or ''}"
