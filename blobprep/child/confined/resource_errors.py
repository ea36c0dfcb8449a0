"""The limit that an exception comes from, if any: memory, disk space, file size, or threads.

A script often catches the first exception and raises another, so all causes of an exception are checked.
"""

from __future__ import annotations

import errno
import os
from typing import Final, Literal

from blobprep.causes import walk_shown_causes
from blobprep.child.confined.denial_hints import starts_process
from blobprep.confinement.confine import confined_to

__all__ = ["Shortage", "find_shortage"]

Shortage = Literal["memory", "disk", "file", "threads"]

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
_NO_THREAD: Final = "can't start new thread"  # only this message identifies it
_SHORT_WRITE: Final = " requested and "  # NumPy's message; it drops the errno
_SQLITE_FULL: Final = 13
_SQLITE_WRITE: Final = 778
_LITTLE: Final = 1024**2  # bytes


def find_shortage(error: BaseException) -> Shortage | None:
    """Return the limit that was reached; None if none was. `disk` means space, `file` the size of one file."""
    return next(filter(None, map(_classify, walk_shown_causes(error))), None)


def _classify(error: BaseException) -> Shortage | None:
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError) or number == errno.ENOMEM:  # the latter is from `mmap`
        return "memory"
    if isinstance(error, RuntimeError):
        return "threads" if error.args[:1] == (_NO_THREAD,) else None
    code = getattr(error, "sqlite_errorcode", None)
    if number in _NO_ROOM or code == _SQLITE_FULL:
        return "disk"
    if number == errno.EFBIG:
        return "file"
    if isinstance(error, BlockingIOError) and confined_to() is None and starts_process(error):
        return "threads"
    is_short_write = isinstance(error, OSError) and number is None and _SHORT_WRITE in str(error)
    return _guess_shortage() if is_short_write or code == _SQLITE_WRITE else None


def _guess_shortage() -> Shortage:
    """Guess what a library ran out of when its exception has no errno: disk space or the file-size limit."""
    import resource

    system = os.statvfs(".")
    most, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    is_full = system.f_bavail * system.f_frsize < _LITTLE
    return "disk" if is_full or most == resource.RLIM_INFINITY else "file"
