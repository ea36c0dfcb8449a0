"""What this machine offers for confinement, and what is chosen of it."""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from blobprep.errors import IsolationUnavailable
from blobprep.sandbox.controllers import NoController, find_place
from blobprep.sandbox.isolation import Confinement, Namespace, bounded_by
from blobprep.sandbox.namespaces import try_namespace
from blobprep.sandbox.users import spare_user

__all__ = ["KernelSupport", "choose", "describe", "detect", "means_here"]

_LATEST: Final = 7  # the newest ABI of Landlock whose rights are known here
_SUPPORTED: Final = ("x86_64", "aarch64")


@dataclass(frozen=True, slots=True)
class KernelSupport:
    """Describe what a machine offers.

    Attributes:
        system: `linux` or another.
        machine: its kind of processor.
        kernel: its release.
        landlock: the ABI, 0 where there is none; `no_landlock` then says why.
        no_seccomp: why system calls cannot be filtered; empty where they can.
        controller: of memory, processes and CPU time: the kernel's, empty where the guard counts; `no_controller` then
            says why.
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
    """Ask the kernel what it offers; what does not change is asked once per process."""
    if sys.platform != "linux":
        return KernelSupport(sys.platform, "", "", no_controller="it needs Linux")
    from blobprep.confinement import kernel
    from blobprep.confinement.bpf import refuse

    found = os.uname()
    landlock, no_landlock, no_seccomp = 0, "", ""
    try:
        landlock = min(kernel.landlock_abi(), _LATEST)
    except OSError as error:
        no_landlock = _why_no_landlock(error.errno)
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


def means_here(namespace: Namespace) -> Confinement:
    """Choose how a child is confined on this machine; arguments and errors as of `choose`."""
    means = choose(detect(), namespace, try_namespace)
    if means.namespace:  # bubblewrap knows one user only
        return means
    uid, _ = spare_user()
    return replace(means, uid=uid)


def choose(offer: KernelSupport, namespace: Namespace, trial: Callable[[], str]) -> Confinement:
    """Choose how a child is confined.

    Args:
        offer: what there is.
        namespace: `auto` takes one only where Landlock is missing, `require` always, `off` never.
        trial: tries a namespace out; returns why there is none, empty where there is.

    Raises:
        IsolationUnavailable: too little is there; says what is missing and what to do.
    """
    if offer.system != "linux":
        raise _unavailable("it needs Linux", "use a Linux machine, or the Windows Subsystem for Linux")
    if offer.machine not in _SUPPORTED:
        raise _unavailable(f"no filter of system calls is known for {offer.machine}", f"use {' or '.join(_SUPPORTED)}")
    if offer.no_seccomp:
        raise _unavailable(
            f"this kernel ({offer.kernel}) filters no system calls ({offer.no_seccomp})",
            "use a kernel built with CONFIG_SECCOMP_FILTER, or a container that allows seccomp",
        )
    if namespace == "require" and (missing := trial()):
        raise _unavailable(
            f'namespace = "require" asks for a namespace, and {missing}',
            'install bubblewrap, run where user namespaces are allowed, or set namespace = "auto"',
        )
    controlled = not offer.no_controller
    if namespace == "require":
        return Confinement(offer.landlock, namespace=True, controlled=controlled)
    if offer.landlock:
        return Confinement(offer.landlock, controlled=controlled)
    missing = 'namespace = "off" forbids the substitute' if namespace == "off" else trial()
    if missing:
        raise _unavailable(
            f"this kernel ({offer.kernel}) has no Landlock ({offer.no_landlock}), and {missing}",
            "use Linux 5.13 or later with landlock in its lsm= list, or install bubblewrap and run where user "
            "namespaces are allowed",
        )
    return Confinement(0, namespace=True, controlled=controlled)


def describe(namespace: Namespace) -> tuple[str, IsolationUnavailable | None]:
    """Say in one sentence how a child is confined on this machine; the error is what a run at `strict` would raise."""
    offer = detect()
    try:
        means = choose(offer, namespace, try_namespace)
    except IsolationUnavailable as error:
        return error.message, error
    uid, no_uid = spare_user() if not means.namespace else (None, "a namespace has one user only")
    parts = [
        *([f"landlock ABI {means.landlock}"] if means.landlock else []),
        "seccomp",
        "no capabilities",
        "a spare user" if uid is not None else f"this user ({no_uid})",
        *(["a namespace"] if means.namespace else []),
        bounded_by(offer.controller) + (f" ({offer.no_controller})" if offer.no_controller else ""),
    ]
    return f"strict is available: {', '.join(parts)}", None


def _unavailable(missing: str, remedy: str) -> IsolationUnavailable:
    return IsolationUnavailable(
        f'isolation "strict" is not available: {missing}; nothing was run',
        remedy=f'{remedy}; to run without confinement, use --isolation process, or isolation = "process"',
    )


def _why_no_landlock(number: int | None) -> str:
    name = errno.errorcode.get(number or 0, str(number))
    return {
        "ENOSYS": "ENOSYS: it was built without, or a container forbids it",
        "EOPNOTSUPP": "EOPNOTSUPP: it was started without",
    }.get(name, name)
