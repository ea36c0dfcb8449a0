"""The second filter of a process that was confined before it became this interpreter.

The process was given its rules about files, and a filter of system calls, before it executed the interpreter; that
filter still allowed what starting an interpreter takes. Here the rest is taken away: executing anything, and setting
filters. This happens while the process has one thread, and before anything is imported that is not Python's own.
"""

from __future__ import absolute_import

import base64
import ctypes
import errno
import os
import socket
import struct

__all__ = ["NotConfined", "confine"]

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_EXECUTE = 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_FILTER, _ALL_THREADS = 1, 5  # also: do not mitigate speculative stores
_WANTED = {"NoNewPrivs": 1, "Seccomp": 2, "CapPrm": 0, "CapEff": 0, "CapInh": 0}


class NotConfined(Exception):
    """The process is not confined, or not completely; it must not go on."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def confine(plan):
    """Take away what starting this interpreter took, for good, and check that the confinement holds.

    Args:
        plan: `filter` (the program, in base64), `landlock` (its ABI, 0 for none), `canary` (a file that must not be
            readable) and `processes` (whose environment must not be).

    Raises:
        NotConfined: it does not hold.
    """
    threads = int(_status()["Threads"])
    if threads != 1:
        raise NotConfined("the interpreter already has %d threads, but only one would be confined" % threads)
    if plan["landlock"]:
        _execute_nothing()
    _filter(base64.b64decode(plan["filter"]))
    _require_status()
    succeeded = [words for words, attempt in _attempts(plan) if _succeeds(attempt)]
    if succeeded:
        raise NotConfined("the confined interpreter could %s" % ", ".join(succeeded))


def _status():
    with open("/proc/self/status") as status:
        return dict(line.split(":", 1) for line in status if ":" in line)


def _require_status():
    status = _status()
    for name, value in _WANTED.items():
        if int(status[name], 16) != value:
            raise NotConfined("the kernel reports %s %s" % (name, status[name].strip()))


def _execute_nothing():
    """Have a second ruleset take away the right to execute files, which the first one gave for the interpreter."""
    attributes = struct.pack("=Q", _EXECUTE)
    ruleset = _call("landlock_create_ruleset", _CREATE_RULESET, attributes, ctypes.c_long(len(attributes)), 0)
    _call("landlock_restrict_self", _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _filter(instructions):
    number = _SECCOMP.get(os.uname()[4])
    if number is None:
        raise NotConfined("there is no filter of system calls for %s" % os.uname()[4])
    program = _Program(len(instructions) // 8, instructions)
    _call("seccomp", number, _SET_FILTER, _ALL_THREADS, ctypes.byref(program))


def _call(name, number, *arguments):
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    wide = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    result = library.syscall(ctypes.c_long(number), *wide)
    if result < 0 or (name == "seccomp" and result):  # a positive number is a thread that cannot be filtered
        raise NotConfined("%s: %s" % (name, os.strerror(ctypes.get_errno())))
    return int(result)


def _attempts(plan):
    """Yield what a confined process must not be able to do, in words, and how to try it."""
    yield "open a file outside the working folder", lambda: _open(plan["canary"])
    yield "open a network socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    yield "open a local socket", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()
    yield "signal another process", lambda: os.kill(os.getppid(), 0)
    yield "start a process", _fork
    yield "execute a program", _execute
    for process in plan["processes"]:
        path = "/proc/%d/environ" % process
        yield "open %s" % path, lambda path=path: _open(path)


def _open(path):
    os.close(os.open(path, os.O_RDONLY))


def _fork():
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


def _execute():
    """Execute what is not there: the filter answers before the kernel has looked."""
    try:
        os.execv("/nonexistent", ["/nonexistent"])
    except OSError as error:
        if error.errno == errno.EACCES:
            raise


def _succeeds(attempt):
    try:
        attempt()
    except EnvironmentError:  # in Python 2 that of a socket is another error
        return False
    return True
