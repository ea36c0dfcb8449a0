"""Bubblewrap: a file system and a process namespace of its own for a child.

It replaces Landlock where that is missing, and is a second barrier on request. In a namespace a child cannot even see
the names and sizes of other processes and of files that it may not read.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from typing import Final

__all__ = ["namespace_prefix", "try_namespace"]

_SECONDS: Final = 20.0
_NAME: Final = "bwrap"


@functools.cache
def try_namespace() -> str:
    """Start an interpreter in a namespace, once per process; return why it failed, empty if it worked."""
    from blobprep.sandbox.readable_paths import DEVICES, readable_paths

    if shutil.which(_NAME, path=os.defpath) is None:
        return f"{_NAME} (bubblewrap) is not installed"
    command = namespace_prefix(readable_paths(), (), DEVICES, "/")
    try:
        done = subprocess.run(
            [*command, sys.executable, "-I", "-S", "-c", "pass"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={"PATH": os.defpath},
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{_NAME} failed: {error}"
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return f"{_NAME} failed: {''.join(last) or f'status {done.returncode}'}"
    return ""


def namespace_prefix(
    readable: Iterable[str], writable: Iterable[str], devices: Iterable[str], folder: str
) -> list[str]:
    """Return the arguments to put before a command to run it in a namespace.

    The command gets bubblewrap's environment. Bubblewrap's own environment is readable in there, so it must not hold
    anything that the child may not see.

    Args:
        readable: paths that the command may read; missing ones are skipped.
        writable: folders that it may write to.
        devices: files that it may read and write.
        folder: its working folder.
    """
    found = shutil.which(_NAME, path=os.defpath) or _NAME
    words = [found, "--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--proc", "/proc"]
    for path in (*readable, *_find_links()):
        if not path.startswith("/proc/"):
            words += ["--dev-bind-try" if path.startswith("/dev/") else "--ro-bind-try", path, path]
    for path in devices:
        words += ["--dev-bind-try", path, path]
    for path in writable:
        words += ["--bind", path, path]
    # The root itself is kept in memory, where no limit would count what is written to it.
    return [*words, "--remount-ro", "/", "--chdir", folder]


def _find_links() -> list[str]:
    """Return links by which the interpreter and its libraries are found; bubblewrap does not keep links."""
    found = ["/lib", "/lib32", "/lib64", "/libx32", sys.prefix, sys.base_prefix, sys.exec_prefix]
    hop = sys.executable
    while os.path.islink(hop):
        found.append(os.path.dirname(hop))
        hop = os.path.join(os.path.dirname(hop), os.readlink(hop))
    found.append(os.path.dirname(hop))
    return [path for path in dict.fromkeys(found) if os.path.realpath(path) != path]
