"""What a process may be started without: standard streams, descriptors, memory, a writable disk."""

from __future__ import annotations

import errno
import gc
import os
from typing import Final

from blobprep.errors import AccessError, BlobprepError, LimitError, OutputError, UsageError

__all__ = ["complete_standard_streams", "raise_descriptor_limit", "shortage", "skip_clean_up", "spare_collections"]

_DESCRIPTORS: Final = 4096
_OBJECTS: Final = 100_000  # that are made until the next look
_SHORT_OF_FILES: Final = (errno.EMFILE, errno.ENFILE)
_SHORT_OF_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
_NO_THREAD: Final = "can't start new thread"


def complete_standard_streams() -> None:
    """Open the null device for each standard stream that is closed, as for some cron jobs and daemons.

    Otherwise the next file that is opened would take the place of that stream.
    """
    import sys

    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  open until the process ends
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def raise_descriptor_limit() -> None:
    """Raise the soft limit of descriptors to what a run with many blobs needs; some shells set it to 256."""
    try:
        import resource
    except ImportError:  # Windows
        return
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if most == resource.RLIM_INFINITY else min(_DESCRIPTORS, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def spare_collections() -> None:
    """Look for garbage more rarely: imports make many objects, which stay, and the looks take 30 ms of a run."""
    gc.set_threshold(_OBJECTS, 20, 20)


def skip_clean_up() -> None:
    """Have this process end without taking its modules apart, which takes 80 ms; exit functions still run."""
    gc.freeze()


def shortage(error: BaseException) -> BlobprepError | None:
    """Return the error for an exception that the machine causes, such as a full disk; None for any other."""
    if isinstance(error, MemoryError):
        return LimitError(
            "blobprep itself ran out of memory", remedy="use a machine with more memory, or close other programs"
        )
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return LimitError("this machine allows no more threads", remedy="check `ulimit -u`, or close other programs")
    if not isinstance(error, OSError):
        return None
    if error.errno in _SHORT_OF_FILES:
        return LimitError("too many files are open at once", remedy="raise the limit with `ulimit -n 1024`")
    if error.errno == errno.ENOENT and not _has_working_folder():
        return UsageError("the working folder does not exist any more", remedy="change to a folder that exists")
    where = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, (str, bytes)) else ""
    if isinstance(error, PermissionError) and where:
        return AccessError(f"access was refused{where}", remedy="check the permissions of the file and of its folder")
    if error.errno in _SHORT_OF_ROOM:
        return LimitError(
            f"the disk is full{where}", remedy="free some space, or set TMPDIR to a folder on another disk"
        )
    if error.errno == errno.EROFS:
        return OutputError(f"the file system is read-only{where}", remedy="choose a folder that can be written to")
    return None


def _has_working_folder() -> bool:
    from pathlib import Path  # it need not be there before the guard is started

    try:
        Path.cwd()
    except OSError:
        return False
    return True
