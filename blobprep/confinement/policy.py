"""The policy for system calls of a confined child. Pure.

Calls that are not listed here are answered as if the kernel did not know them, so that libraries fall back to what they
did before the call existed. The less obvious lines have their reasons beside them; each closes a way out that was
tried.
"""

from __future__ import annotations

import errno
from typing import Final

from blobprep.confinement.bpf import ALLOW, Decision, Instruction, Match, Rule, program, refuse
from blobprep.confinement.syscalls import Machine
from blobprep.protocol import BROKER_FD

__all__ = ["decisions", "filter_program"]

_ALLOWED: Final = """
read write open openat creat stat fstat lstat newfstatat statx poll ppoll lseek pread64 pwrite64 readv
writev preadv pwritev preadv2 pwritev2 access faccessat faccessat2 pipe pipe2 select pselect6 dup copy_file_range flock
fsync fdatasync sync_file_range ftruncate fadvise64 readahead
getdents getdents64 getcwd chdir fchdir rename renameat renameat2 mkdir mkdirat rmdir unlink unlinkat link linkat
readlink readlinkat umask statfs fstatfs cachestat
mprotect munmap brk mremap msync mincore madvise mlock mlock2 munlock mlockall munlockall get_mempolicy
pkey_alloc pkey_free pkey_mprotect remap_file_pages membarrier map_shadow_stack mseal
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause restart_syscall
nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times getitimer setitimer alarm timer_create
timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime
epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd signalfd4
futex futex_waitv futex_wake futex_wait futex_requeue set_robust_list rseq set_tid_address gettid getcpu
getpid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp
getrusage getrlimit sysinfo uname getrandom arch_prctl wait4 waitid exit exit_group
sched_yield sched_get_priority_max sched_get_priority_min
recvfrom recvmsg recvmmsg shutdown getsockname getpeername getsockopt
"""

_REFUSED: Final = """
ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd pidfd_open pidfd_send_signal process_madvise process_mrelease
perf_event_open bpf userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key mount umount2
pivot_root chroot open_tree open_tree_attr move_mount fsopen fsconfig fsmount fspick mount_setattr unshare setns swapon
swapoff reboot kexec_load kexec_file_load init_module finit_module delete_module acct quotactl quotactl_fd iopl ioperm
sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex name_to_handle_at open_by_handle_at
fanotify_init fanotify_mark lookup_dcookie syslog personality vmsplice memfd_secret memfd_create shmget shmat shmctl
shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mknod mknodat symlink symlinkat bind
listen accept accept4 connect inotify_init inotify_init1 inotify_add_watch inotify_rm_watch sched_setscheduler
sched_setparam sched_setattr migrate_pages move_pages mbind set_mempolicy sendmmsg
setuid setgid setreuid setregid setresuid setresgid setgroups
setfsuid setfsgid setpgid setsid capget capset seccomp vhangup modify_ldt
"""

# A confined script cannot change a file's permissions or times; most scripts and libraries that try (`shutil.copy`) do
# not depend on it. Landlock does not check these calls, so they would reach even other users' files. Nor may a script
# flush what all other processes have written; `fsync` flushes its own files.
_PRETENDED: Final = """
sync syncfs chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat
"""

_NO_ATTRIBUTES: Final = """
setxattr lsetxattr fsetxattr setxattrat getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr flistxattr
listxattrat removexattr lremovexattr fremovexattr removexattrat
"""

_ASKING: Final = """
get_robust_list getpgid getsid sched_getaffinity sched_getparam sched_getscheduler sched_getattr sched_rr_get_interval
"""

# What it takes to become another interpreter, and to take just that away again.
_STARTING: Final = """
execve seccomp landlock_create_ruleset landlock_restrict_self
"""

_CLONE_SHARING: Final = 0x00010600  # CLONE_THREAD | CLONE_FILES | CLONE_FS
_CLONE_NEW: Final = 0x7E020080  # every kind of namespace
_MSG_FASTOPEN: Final = 0x20000000
_TRUNCATES_READING: Final = 0o1003, 0o1000  # O_TRUNC | O_ACCMODE, O_TRUNC | O_RDONLY
_TERMINAL: Final = (0x5401, 0x5413, 0x540F)  # TCGETS, TIOCGWINSZ, TIOCGPGRP
_DESCRIPTOR: Final = (0x541B, 0x5421, 0x5450, 0x5451)  # FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
# Duplicates, flags, locks, the sizes of pipes, seals. Not included: F_SETOWN, F_SETSIG and F_SETOWN_EX, with which a
# descriptor that becomes readable signals any process; F_NOTIFY and F_SETLEASE, which watch and delay other processes;
# F_SETPIPE_SZ; and locks owned by a descriptor (F_OFD_SETLK), whose holder is not in the kernel's list of locks.
_FCNTL: Final = (*range(8), 9, 16, 1025, 1030, 1032, 1033, 1034, 1035, 1036)
# PR_SET_NAME and similar. Not PR_SET_PDEATHSIG, which would let a child outlive its guard; PR_SET_MM; PR_SET_PTRACER.
_PRCTL: Final = (2, 3, 15, 16, 21, 23, 27, 29, 30, 38, 39, 41, 42, 0x53564D41)
_PRCTL_ARM: Final = (50, 51, 54, 55, 56, 60, 61)  # vector lengths, pointer authentication and tags
_SOCKET_KINDS: Final = (1, 5)  # SOCK_STREAM, SOCK_SEQPACKET
_SOL_SOCKET: Final = 1
_BUFFER_SIZES: Final = (7, 8)  # SO_SNDBUF, SO_RCVBUF: hints that a kernel may ignore
# Addresses, keep-alive, linger, marks, time limits. Not included: filters, for which the kernel uses memory.
_SOCKET_OPTIONS: Final = (1, 2, 5, 6, 9, 10, 12, 13, 15, 16, 18, 20, 21, 29, 66, 67)
_SHARED_ANONYMOUS: Final = 0x21  # MAP_SHARED | MAP_ANONYMOUS; MAP_SHARED_VALIDATE has the first bit too
_MAP_GROWSDOWN: Final = 0x100
_MAP_HUGETLB: Final = 0x40000
_PUNCH_HOLE: Final = 3  # FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE


def filter_program(machine: Machine, pid: int, *, guards_truncation: bool, executes: bool = False) -> list[Instruction]:
    """Return the filter program of a child; the arguments are those of `decisions`."""
    by_name = decisions(machine, pid, guards_truncation=guards_truncation, executes=executes)
    numbered = {machine.numbers[name]: decision for name, decision in by_name.items() if name in machine.numbers}
    return program(machine.audit, numbered, refuse(errno.ENOSYS))


def decisions(machine: Machine, pid: int, *, guards_truncation: bool, executes: bool = False) -> dict[str, Decision]:
    """Return the decisions about system calls, by name; a call without one is answered as unknown.

    Args:
        machine: the kind of machine, because some calls and options exist on one only.
        pid: the child's own process id.
        guards_truncation: whether something else keeps read-only files from being truncated: Landlock from ABI 3 on,
            or a read-only mount.
        executes: whether the process is to become another interpreter, which then sets a second filter, without this.
    """
    made: dict[str, Decision] = dict.fromkeys(_ALLOWED.split(), ALLOW)
    made |= dict.fromkeys(_REFUSED.split(), refuse(errno.EPERM))
    made |= dict.fromkeys(_PRETENDED.split(), refuse(0))
    made |= dict.fromkeys(_NO_ATTRIBUTES.split(), refuse(errno.EOPNOTSUPP))
    made |= _about_processes(pid) | _about_descriptors(machine) | _about_truncation(guards_truncation)
    made |= _about_sockets() | _about_kept_bytes()
    if executes:
        made |= dict.fromkeys(_STARTING.split(), ALLOW)
    return made


def _about_processes(pid: int) -> dict[str, Decision]:
    """Allow threads but no processes, and signals, limits, priorities and queries for the child itself only.

    A query for another process's session, scheduler or priority would at least reveal that the process exists. `capget`
    takes the process behind a pointer, so it is refused.
    """
    no = refuse(errno.EPERM)
    again = refuse(errno.EAGAIN)
    own = Rule((Match(0, (pid,), ALLOW),), no)
    own_or_self = Rule((Match(0, (0, pid), ALLOW),), no)
    priority = Rule((Match(0, (0,), no, other=True), Match(1, (0, pid), ALLOW)), no)  # PRIO_PROCESS
    io_priority = Rule((Match(0, (1,), no, other=True), Match(1, (0, pid), ALLOW)), no)  # IOPRIO_WHO_PROCESS
    return {
        "fork": again,
        "vfork": again,
        # Threads must share descriptors and working folder: those of a single thread would not be counted.
        "clone": Rule((Match(0, (_CLONE_SHARING,), ALLOW, mask=_CLONE_SHARING | _CLONE_NEW),), again),
        "clone3": refuse(errno.ENOSYS),  # its flags are behind a pointer; the C library then uses clone
        "execve": refuse(errno.EACCES),
        "execveat": refuse(errno.EACCES),
        "kill": own,
        "tgkill": own,
        "tkill": own,
        "rt_sigqueueinfo": own,
        "rt_tgsigqueueinfo": own,
        "prlimit64": own_or_self,
        "setrlimit": ALLOW,
        "sched_setaffinity": own_or_self,
        "setpriority": priority,
        "getpriority": priority,
        "ioprio_set": io_priority,
        "ioprio_get": io_priority,
        **dict.fromkeys(_ASKING.split(), own_or_self),
    }


def _about_descriptors(machine: Machine) -> dict[str, Decision]:
    """Allow the uses of multi-purpose calls that stay inside the process; the broker's socket stays open."""
    options = _PRCTL + (_PRCTL_ARM if machine.name == "aarch64" else ())
    no = refuse(errno.EPERM)
    return {
        "ioctl": Rule((Match(1, _TERMINAL + _DESCRIPTOR, ALLOW),), refuse(errno.ENOTTY)),
        "fcntl": Rule((Match(1, _FCNTL, ALLOW),), refuse(errno.EINVAL)),
        "prctl": Rule((Match(0, options, ALLOW),), refuse(errno.EINVAL)),
        "close": Rule((Match(0, (BROKER_FD,), no),), ALLOW),
        "close_range": refuse(errno.ENOSYS),  # it could close the broker's socket, or copy the table of descriptors
        "dup2": Rule((Match(1, (BROKER_FD,), no),), ALLOW),
        "dup3": Rule((Match(1, (BROKER_FD,), no),), ALLOW),
    }


def _about_sockets() -> dict[str, Decision]:
    """Allow only socket pairs, of the default size; descriptors may be sent to the broker only.

    In a socket of its own a script could hide any number of descriptors, and with them the bytes of deleted files and
    of other sockets.
    """
    no = refuse(errno.EPERM)
    family = refuse(errno.EAFNOSUPPORT)
    unknown = refuse(errno.ENOPROTOOPT)
    fast = Match(2, (_MSG_FASTOPEN,), no, mask=_MSG_FASTOPEN)  # it connects, bypassing the refusal of connect
    return {
        "socket": family,
        # A socket of a datagram pair can send to any named socket of the machine, not only to its peer.
        "socketpair": Rule((Match(0, (1,), family, other=True), Match(1, _SOCKET_KINDS, ALLOW, mask=0xF)), no),
        "sendto": _without(3, _MSG_FASTOPEN),
        "sendmsg": Rule((fast, Match(0, (BROKER_FD,), ALLOW)), no),
        "setsockopt": Rule(
            (
                Match(1, (_SOL_SOCKET,), refuse(errno.EOPNOTSUPP), other=True),
                Match(2, _BUFFER_SIZES, refuse(0)),
                Match(2, _SOCKET_OPTIONS, ALLOW),
            ),
            unknown,
        ),
    }


def _about_kept_bytes() -> dict[str, Decision]:
    """Refuse calls that make the kernel keep bytes where they cannot be counted from outside.

    These are shared memory, of no use without child processes; stacks that grow outside the memory limit; huge pages,
    which have a limit of their own; and pages of files in pipes and sockets, each of which may keep a larger page.
    """
    no = refuse(errno.EPERM)
    beside = refuse(errno.EINVAL)  # so that programs fall back to copying
    return {
        "mmap": Rule(
            (
                Match(3, (_SHARED_ANONYMOUS,), no, mask=_SHARED_ANONYMOUS),
                Match(3, (_MAP_GROWSDOWN,), no, mask=_MAP_GROWSDOWN),
                Match(3, (_MAP_HUGETLB,), refuse(errno.ENOMEM), mask=_MAP_HUGETLB),
            ),
            ALLOW,
        ),
        # Past the end of a file the kernel's limit on file size does not apply: one call could fill the disk.
        "fallocate": Rule((Match(1, (0, _PUNCH_HOLE), ALLOW),), refuse(errno.EOPNOTSUPP)),
        "sendfile": beside,
        "splice": beside,
        "tee": beside,
    }


def _about_truncation(guarded: bool) -> dict[str, Decision]:
    if guarded:
        return {"truncate": ALLOW, "openat2": ALLOW}
    denied = refuse(errno.EACCES)
    mask, value = _TRUNCATES_READING
    return {
        "truncate": denied,
        "open": Rule((Match(1, (value,), denied, mask=mask),), ALLOW),
        "openat": Rule((Match(2, (value,), denied, mask=mask),), ALLOW),
        "openat2": refuse(errno.ENOSYS),  # its flags are behind a pointer
    }


def _without(argument: int, flag: int) -> Rule:
    return Rule((Match(argument, (flag,), refuse(errno.EPERM), mask=flag),), ALLOW)
