"""The attacks in another interpreter: of each script, what that interpreter's Python can say.

Scripts are written for today's Python. In an older one, each of their functions is compiled on its own, and those that
are no program there are left out; a test says how many may be. The modules of blobprep that scripts import are replaced
by the numbers in them.
"""

from __future__ import annotations

import ast
import os

import blobprep
from blobprep.confinement.syscalls import MACHINES
from blobprep.protocol import BROKER_FD
from tests.attacks.plain import SCRIPTS
from tests.child.test_bundle import zipped

__all__ = ["LEFT_OUT", "bundle_for", "expressible"]

LEFT_OUT = "left out: "
"""The start of the line in which a script names what its interpreter cannot say."""

_START = """\
from __future__ import print_function
import sys
{python2}
left_out = []
for name, piece in {pieces!r}:
    try:
        exec(compile(piece, name, "exec"), globals())
    except (SyntaxError, ImportError, NameError, AttributeError) as error:
        left_out.append(name.replace(" ", "_"))
print("{left_out}" + " ".join(left_out))
"""
_PYTHON2 = """\
if sys.version_info[0] == 2:  # what the scripts use of later versions, by system calls of the same names
    import collections, io, os, socket
    from attacking import call
    open = io.open
    machine = collections.namedtuple("uname_result", "sysname nodename release version machine")(*os.uname())
    os.uname = lambda: machine
    os.O_PATH, os.O_TMPFILE, os.O_CLOEXEC = 0o10000000, 0o20200000, 0o2000000
    socket.SOCK_NONBLOCK, socket.SOCK_CLOEXEC = 0o4000, 0o2000000
    def pread(held, size, offset):
        import ctypes
        room = ctypes.create_string_buffer(size)
        return room.raw[: call("pread64", held, room, size, offset)]
    os.pread = pread
    os.pwrite = lambda held, data, offset: call("pwrite64", held, data, len(data), offset)
    os.truncate = lambda path, size: call("truncate", path.encode(), size)
    os.memfd_create = lambda name, flags=0: call("memfd_create", name.encode(), flags)
    os.posix_fallocate = lambda held, offset, size: call("fallocate", held, 0, offset, size)
    os.sendfile = lambda out, held, offset, count: call("sendfile", out, held, None, count)
    os.copy_file_range = lambda source, target, count: call("copy_file_range", source, None, target, None, count, 0)
    os.setpriority = lambda which, who, value: call("setpriority", which, who, value)
    os.getpriority = lambda which, who: call("getpriority", which, who)
    os.PRIO_PROCESS = 0
    os.setxattr = lambda path, name, value: call("setxattr", path.encode(), name.encode(), value, len(value), 0)
    os.sched_setaffinity = lambda pid, which: call("sched_setaffinity", pid, 8, b"\\1" + b"\\0" * 7)
    os.sched_getaffinity = lambda pid: call("sched_getaffinity", pid, 8, b"\\0" * 8)
    os.sched_getscheduler = lambda pid: call("sched_getscheduler", pid)
    os.sched_param = lambda priority: b"\\0" * 4
    os.sched_setscheduler = lambda pid, policy, param: call("sched_setscheduler", pid, policy, param)
    os.SCHED_IDLE, os.SCHED_BATCH, os.SCHED_FIFO = 5, 3, 1
"""
_CALLS = "class Machine(object):\n    numbers = {numbers!r}\n\n\nMACHINES = {{{name!r}: Machine}}\n"


def expressible(group: str) -> bytes:
    """Return the script of a group as pieces, of which each is compiled where it runs."""
    text = (SCRIPTS / f"{group}.py").read_text()
    pieces = [(_name(node), ast.unparse(node)) for node in ast.parse(text).body]
    return _START.format(python2=_PYTHON2, pieces=pieces, left_out=LEFT_OUT).encode()


def bundle_for(interpreter: str) -> bytes:
    """Return the module zip that comes with the scripts, for any version of Python."""
    attacking = (SCRIPTS / "attacking.py").read_bytes()
    if not interpreter:
        return zipped({"attacking.py": attacking})
    machine = os.uname().machine
    calls = _CALLS.format(numbers=MACHINES[machine].numbers, name=machine)
    return zipped(
        {
            "attacking.py": attacking,
            "blobprep/__init__.py": f"__file__ = {blobprep.__file__!r}\n".encode(),
            "blobprep/confinement/__init__.py": b"",
            "blobprep/confinement/syscalls.py": calls.encode(),
            "blobprep/protocol.py": f"BROKER_FD = {BROKER_FD}\n".encode(),
        }
    )


def _name(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else ast.unparse(node).partition("\n")[0][:60]
