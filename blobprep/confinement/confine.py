"""Confine this process, and see that it is.

Landlock, capabilities and the ban on new privileges hold for the thread that asks for them and for those it starts, so
this comes before any library is imported, while there is one thread; afterwards it cannot be undone. What the kernel
was told is not believed: see `probes`.
"""

from __future__ import annotations

import os
import resource
import stat
from typing import Final, TextIO

from blobprep.confinement import kernel, landlock
from blobprep.confinement.bpf import encode
from blobprep.confinement.plan import NotConfined, Plan
from blobprep.confinement.policy import filter_program
from blobprep.confinement.self_test import what_succeeds
from blobprep.confinement.syscalls import MACHINES

__all__ = ["confine", "confined_to"]

_TRUNCATION: Final = 3  # the first ABI of Landlock that guards it
_confined_to: tuple[str, ...] | None = None


def confined_to() -> tuple[str, ...] | None:
    """Return the folders this process is confined to, None where it is not confined."""
    return _confined_to


def confine(plan: Plan) -> tuple[str, ...]:
    """Confine this process for good, and try whether it is.

    Returns:
        What is in force, in words.

    Raises:
        NotConfined: it is not confined, or not enough; the process must not go on.
    """
    global _confined_to  # noqa: PLW0603  what it says is true of the whole process, and for ever
    if not plan.landlock and not plan.namespace:
        raise NotConfined("neither Landlock nor a namespace keeps files apart")
    if not plan.namespace:
        _require_readable(plan.canary)
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise NotConfined(f"there are {threads} threads already, and only one would be confined")
    # Opened before, so that no rule of the confinement decides whether it can be checked; read after, as of then.
    with open("/proc/self/status") as status:
        for step in (_limit, _drop_privileges, _restrict_files, _filter_calls):
            try:
                step(plan)
            except OSError as error:
                raise NotConfined(f"{step.__name__.strip('_').replace('_', ' ')}: {error.strerror}") from error
        _require_status(status)
    if succeeded := what_succeeds(plan.canary, plan.processes):
        raise NotConfined(f"a confined process could {', '.join(succeeded)}")
    _confined_to = plan.writable
    return _measures(plan)


def _require_readable(canary: str) -> None:
    """See that the canary's probe will prove something: before, it can be opened."""
    try:
        os.close(os.open(canary, os.O_RDONLY))
    except OSError as error:
        raise NotConfined(f"{canary} cannot be opened before the confinement either: {error.strerror}") from error


def _limit(plan: Plan) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if plan.tasks:
        _, most = resource.getrlimit(resource.RLIMIT_NPROC)
        tasks = plan.tasks if most == resource.RLIM_INFINITY else min(plan.tasks, most)
        resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))


def _drop_privileges(_: Plan) -> None:
    kernel.drop_bounding_capabilities()
    kernel.drop_capabilities()
    kernel.renounce_privileges()


def _restrict_files(plan: Plan) -> None:
    if not plan.landlock:
        return
    ruleset = kernel.create_ruleset(landlock.ruleset(plan.landlock))
    try:
        for paths, rights in (
            (plan.readable, landlock.READING),
            (plan.writable, landlock.WRITING),
            (plan.devices, landlock.DEVICE),
        ):
            for path in paths:
                _allow(ruleset, path, rights, plan.landlock)
        kernel.restrict_self(ruleset)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int, abi: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # this machine has no such path
        return
    try:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        kernel.add_rule(ruleset, landlock.rule(rights, abi, descriptor, folder=folder))
    finally:
        os.close(descriptor)


def _filter_calls(plan: Plan) -> None:
    machine = MACHINES.get(os.uname().machine)
    if machine is None:
        raise NotConfined(f"no filter of system calls is known for {os.uname().machine}")
    guarded = plan.namespace or plan.landlock >= _TRUNCATION
    kernel.install_filter(encode(filter_program(machine, os.getpid(), guards_truncation=guarded)))


def _require_status(file: TextIO) -> None:
    """See that the kernel reports what it was told."""
    status = dict(line.split(":", 1) for line in file if ":" in line)
    wanted = {"NoNewPrivs": 1, "Seccomp": 2, "CapPrm": 0, "CapEff": 0, "CapInh": 0}
    for name, value in wanted.items():
        if int(status[name], 16) != value:
            raise NotConfined(f"the kernel reports {name} {status[name].strip()}")


def _measures(plan: Plan) -> tuple[str, ...]:
    return (
        *((f"landlock ABI {plan.landlock}",) if plan.landlock else ()),
        "seccomp",
        "no capabilities",
        f"uid {os.getuid()}",
        *(("namespace",) if plan.namespace else ()),
    )
