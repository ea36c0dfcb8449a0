"""The filter, decision by decision, for both machines; what the kernel makes of it is tested with real children."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest

from blobprep.confinement import policy
from blobprep.confinement.bpf import ALLOW, KILL, Rule, refuse
from blobprep.confinement.policy import decisions, filter_program
from blobprep.confinement.syscalls import MACHINES, Machine
from blobprep.protocol import BROKER_FD
from tests.confinement.machine import run

PID = 4321
NO, AGAIN, ACCESS = refuse(errno.EPERM), refuse(errno.EAGAIN), refuse(errno.EACCES)
UNKNOWN, FAMILY, INVALID, TTY = map(refuse, (errno.ENOSYS, errno.EAFNOSUPPORT, errno.EINVAL, errno.ENOTTY))
THREAD = 0x003D0F00  # what the C library starts a thread with
O_TRUNC, O_WRONLY, O_CREAT = 0o1000, 0o1, 0o100
FASTOPEN = 0x20000000


@pytest.fixture(params=sorted(MACHINES))
def machine(request: pytest.FixtureRequest) -> Machine:
    return MACHINES[request.param]


def decide(machine: Machine, name: str, *arguments: int, guards_truncation: bool = True) -> int:
    made = filter_program(machine, PID, guards_truncation=guards_truncation)
    return run(made, machine.audit, machine.numbers[name], *arguments)


def only_where_it_exists(machine: Machine, name: str) -> None:
    if name not in machine.numbers:
        pytest.skip(f"{machine.name} has no {name}")


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("read", (), ALLOW),
        ("fork", (), AGAIN),
        ("vfork", (), AGAIN),
        ("clone", (THREAD,), ALLOW),
        ("clone", (THREAD & ~0x400,), AGAIN),  # a thread with descriptors of its own
        ("clone", (THREAD & ~0x200,), AGAIN),  # or a working folder
        ("clone", (17,), AGAIN),
        ("clone", (0x4100 | 17,), AGAIN),  # as posix_spawn does: shared memory, and still a process
        ("clone", (THREAD | 0x10000000,), AGAIN),  # a thread in a user namespace of its own
        ("clone", (THREAD | 0x00020000,), AGAIN),
        ("clone3", (), UNKNOWN),
        ("execve", (), ACCESS),
        ("execveat", (), ACCESS),
        ("kill", (PID, 15), ALLOW),
        ("kill", (PID - 1, 0), NO),
        ("kill", (0, 15), NO),
        ("kill", (-1, 15), NO),
        ("kill", (-PID, 15), NO),
        ("tgkill", (PID, PID + 1, 6), ALLOW),
        ("tgkill", (1, 1, 6), NO),
        ("tkill", (PID + 1, 6), NO),
        ("rt_sigqueueinfo", (1, 15), NO),
        ("rt_tgsigqueueinfo", (1, 1, 15), NO),
        ("pidfd_open", (1,), NO),
        ("pidfd_send_signal", (3, 15), NO),
        ("prlimit64", (0, 7), ALLOW),
        ("prlimit64", (PID, 7), ALLOW),
        ("prlimit64", (1, 7), NO),
        ("sched_setaffinity", (0,), ALLOW),
        ("sched_setaffinity", (1,), NO),
        ("setpriority", (0, 0, 5), ALLOW),
        ("setpriority", (0, 1, 5), NO),
        ("setpriority", (2, 0, 5), NO),  # all of a user's processes
        ("ioprio_set", (1, 0), ALLOW),
        ("ioprio_set", (3, 0), NO),
        ("ptrace", (16, 1), NO),
        ("process_vm_readv", (), NO),
        ("socket", (1, 1), FAMILY),
        ("socket", (2, 1), FAMILY),
        ("socket", (2, 1, 262), FAMILY),  # multipath TCP
        ("socket", (40, 1), FAMILY),  # to the hypervisor
        ("socketpair", (1, 1), ALLOW),
        ("socketpair", (1, 0o2000000 | 5), ALLOW),
        ("socketpair", (1, 2), NO),
        ("socketpair", (30, 1), FAMILY),
        ("connect", (), NO),
        ("bind", (), NO),
        ("listen", (), NO),
        ("accept4", (), NO),
        ("sendto", (3, 0, 0, 0), ALLOW),
        ("sendto", (3, 0, 0, FASTOPEN | 0x4000), NO),
        ("sendmsg", (BROKER_FD, 0, 0x4000), ALLOW),
        ("sendmsg", (BROKER_FD, 0, FASTOPEN), NO),
        ("sendmsg", (3, 0, 0), NO),  # descriptors would go along, out of everybody's sight
        ("sendmmsg", (BROKER_FD, 0, 1), NO),
        ("close", (BROKER_FD,), NO),  # so that no other has its number
        ("close", (BROKER_FD + 1,), ALLOW),
        ("dup2", (3, BROKER_FD), NO),
        ("dup2", (BROKER_FD, 3), ALLOW),
        ("dup3", (3, BROKER_FD, 0), NO),
        ("close_range", (100, 100, 2), UNKNOWN),  # a copy of all descriptors, for one thread
        ("setsockopt", (3, 1, 9), ALLOW),
        ("setsockopt", (3, 1, 7), refuse(0)),
        ("setsockopt", (3, 1, 26), refuse(errno.ENOPROTOOPT)),
        ("setsockopt", (3, 6, 1), refuse(errno.EOPNOTSUPP)),
        ("mmap", (0, 4096, 3, 0x22), ALLOW),
        ("mmap", (0, 4096, 3, 0x01), ALLOW),  # of a file
        ("mmap", (0, 4096, 3, 0x21), NO),
        ("mmap", (0, 4096, 3, 0x23), NO),
        ("mmap", (0, 4096, 3, 0x4021), NO),
        ("mmap", (0, 4096, 3, 0x122), NO),
        ("mmap", (0, 4096, 3, 0x40022), refuse(errno.ENOMEM)),
        ("mbind", (), NO),
        ("fallocate", (3, 0), ALLOW),
        ("fallocate", (3, 3), ALLOW),  # a hole
        ("fallocate", (3, 1), refuse(errno.EOPNOTSUPP)),  # beyond the end, where no limit on its size holds
        ("splice", (), INVALID),
        ("tee", (), INVALID),
        ("sendfile", (), INVALID),
        ("io_uring_setup", (), NO),
        ("ioctl", (0, 0x5401), ALLOW),
        ("ioctl", (0, 0x5412), TTY),  # typing into the terminal
        ("ioctl", (0, 0x1_0000_5412), TTY),  # the kernel looks at the lower half
        ("ioctl", (0, 0x40086602), TTY),  # attributes of files
        ("ioctl", (0, 0x8901), TTY),  # the owner who gets signals
        ("fcntl", (3, 4, 0), ALLOW),
        ("fcntl", (3, 1030, 0), ALLOW),
        ("fcntl", (3, 6, 0), ALLOW),
        ("fcntl", (3, 37, 0), INVALID),  # a lock that is nobody's in the list of all locks
        ("fcntl", (3, 1031, 1 << 20), INVALID),
        ("fcntl", (3, 8, 1), INVALID),
        ("fcntl", (3, 10, 1), INVALID),
        ("fcntl", (3, 15, 1), INVALID),
        ("prctl", (15,), ALLOW),
        ("prctl", (1, 0), INVALID),  # outliving the guard
        ("prctl", (0x59616D61,), INVALID),
        ("chmod", (), refuse(0)),
        ("sync", (), refuse(0)),
        ("syncfs", (), refuse(0)),
        ("fsync", (), ALLOW),
        ("fchmodat", (), refuse(0)),
        ("fchownat", (), refuse(0)),
        ("utimensat", (), refuse(0)),
        ("fchmodat2", (), UNKNOWN),
        ("file_setattr", (), UNKNOWN),
        ("setxattr", (), refuse(errno.EOPNOTSUPP)),
        ("getxattr", (), refuse(errno.EOPNOTSUPP)),
        ("symlinkat", (), NO),
        ("mknodat", (), NO),
        ("memfd_create", (), NO),
        ("unshare", (), NO),
        ("setresuid", (), NO),
        ("seccomp", (), NO),
    ],
)
def test_a_call_is_decided_by_its_arguments(machine, name, arguments, expected):
    only_where_it_exists(machine, name)

    assert decide(machine, name, *arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "guarded", "unguarded"),
    [
        ("truncate", (), ALLOW, ACCESS),
        ("open", (0, O_TRUNC), ALLOW, ACCESS),
        ("open", (0, O_TRUNC | O_WRONLY | O_CREAT), ALLOW, ALLOW),
        ("openat", (0, 0, O_TRUNC | 0o2000000), ALLOW, ACCESS),
        ("openat", (0, 0, O_TRUNC | 0o2), ALLOW, ALLOW),
        ("openat2", (), ALLOW, UNKNOWN),
        ("ftruncate", (), ALLOW, ALLOW),
    ],
)
def test_files_that_may_only_be_read_are_not_emptied_on_any_kernel(machine, name, arguments, guarded, unguarded):
    only_where_it_exists(machine, name)

    assert decide(machine, name, *arguments) == guarded
    assert decide(machine, name, *arguments, guards_truncation=False) == unguarded


@pytest.mark.parametrize("number", [1000, 0x3FFFFFFF, 0x40000000, 0x40000001, 0xFFFFFFFF])
def test_numbers_of_no_known_call_are_unknown(machine, number):
    made = filter_program(machine, PID, guards_truncation=True)

    assert run(made, machine.audit, number) == UNKNOWN


@pytest.mark.parametrize("audit", [0x40000003, 0x40000028, 0])
def test_32_bit_calls_and_those_of_other_machines_end_the_process(machine, audit):
    made = filter_program(machine, PID, guards_truncation=True)

    assert run(made, audit, 0) == KILL


def test_a_machine_does_not_run_the_filter_of_another():
    x86, arm = MACHINES["x86_64"], MACHINES["aarch64"]

    assert run(filter_program(x86, PID, guards_truncation=True), arm.audit, 63) == KILL


def test_every_call_of_the_tables_is_decided_as_its_name_is(machine):
    by_name = decisions(machine, PID, guards_truncation=True)
    made = filter_program(machine, PID, guards_truncation=True)

    for name, number in machine.numbers.items():
        decision = by_name.get(name, UNKNOWN)
        if not isinstance(decision, Rule):
            assert run(made, machine.audit, number) == decision, name


def test_every_name_in_the_policy_is_a_call_of_some_machine():
    known = {name for machine in MACHINES.values() for name in machine.numbers}

    assert set(decisions(MACHINES["x86_64"], PID, guards_truncation=False)) <= known


def test_no_call_is_in_two_lists():
    lists = (policy._ALLOWED, policy._REFUSED, policy._PRETENDED, policy._NO_ATTRIBUTES)
    names = [name for each in lists for name in each.split()]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "x86", "arm"),
    [
        ("openat", 257, 56),
        ("clone", 56, 220),
        ("socket", 41, 198),
        ("execve", 59, 221),
        ("kill", 62, 129),
        ("prctl", 157, 167),
    ],
)
def test_numbers_are_those_of_the_kernels_headers(name, x86, arm):
    assert (MACHINES["x86_64"].numbers[name], MACHINES["aarch64"].numbers[name]) == (x86, arm)


HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def test_the_whole_table_is_that_of_the_kernels_headers(machine):
    header = HEADERS[machine.name]
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    defined = re.findall(r"^#define __NR(?:3264)?_(\w+)[ \t]+(\d+)$", header.read_text(), re.MULTILINE)
    told = {name: int(number) for name, number in defined}

    common = told.keys() & machine.numbers.keys()
    assert len(common) > 250
    assert {name: told[name] for name in common} == {name: machine.numbers[name] for name in common}


def test_a_number_stands_for_one_call(machine):
    assert len(set(machine.numbers.values())) == len(machine.numbers)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_to_become_another_interpreter_takes_four_calls_more_and_no_others(machine: Machine) -> None:
    usual = decisions(machine, 7, guards_truncation=True)
    starting = decisions(machine, 7, guards_truncation=True, executes=True)

    changed = {name for name, decision in starting.items() if usual.get(name) != decision}
    assert changed == {"execve", "seccomp", "landlock_create_ruleset", "landlock_restrict_self"}
    assert {starting[name] for name in changed} == {ALLOW}
    assert starting["execveat"] == usual["execveat"] != ALLOW
