"""Hints for what a confined script was refused, and what would allow it.

The kernel answers a refused call with an error number, which becomes an ordinary exception. The hint is shown below the
traceback.
"""

from __future__ import annotations

import errno
import functools
import os
import re
import sys
import traceback
from typing import Final

from blobprep.causes import walk_causes
from blobprep.child.script.streams import Recorder
from blobprep.confinement.confine import confined_to

__all__ = ["explain", "explain_silent_refusals", "starts_process"]

_OTHERWISE: Final = "; --isolation process allows it, but does not confine the script"

NETWORK: Final = (
    "isolation strict refuses sockets other than TCP connections of Python's module socket, which go through blobprep; "
    f"--allow-host HOST and --allow-accounts name what they may reach{_OTHERWISE}"
)
PROCESSES: Final = (
    "isolation strict refuses to start processes (subprocess, os.system, multiprocessing); use threads instead: "
    f"concurrent.futures.ThreadPoolExecutor, or n_jobs in scikit-learn{_OTHERWISE}"
)
_OTHER: Final = f"isolation strict refuses this call{_OTHERWISE}"
_ACROSS: Final = (
    "at isolation strict this machine's kernel cannot move a file to another folder; use shutil.move, which copies it"
)

_REFUSALS: Final = frozenset({errno.EPERM, errno.EACCES, errno.EAGAIN, errno.ENOSYS})
_STARTING: Final = re.compile(r"\b(fork\w*|posix_spawnp?|exec[lv]\w*)\(")
_STARTERS: Final = ("/subprocess.py", "/multiprocessing/", "/concurrent/futures/process.py", "/pty.py")


def explain(error: BaseException) -> str:
    """Explain what a confined script was refused; empty if it is not confined or failed for another reason.

    Args:
        error: the exception that ended the script; its causes are checked too.
    """
    folders = confined_to()
    if folders is None:
        return ""
    try:
        causes = walk_causes(error)
        explained = (_explain_one(cause, folders) for cause in causes if isinstance(cause, OSError))
        return next(filter(None, explained), "")
    except Exception:  # inspecting a script's own exception may fail
        return ""


@functools.cache  # a hook cannot be removed
def explain_silent_refusals(recorder: Recorder) -> None:
    """Explain in the log what is refused without an exception: `os.system` only returns a status, which few check."""

    def on_event(event: str, _: object) -> None:
        if event == "os.system":
            recorder.say(PROCESSES)

    if confined_to() is not None:
        sys.addaudithook(on_event)


def _explain_one(error: OSError, folders: tuple[str, ...]) -> str:
    if error.errno == errno.EAFNOSUPPORT:
        return NETWORK
    if error.errno == errno.EXDEV:
        return _ACROSS
    if error.errno not in _REFUSALS:
        return ""
    if starts_process(error):
        return PROCESSES
    if error.errno == errno.EACCES and isinstance(error.filename, str | bytes):
        return _explain_file(os.path.abspath(os.fsdecode(error.filename)), folders)
    return _OTHER if error.errno == errno.EPERM else ""


def _explain_file(path: str, folders: tuple[str, ...]) -> str:
    if any(os.path.join(path, "").startswith(os.path.join(folder, "")) for folder in folders):
        return ""
    return (
        f"{path} is outside what a script may use at isolation strict, which is its working folder and the installed "
        f"libraries; connect it as a dataset or put it into the --bundle{_OTHERWISE}"
    )


def starts_process(error: OSError) -> bool:
    """Tell whether an exception comes from an attempt to start a process."""
    frames = traceback.extract_tb(error.__traceback__)
    if any(place in frame.filename for frame in frames for place in _STARTERS):
        return True
    # For a direct system call only the script's own line shows what it was.
    plain = error.errno == errno.EAGAIN or (error.errno == errno.EACCES and error.filename is None)
    return bool(frames) and plain and _STARTING.search(frames[-1].line or "") is not None
