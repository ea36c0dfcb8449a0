"""Sizes as users write them, and the memory of this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from blobprep.errors import InvalidOption

__all__ = ["machine_memory", "parse_size"]

_SIZE: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-z%]*)", re.IGNORECASE)
_UNITS: Final = {
    "": 1,
    "b": 1,
    **{unit: 1000**power for power, unit in enumerate(("kb", "mb", "gb", "tb"), 1)},
    **{unit: 1024**power for power, unit in enumerate(("kib", "mib", "gib", "tib"), 1)},
    **{unit: 1024**power for power, unit in enumerate(("k", "m", "g", "t"), 1)},
}
_GROUP_LIMITS: Final = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def parse_size(value: int | float | str, total: int) -> int:
    """Parse a size.

    >>> parse_size("2GiB", total=0), parse_size("500 MB", total=0), parse_size("75%", total=1000)
    (2147483648, 500000000, 750)

    Args:
        value: bytes, or a text with a unit: kB, MB, GB, TB (of 1000), KiB, MiB, GiB, TiB, K, M, G, T (of 1024), or %.
        total: the total that a percentage refers to.

    Raises:
        InvalidOption: the value is not a size, or not greater than zero.
    """
    match = _SIZE.fullmatch(str(value).strip())
    unit = match["unit"].lower() if match else "?"
    if match is None or (unit != "%" and unit not in _UNITS):
        raise InvalidOption(f"{value!r} is not a size", remedy="write bytes, 500MB, 2GiB or 75%")
    number = float(match["number"])
    size = int(number * total / 100) if unit == "%" else int(number * _UNITS[unit])
    if size <= 0:
        raise InvalidOption(f"a size must be greater than zero: {value!r}", remedy='use "none" for no limit')
    return size


def machine_memory() -> int:
    """Return the bytes of memory that this process can use: the machine's, or its container's if that is less."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for name in _GROUP_LIMITS:
        try:
            memory = min(memory, int(Path(name).read_text(encoding="ascii")))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return memory
