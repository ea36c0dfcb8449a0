"""Files on disk without a name: nothing is left of them when the process ends."""

from __future__ import annotations

import os
import tempfile

from blobprep.errors import LimitError

__all__ = ["disk_file", "no_room"]


def disk_file() -> int:
    """Open a file on disk that has no name, for reading and writing."""
    folder = tempfile.gettempdir()
    if hasattr(os, "O_TMPFILE"):
        try:
            return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:  # not every file system can
            pass
    descriptor, path = tempfile.mkstemp(prefix="blobprep-", dir=folder)
    os.unlink(path)
    return descriptor


def no_room(printed: str, size: int, error: OSError) -> LimitError:
    """Return the error for bytes that memory or disk cannot hold."""
    return LimitError(
        f"there is no room for {printed}, {size} bytes: {os.strerror(error.errno or 0)}",
        remedy="set TMPDIR to a folder with room",
    )
