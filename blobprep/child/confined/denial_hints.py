"""Explain what a confined script was refused, and what would allow it.

The kernel answers a refused call with a number, which becomes an exception like any other; what is said here stands
below the traceback.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from typing import Final

from blobprep.causes import walk_causes
from blobprep.child.script.streams import Recorder
from blobprep.confinement.confine import confined_to

__all__ = ["explain", "explain_silent_refusals", "starts_process"]

_OTHERWISE: Final = "; --isolation process would allow it, and is no confinement"

NETWORK: Final = (
    "sockets of its own are refused to a script at isolation strict; connections of Python's module socket go through "
    f"blobprep, and --allow-host HOST and --allow-accounts name what they may reach{_OTHERWISE}"
)
PROCESSES: Final = (
    "starting a process is refused at isolation strict (subprocess, os.system, multiprocessing); threads are not: "
    f"concurrent.futures.ThreadPoolExecutor, or n_jobs in scikit-learn{_OTHERWISE}"
)
_OTHER: Final = f"the call is refused at isolation strict{_OTHERWISE}"
_ACROSS: Final = (
    "at isolation strict this machine's kernel moves no file from one folder to another; shutil.move copies it instead"
)

_REFUSALS: Final = frozenset({errno.EPERM, errno.EACCES, errno.EAGAIN, errno.ENOSYS})
_STARTING: Final = re.compile(r"\b(fork\w*|posix_spawnp?|exec[lv]\w*)\(")
_STARTERS: Final = ("/subprocess.py", "/multiprocessing/", "/concurrent/futures/process.py", "/pty.py")


def explain(error: BaseException) -> str:
    """Say what a confined script was refused; empty where that is not why it failed, or it is not confined.

    Args:
        error: ended the script; what it was raised from is looked at too.
    """
    folders = confined_to()
    if folders is None:
        return ""
    try:
        explained = (_explain(each, folders) for each in walk_causes(error) if isinstance(each, OSError))
        return next(filter(None, explained), "")
    except Exception:  # an exception of the script's own may refuse to be looked at
        return ""


def explain_silent_refusals(recorder: Recorder) -> None:
    """Have the log explain what is refused without an exception: `os.system` returns a status, which few look at."""

    def hear(event: str, _: object) -> None:
        if event == "os.system":
            recorder.say(PROCESSES)

    if confined_to() is not None:
        sys.addaudithook(hear)


def _explain(error: OSError, folders: tuple[str, ...]) -> str:
    if error.errno == errno.EAFNOSUPPORT:
        return NETWORK
    if error.errno == errno.EXDEV:
        return _ACROSS
    if error.errno not in _REFUSALS:
        return ""
    if starts_process(error):
        return PROCESSES
    if error.errno == errno.EACCES and isinstance(error.filename, str | bytes):
        return _about_file(os.path.abspath(os.fsdecode(error.filename)), folders)
    return _OTHER if error.errno == errno.EPERM else ""


def _about_file(path: str, folders: tuple[str, ...]) -> str:
    if any(os.path.join(path, "").startswith(os.path.join(folder, "")) for folder in folders):
        return ""
    return (
        f"{path} is outside what a script may use at isolation strict: its working folder, and the libraries to read; "
        f"connect it as a dataset or put it into the --bundle{_OTHERWISE}"
    )


def starts_process(error: OSError) -> bool:
    """Tell whether an exception comes from an attempt to start a process."""
    frames = traceback.extract_tb(error.__traceback__)
    if any(place in frame.filename for frame in frames for place in _STARTERS):
        return True
    # Of a call straight into the system only the script's own line tells what it was.
    plain = error.errno == errno.EAGAIN or (error.errno == errno.EACCES and error.filename is None)
    return bool(frames) and plain and _STARTING.search(frames[-1].line or "") is not None
