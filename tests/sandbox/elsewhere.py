"""Run a test's process as another user, in a mount namespace where every user can reach this interpreter.

An interpreter in root's home is closed to other users. In a namespace of its own, nobody else sees that the home is
replaced by an open one with nothing but the interpreter in it.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from blobprep.sandbox.users import find_closed

ORDINARY = 2001
_OPEN = """
set -e
if [ -n "$1" ]; then
    held=$(mktemp -d)
    mount --bind "$2" "$held"
    mount -t tmpfs -o mode=755 none "$1"
    mkdir -p "$2"
    mount --bind "$held" "$2"
    umount "$held"
    rmdir "$held"
fi
shift 2
exec "$@"
"""


def command_as(user: int | None, command: list[str]) -> list[str]:
    """The command that runs another as an ordinary user, or as root, with the interpreter in reach."""
    closed = find_closed([sys.executable, os.__file__])
    become = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    inner = ["sh", "-c", _OPEN, "sh", closed, str(Path(sys.base_prefix)), *become, *command]
    return ["unshare", "--mount", "--propagation", "private", *inner]


@functools.cache
def why_not() -> str:
    """Why this machine cannot do that; empty where it can."""
    if os.geteuid() != 0:
        return "only root can become another user"
    if missing := [name for name in ("unshare", "setpriv", "mount") if shutil.which(name) is None]:
        return f"{missing[0]} is not installed"
    tried = subprocess.run(command_as(ORDINARY, [sys.executable, "-c", "pass"]), capture_output=True, check=False)
    return f"no namespace for a reachable interpreter: {tried.stderr.decode().strip()}" if tried.returncode else ""
