"""Start a program as a container would: with the capabilities and the filter of system calls of Docker's default.

What a container adds besides, namespaces of its own, makes less reachable and nothing that is tried here easier. Which
calls are refused is read from Docker's documentation of its default profile.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from typing import Final

from blobprep.confinement import kernel
from blobprep.confinement.bpf import ALLOW, Decision, Match, Rule, encode, program, refuse
from blobprep.confinement.syscalls import MACHINES

# CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE
# SETFCAP
CAPABILITIES: Final = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
_REFUSED: Final = """
acct add_key bpf clock_settime delete_module fanotify_init finit_module fsconfig fsmount fsopen fspick get_mempolicy
init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl
lookup_dcookie mbind migrate_pages mount mount_setattr move_mount move_pages nfsservctl open_by_handle_at open_tree
perf_event_open pidfd_getfd pivot_root process_madvise quotactl quotactl_fd reboot request_key set_mempolicy
set_mempolicy_home_node setdomainname sethostname setns settimeofday swapoff swapon sysfs syslog umount2 unshare uselib
userfaultfd ustat vhangup
"""
_NAMESPACES: Final = 0x7E020000
_VSOCK: Final = 40
_DROP_BOUNDING: Final = 24
_VERSION: Final = 0x20080522


def become_contained() -> None:
    """Give up what a container is not given; for this process and all it starts."""
    library = kernel._c_library()
    if os.geteuid() == 0:
        for capability in set(range(64)) - set(CAPABILITIES):
            library.prctl(_DROP_BOUNDING, capability, 0, 0, 0)
        kept = sum(1 << capability for capability in CAPABILITIES)
        if library.capset(struct.pack("Ii", _VERSION, 0), struct.pack("6I", kept, kept, kept, 0, 0, 0)):
            raise kernel._error()
    kernel.renounce_privileges()  # an ordinary user could set no filter else
    kernel.install_filter(encode(_filter()))


def _filter() -> list[tuple[int, int, int, int]]:
    machine = MACHINES[os.uname().machine]
    refused = refuse(errno.EPERM)
    by_name: dict[str, Decision] = dict.fromkeys(_REFUSED.split(), refused)
    by_name |= {
        "clone": Rule(tuple(Match(0, (bit,), refused, mask=bit) for bit in _bits(_NAMESPACES)), ALLOW),
        "clone3": refuse(errno.ENOSYS),
        "socket": Rule((Match(0, (_VSOCK,), refused),), ALLOW),
        "personality": Rule((Match(0, (0, 8, 0x20000, 0x20008, 0xFFFFFFFF), ALLOW),), refused),
    }
    numbered = {machine.numbers[name]: each for name, each in by_name.items() if name in machine.numbers}
    return program(machine.audit, numbered, ALLOW)


def _bits(mask: int) -> list[int]:
    return [1 << position for position in range(32) if mask >> position & 1]


if __name__ == "__main__":
    become_contained()
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
