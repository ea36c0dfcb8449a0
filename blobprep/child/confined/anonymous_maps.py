"""Anonymous memory maps of a confined script: private, as there is no other process to share them with.

Python's `mmap.mmap(-1, size)` asks for shared memory unless told otherwise. Shared memory stays in the kernel when it
is mapped nowhere, so that it cannot be counted from outside; the filter of system calls refuses it.
"""

from __future__ import annotations

import mmap
from typing import Any

__all__ = ["use_private_maps"]


def use_private_maps() -> None:
    """Have `mmap.mmap` make private maps where it makes anonymous ones, before a library takes hold of it."""
    mmap.mmap = _PrivateMap  # type: ignore[misc]


class _PrivateMap(mmap.mmap):
    def __new__(cls, fileno: int, length: int, *arguments: Any, **named: Any) -> _PrivateMap:
        if fileno == -1:
            if arguments:
                arguments = (_private(arguments[0]), *arguments[1:])
            elif not named.get("access"):
                named["flags"] = _private(named.get("flags", mmap.MAP_SHARED))
            else:
                named = {**named, **_flags_of(named["access"])}
                del named["access"]
        return super().__new__(cls, fileno, length, *arguments, **named)


_PrivateMap.__name__ = _PrivateMap.__qualname__ = "mmap"
_PrivateMap.__module__ = "mmap"


def _private(flags: int) -> int:
    return flags & ~mmap.MAP_SHARED | mmap.MAP_PRIVATE if flags & mmap.MAP_SHARED else flags


def _flags_of(access: int) -> dict[str, int]:
    """Return what a kind of access means, which cannot be said besides flags."""
    protection = mmap.PROT_READ if access == mmap.ACCESS_READ else mmap.PROT_READ | mmap.PROT_WRITE
    return {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, "prot": protection}
