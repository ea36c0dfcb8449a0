"""Anonymous memory maps of a confined script, made private, as there is no other process to share them with.

By default Python's `mmap.mmap(-1, size)` asks for shared memory. The filter of system calls refuses it, because shared
memory stays in the kernel even if it is mapped nowhere, so that it cannot be counted from outside.
"""

from __future__ import annotations

import mmap
from typing import Any

__all__ = ["use_private_maps"]


def use_private_maps() -> None:
    """Make `mmap.mmap` create anonymous maps as private ones; call this before a library keeps it."""
    mmap.mmap = _PrivateMap  # type: ignore[misc]


class _PrivateMap(mmap.mmap):
    def __new__(cls, fileno: int, length: int, *arguments: Any, **named: Any) -> _PrivateMap:
        if fileno == -1:
            if arguments:
                arguments = (_make_private(arguments[0]), *arguments[1:])
            elif not named.get("access"):
                named["flags"] = _make_private(named.get("flags", mmap.MAP_SHARED))
            else:
                named = {**named, **_access_flags(named["access"])}
                del named["access"]
        return super().__new__(cls, fileno, length, *arguments, **named)


_PrivateMap.__name__ = _PrivateMap.__qualname__ = "mmap"
_PrivateMap.__module__ = "mmap"


def _make_private(flags: int) -> int:
    return flags & ~mmap.MAP_SHARED | mmap.MAP_PRIVATE if flags & mmap.MAP_SHARED else flags


def _access_flags(access: int) -> dict[str, int]:
    """Return the flags for a kind of access; `mmap` does not accept both."""
    protection = mmap.PROT_READ if access == mmap.ACCESS_READ else mmap.PROT_READ | mmap.PROT_WRITE
    return {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, "prot": protection}
