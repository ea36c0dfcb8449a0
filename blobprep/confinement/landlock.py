"""Rules for Landlock, the kernel's sandbox for files. Pure.

Each ABI of Landlock knows more rights than the one before. All rights that it knows are taken away; those in `READING`,
`WRITING` and `DEVICE` are given back for the paths of the plan. Source: the kernel's documentation, "Landlock:
unprivileged access control".
"""

from __future__ import annotations

import struct
from typing import Final

__all__ = ["DEVICE", "EXECUTING", "READING", "WRITING", "known_rights", "rule", "ruleset"]

_EXECUTE: Final = 1 << 0
_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_REMOVE_DIR: Final = 1 << 4
_REMOVE_FILE: Final = 1 << 5
_MAKE_DIR: Final = 1 << 7
_MAKE_REG: Final = 1 << 8
_REFER: Final = 1 << 13
_TRUNCATE: Final = 1 << 14

_FIRST: Final = (1 << 13) - 1
_FILE_RIGHTS: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_ADDED: Final = {2: _REFER, 3: _TRUNCATE, 5: 1 << 15}  # the last is ioctl on devices
_NET: Final = 0b11  # bind and connect, TCP only
_SCOPES: Final = 0b11  # abstract sockets of other processes, signals to other processes

READING: Final = _READ_FILE | _READ_DIR
"""Rights to the runtime. Nothing may be executed after the interpreter: see `EXECUTING`."""

WRITING: Final = READING | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
"""Rights to the run's folders. Links by path, sockets, pipes and devices cannot be made there."""

EXECUTING: Final = _EXECUTE | _READ_FILE
"""Rights to another interpreter, and to what loads it, of a process that is to become that interpreter."""

DEVICE: Final = _READ_FILE | _WRITE_FILE
"""Rights to /dev/null and similar devices."""


def known_rights(abi: int) -> int:
    """Return the file rights that an ABI knows."""
    rights = _FIRST
    for since, added in _ADDED.items():
        if abi >= since:
            rights |= added
    return rights


def ruleset(abi: int) -> bytes:
    """Return the `struct landlock_ruleset_attr` that takes away all rights that an ABI knows."""
    if abi < 4:
        return struct.pack("=Q", known_rights(abi))
    if abi < 6:
        return struct.pack("=QQ", known_rights(abi), _NET)
    return struct.pack("=QQQ", known_rights(abi), _NET, _SCOPES)


def rule(rights: int, abi: int, descriptor: int, *, folder: bool) -> bytes:
    """Return the `struct landlock_path_beneath_attr` that gives rights back.

    Args:
        rights: `READING`, `WRITING` or `DEVICE`; rights that the ABI does not know, or that a file cannot have, are
            left out.
        abi: the ABI of the ruleset.
        descriptor: an open descriptor of the path.
        folder: whether the path is a folder.
    """
    given = rights & known_rights(abi) & (~0 if folder else _FILE_RIGHTS)
    return struct.pack("=Qi", given, descriptor)
