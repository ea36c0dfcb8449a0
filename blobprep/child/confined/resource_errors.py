"""Which limit an exception comes from, where it does: memory, room on the disk, the size of a file, threads.

What a script meets is seldom the first exception: it catches one and raises another, or leaves. So all that an
exception came from is looked at.
"""

from __future__ import annotations

import errno
import os
from typing import Final, Literal

from blobprep.causes import walk_shown_causes
from blobprep.child.confined.denial_hints import starts_process
from blobprep.confinement.confine import confined_to

__all__ = ["Shortage", "shortage_of"]

Shortage = Literal["memory", "disk", "file", "threads"]

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
_NO_THREAD: Final = "can't start new thread"  # Python has no other name for it
_SHORT_WRITE: Final = " requested and "  # NumPy's, which does not pass the system's number on
_SQLITE_FULL: Final = 13
_SQLITE_WRITE: Final = 778
_LITTLE: Final = 1024**2  # bytes


def shortage_of(error: BaseException) -> Shortage | None:
    """Return what there was too little of: `disk` is room, `file` the bytes one may have; None where all sufficed."""
    return next(filter(None, map(_shortage, walk_shown_causes(error))), None)


def _shortage(error: BaseException) -> Shortage | None:
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError) or number == errno.ENOMEM:  # as `mmap` raises
        return "memory"
    if isinstance(error, RuntimeError):
        return "threads" if error.args[:1] == (_NO_THREAD,) else None
    code = getattr(error, "sqlite_errorcode", None)
    if number in _NO_ROOM or code == _SQLITE_FULL:
        return "disk"
    if number == errno.ENOMEM:  # as `mmap.mmap` says it
        return "memory"
    if number == errno.EFBIG:
        return "file"
    if isinstance(error, BlockingIOError) and confined_to() is None and starts_process(error):
        return "threads"
    is_untold = isinstance(error, OSError) and number is None and _SHORT_WRITE in str(error)
    return _untold() if is_untold or code == _SQLITE_WRITE else None


def _untold() -> Shortage:
    """Tell what a library that does not say so found too little: room, or bytes of a file."""
    import resource

    system = os.statvfs(".")
    most, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    is_full = system.f_bavail * system.f_frsize < _LITTLE
    return "disk" if is_full or most == resource.RLIM_INFINITY else "file"
