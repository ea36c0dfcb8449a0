"""Kernel calls that Python has no function for, made through the C library."""

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

# These numbers are the same on every machine.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_RULESET_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_SET_FILTER: Final = 1
_ACTION_AVAILABLE: Final = 2
# Filter all threads, and do not mitigate speculative stores, which before Linux 5.16 every filter turned on. It slows
# computing, and only protects a process from code inside it that must not read its memory; a script may read it.
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
    """Return the Landlock ABI of this kernel.

    Raises:
        OSError: ENOSYS if the kernel was built without Landlock, EOPNOTSUPP if it was started without it.
    """
    return _call(_CREATE_RULESET, None, 0, _RULESET_VERSION)


def create_ruleset(attributes: bytes) -> int:
    """Create a ruleset and return its descriptor."""
    return _call(_CREATE_RULESET, attributes, len(attributes), 0)


def add_rule(ruleset: int, attributes: bytes) -> None:
    """Add a rule about a path to a ruleset."""
    _call(_ADD_RULE, ruleset, _PATH_BENEATH, attributes, 0)


def restrict_self(ruleset: int) -> None:
    """Apply a ruleset to the calling thread and the threads that it will start."""
    _call(_RESTRICT_SELF, ruleset, 0)


def action_available(action: int) -> None:
    """Raise an `OSError` if the kernel has no filter of system calls with this action, or refuses the question."""
    _call(_seccomp(), _ACTION_AVAILABLE, 0, ctypes.byref(ctypes.c_uint32(action)))


def install_filter(instructions: bytes) -> None:
    """Apply a filter to every thread of this process."""
    made = _Program(len(instructions) // 8, instructions)
    _call(_seccomp(), _SET_FILTER, _FILTER_FLAGS, ctypes.byref(made))


def renounce_privileges() -> None:
    """Prevent programs executed from now on from gaining privileges."""
    _prctl(_NO_NEW_PRIVILEGES, 1)


def drop_bounding_capabilities() -> None:
    """Prevent programs from gaining capabilities. Ordinary users may not; `renounce_privileges` suffices for them."""
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
        if error.errno != errno.EINVAL:  # a kernel without ambient capabilities
            raise
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    if _c_library().capset(header, (ctypes.c_uint32 * 6)()):
        raise _error()


def _prctl(option: int, value: int) -> None:
    long = ctypes.c_ulong
    if _c_library().prctl(option, long(value), long(0), long(0), long(0)):
        raise _error()


def _call(number: int, *arguments: object) -> int:
    """Make a system call by number; every integer is widened to a register."""
    wide = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    function = _c_library().syscall
    function.restype = ctypes.c_long
    result: int = function(ctypes.c_long(number), *wide)
    if result < 0:
        raise _error()
    return result


def _seccomp() -> int:
    machine = os.uname().machine
    if machine not in _SECCOMP:
        raise OSError(errno.ENOSYS, f"there is no filter for {machine}")
    return _SECCOMP[machine]


def _c_library() -> ctypes.CDLL:
    global _library  # noqa: PLW0603  opened at first use, because importing a module must do nothing
    if _library is None:
        _library = ctypes.CDLL(None, use_errno=True)
    return _library


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
