"""The few kernel calls that Python has no function for, by way of the C library."""

from __future__ import annotations

import ctypes
import errno
import os
from typing import Final

__all__ = [
    "action_available",
    "add_rule",
    "create_ruleset",
    "drop_bounding_capabilities",
    "drop_capabilities",
    "install_filter",
    "landlock_abi",
    "renounce_privileges",
    "restrict_self",
]

# The same on every machine.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_RULESET_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_SET_FILTER: Final = 1
_ACTION_AVAILABLE: Final = 2
# All threads; and no mitigation of speculative stores, which before Linux 5.16 came with every filter and slows what is
# computed: it protects a process from code inside it that may not read its memory, and a script may.
_FILTER_FLAGS: Final = 0b101
_NO_NEW_PRIVILEGES: Final = 38
_DROP_BOUNDING: Final = 24
_AMBIENT: Final = 47
_CLEAR_ALL: Final = 4
_CAPABILITIES_3: Final = 0x20080522

_library: ctypes.CDLL | None = None


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def landlock_abi() -> int:
    """Return the ABI of Landlock this kernel offers.

    Raises:
        OSError: ENOSYS where it was built without, EOPNOTSUPP where it was started without.
    """
    return _call(_CREATE_RULESET, None, 0, _RULESET_VERSION)


def create_ruleset(attributes: bytes) -> int:
    """Return the descriptor of a new ruleset."""
    return _call(_CREATE_RULESET, attributes, len(attributes), 0)


def add_rule(ruleset: int, attributes: bytes) -> None:
    """Add a rule about a path to a ruleset."""
    _call(_ADD_RULE, ruleset, _PATH_BENEATH, attributes, 0)


def restrict_self(ruleset: int) -> None:
    """Put the calling thread, and those it will start, under a ruleset."""
    _call(_RESTRICT_SELF, ruleset, 0)


def action_available(action: int) -> None:
    """Raise an OSError where the kernel has no filter for system calls, or refuses to talk of it."""
    _call(_seccomp(), _ACTION_AVAILABLE, 0, ctypes.byref(ctypes.c_uint32(action)))


def install_filter(instructions: bytes) -> None:
    """Put every thread of this process under a filter."""
    made = _Program(len(instructions) // 8, instructions)
    _call(_seccomp(), _SET_FILTER, _FILTER_FLAGS, ctypes.byref(made))


def renounce_privileges() -> None:
    """Have no program that is executed from now on gain privileges."""
    _prctl(_NO_NEW_PRIVILEGES, 1)


def drop_bounding_capabilities() -> None:
    """Have no program gain capabilities; an ordinary user cannot, and has none to gain under `renounce_privileges`."""
    for capability in range(64):
        try:
            _prctl(_DROP_BOUNDING, capability)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EPERM):
                raise
            return


def drop_capabilities() -> None:
    """Give up every capability."""
    try:
        _prctl(_AMBIENT, _CLEAR_ALL)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a kernel without ambient ones
            raise
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    if _c_library().capset(header, (ctypes.c_uint32 * 6)()):
        raise _error()


def _prctl(option: int, value: int) -> None:
    long = ctypes.c_ulong
    if _c_library().prctl(option, long(value), long(0), long(0), long(0)):
        raise _error()


def _call(number: int, *arguments: object) -> int:
    """Make a system call by its number; every argument is widened to a register."""
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    function = _c_library().syscall
    function.restype = ctypes.c_long
    result: int = function(ctypes.c_long(number), *wide)
    if result < 0:
        raise _error()
    return result


def _seccomp() -> int:
    machine = os.uname().machine
    if machine not in _SECCOMP:
        raise OSError(errno.ENOSYS, f"no filter is known for {machine}")
    return _SECCOMP[machine]


def _c_library() -> ctypes.CDLL:
    global _library  # noqa: PLW0603  opened at the first use: nothing is done when a module is imported
    if _library is None:
        _library = ctypes.CDLL(None, use_errno=True)
    return _library


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
