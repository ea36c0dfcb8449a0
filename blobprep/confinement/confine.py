"""The confinement of this process, and the check that it works.

Landlock, dropped capabilities and the ban on new privileges apply to the calling thread and the threads it starts. So
the process must be confined while it has one thread: before it imports a library, or as a fork. It cannot be undone.
That the kernel accepted the settings is not taken as proof: see `self_test`.
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

__all__ = ["confine", "confined_to", "second_filter"]

_TRUNCATION: Final = 3  # the first ABI of Landlock that restricts it
_confined_to: tuple[str, ...] | None = None


def confined_to() -> tuple[str, ...] | None:
    """Return the folders that this process is confined to; None if it is not confined."""
    return _confined_to


def confine(plan: Plan) -> tuple[str, ...]:
    """Confine this process permanently, and check that it is confined.

    Returns:
        The measures in force, in words.

    Raises:
        NotConfined: the process is not confined, or not completely; it must not go on.
    """
    global _confined_to  # noqa: PLW0603  the confinement is the process's, and permanent
    if not plan.landlock and not plan.namespace:
        raise NotConfined("neither Landlock nor a namespace restricts access to files")
    if not plan.namespace:
        _require_readable(plan.canary)
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise NotConfined(f"the process already has {threads} threads, but only one would be confined")
    # Opened before the confinement, whose rules must not prevent the check; the kernel fills it in when it is read.
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
    """Check that the canary can be opened before the confinement, so that failing afterwards proves something."""
    try:
        os.close(os.open(canary, os.O_RDONLY))
    except OSError as error:
        raise NotConfined(f"{canary} cannot be opened even before the confinement: {error.strerror}") from error


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
            (plan.executable, landlock.EXECUTING),
        ):
            for path in paths:
                _allow(ruleset, path, rights, plan.landlock)
        kernel.restrict_self(ruleset)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int, abi: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # there is no such path on this machine
        return
    try:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        kernel.add_rule(ruleset, landlock.rule(rights, abi, descriptor, folder=folder))
    finally:
        os.close(descriptor)


def _filter_calls(plan: Plan) -> None:
    machine = MACHINES.get(os.uname().machine)
    if machine is None:
        raise NotConfined(f"there is no filter of system calls for {os.uname().machine}")
    guarded = plan.namespace or plan.landlock >= _TRUNCATION
    executes = bool(plan.executable)
    kernel.install_filter(encode(filter_program(machine, os.getpid(), guards_truncation=guarded, executes=executes)))


def second_filter(plan: Plan, pid: int) -> bytes:
    """Return the filter that a process sets once it has become another interpreter: that of every confined process."""
    guarded = plan.namespace or plan.landlock >= _TRUNCATION
    return encode(filter_program(MACHINES[os.uname().machine], pid, guards_truncation=guarded))


def _require_status(file: TextIO) -> None:
    """Check that the kernel reports the settings that were made."""
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
