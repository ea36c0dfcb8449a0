"""What this machine supports for confinement, and which of it a run uses."""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from blobprep.errors import IsolationUnavailable
from blobprep.sandbox.controllers import NoController, find_place
from blobprep.sandbox.isolation import Confinement, Namespace, describe_bounds
from blobprep.sandbox.namespaces import try_namespace
from blobprep.sandbox.users import spare_user

__all__ = ["KernelSupport", "choose", "choose_here", "describe", "detect"]

_LATEST: Final = 7  # the newest Landlock ABI whose rights are known here
_SUPPORTED: Final = ("x86_64", "aarch64")


@dataclass(frozen=True, slots=True)
class KernelSupport:
    """What a machine supports for confinement.

    Attributes:
        system: `linux` or another.
        machine: the type of its processor.
        kernel: the release of its kernel.
        landlock: Landlock's ABI; 0 if it is missing, and `no_landlock` then says why.
        no_seccomp: why system calls cannot be filtered; empty if they can.
        controller: the kernel's controller of memory, processes and CPU time; empty if the guard has to count, and
            `no_controller` then says why.
    """

    system: str
    machine: str
    kernel: str
    landlock: int = 0
    no_landlock: str = ""
    no_seccomp: str = ""
    controller: str = ""
    no_controller: str = ""


@functools.cache
def detect() -> KernelSupport:
    """Ask the kernel what it supports, once per process."""
    if sys.platform != "linux":
        return KernelSupport(sys.platform, "", "", no_controller="it needs Linux")
    from blobprep.confinement import kernel
    from blobprep.confinement.bpf import refuse

    found = os.uname()
    landlock, no_landlock, no_seccomp = 0, "", ""
    try:
        landlock = min(kernel.landlock_abi(), _LATEST)
    except OSError as error:
        no_landlock = _explain_missing_landlock(error.errno)
    try:
        kernel.action_available(refuse(0))
    except OSError as error:
        no_seccomp = f"seccomp: {errno.errorcode.get(error.errno or 0, error.errno)}"
    controller, no_controller = "", ""
    try:
        controller = str(find_place())
    except NoController as error:
        no_controller = str(error)
    return KernelSupport(
        sys.platform, found.machine, found.release, landlock, no_landlock, no_seccomp, controller, no_controller
    )


def choose_here(namespace: Namespace, also: Iterable[str] = ()) -> Confinement:
    """Choose how a child is confined on this machine; arguments and errors as in `choose`.

    Args:
        namespace: as in `choose`.
        also: paths that the child must read besides blobprep's own interpreter.
    """
    confinement = choose(detect(), namespace, try_namespace)
    if confinement.namespace:  # a namespace of bubblewrap has only one user
        return confinement
    uid, _ = spare_user(also)
    return replace(confinement, uid=uid)


def choose(support: KernelSupport, namespace: Namespace, trial: Callable[[], str]) -> Confinement:
    """Choose how a child is confined.

    Args:
        support: what the machine supports.
        namespace: `auto` uses one only if Landlock is missing, `require` always, `off` never.
        trial: tries to create a namespace; returns why it failed, empty if it worked.

    Raises:
        IsolationUnavailable: the machine supports too little; says what is missing and what to do.
    """
    if support.system != "linux":
        raise _make_error("it needs Linux", "use a Linux machine, or the Windows Subsystem for Linux")
    if support.machine not in _SUPPORTED:
        raise _make_error(
            f"there is no system call filter for {support.machine} processors", f"use {' or '.join(_SUPPORTED)}"
        )
    if support.no_seccomp:
        raise _make_error(
            f"this kernel ({support.kernel}) cannot filter system calls ({support.no_seccomp})",
            "use a kernel built with CONFIG_SECCOMP_FILTER, or a container that allows seccomp",
        )
    if namespace == "require" and (missing := trial()):
        raise _make_error(
            f'namespace = "require" needs a namespace, but {missing}',
            'install bubblewrap, run where user namespaces are allowed, or set namespace = "auto"',
        )
    controlled = not support.no_controller
    if namespace == "require":
        return Confinement(support.landlock, namespace=True, controlled=controlled)
    if support.landlock:
        return Confinement(support.landlock, controlled=controlled)
    missing = 'namespace = "off" forbids using a namespace instead' if namespace == "off" else trial()
    if missing:
        raise _make_error(
            f"this kernel ({support.kernel}) has no Landlock ({support.no_landlock}), and {missing}",
            "use Linux 5.13 or later with landlock in its lsm= list, or install bubblewrap and run where user "
            "namespaces are allowed",
        )
    return Confinement(0, namespace=True, controlled=controlled)


def describe(namespace: Namespace) -> tuple[str, IsolationUnavailable | None]:
    """Describe in one sentence how a child is confined on this machine.

    Returns:
        the sentence, and the error that a run at `strict` would raise, None if it would not.
    """
    support = detect()
    try:
        confinement = choose(support, namespace, try_namespace)
    except IsolationUnavailable as error:
        return error.message, error
    uid, no_uid = spare_user() if not confinement.namespace else (None, "a namespace has only one user")
    parts = [
        *([f"landlock ABI {confinement.landlock}"] if confinement.landlock else []),
        "seccomp",
        "no capabilities",
        "a spare user" if uid is not None else f"this user ({no_uid})",
        *(["a namespace"] if confinement.namespace else []),
        describe_bounds(support.controller) + (f" ({support.no_controller})" if support.no_controller else ""),
    ]
    return f"strict is available: {', '.join(parts)}", None


def _make_error(missing: str, remedy: str) -> IsolationUnavailable:
    return IsolationUnavailable(
        f'isolation "strict" is not available: {missing}; nothing was run',
        remedy=f'{remedy}; to run without confinement, use --isolation process, or isolation = "process"',
    )


def _explain_missing_landlock(number: int | None) -> str:
    name = errno.errorcode.get(number or 0, str(number))
    return {
        "ENOSYS": "ENOSYS: the kernel was built without it, or a container forbids it",
        "EOPNOTSUPP": "EOPNOTSUPP: disabled when the kernel started",
    }.get(name, name)
