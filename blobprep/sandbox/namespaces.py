"""Bubblewrap: a file system and a process namespace of its own for a child.

It is the substitute where Landlock is missing, and a second wall where that is asked for; then a child sees no other
process and no file that it may not read, not even their names and sizes.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from typing import Final

__all__ = ["try_namespace", "wrapped"]

_SECONDS: Final = 20.0
_NAME: Final = "bwrap"


@functools.cache
def try_namespace() -> str:
    """Start an interpreter in a namespace; return why it did not work, empty where it did. Tried once per process."""
    from blobprep.sandbox.readable_paths import DEVICES, readable_paths

    if shutil.which(_NAME, path=os.defpath) is None:
        return f"{_NAME} (bubblewrap) is not installed"
    command = wrapped(readable_paths(), (), DEVICES, "/")
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


def wrapped(readable: Iterable[str], writable: Iterable[str], devices: Iterable[str], folder: str) -> list[str]:
    """Return the words before a command that run it in a namespace.

    Its environment passes through; as bubblewrap's own stays readable in there, it must be the child's.

    Args:
        readable: paths it may read; those that do not exist are left out.
        writable: folders it may write.
        devices: files it may read and write.
        folder: its working folder.
    """
    found = shutil.which(_NAME, path=os.defpath) or _NAME
    words = [found, "--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--proc", "/proc"]
    for path in (*readable, *_other_names()):
        if not path.startswith("/proc/"):
            words += ["--dev-bind-try" if path.startswith("/dev/") else "--ro-bind-try", path, path]
    for path in devices:
        words += ["--dev-bind-try", path, path]
    for path in writable:
        words += ["--bind", path, path]
    # The root itself is in memory, which no limit would count.
    return [*words, "--remount-ro", "/", "--chdir", folder]


def _other_names() -> list[str]:
    """Return folders that are links, by which the interpreter and its libraries are found: in there no link is left."""
    found = ["/lib", "/lib32", "/lib64", "/libx32", sys.prefix, sys.base_prefix, sys.exec_prefix]
    hop = sys.executable
    while os.path.islink(hop):
        found.append(os.path.dirname(hop))
        hop = os.path.join(os.path.dirname(hop), os.readlink(hop))
    found.append(os.path.dirname(hop))
    return [path for path in dict.fromkeys(found) if os.path.realpath(path) != path]
