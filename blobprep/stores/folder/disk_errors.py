"""The operating system's errors turned into ours."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from blobprep.errors import AccessError, ContainerNotFound, StoreError
from blobprep.stores.service_rules import format_name

__all__ = ["convert_errors", "disk_error"]

_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_PERMISSION: Final = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE: Final = {errno.ENOENT, errno.ESTALE}
_NAME_TAKEN: Final = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP}


@contextmanager
def convert_errors(container: str, blob: str, account: str) -> Iterator[None]:
    """Turn the operating system's errors into ours; ours pass unchanged, although some derive from `OSError`.

    Raises:
        StoreError: the error that the system's becomes.
    """
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        raise disk_error(error, container, blob, account) from None
    except UnicodeEncodeError:
        name = format_name(container, blob, account).encode("ascii", "backslashreplace").decode()
        raise StoreError(f"{name} is not valid text", remedy="choose another name") from None


def disk_error(error: OSError, container: str, blob: str, account: str) -> StoreError:
    """Return the error for one of the operating system; it names no path of this machine."""
    name = format_name(container, blob, account)
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    if error.errno in _NO_SPACE:
        return StoreError(f"{name} cannot be written: {reason}", remedy="make room on the disk, or use another one")
    if error.errno in _NO_PERMISSION:
        return AccessError(
            f"access to {name} was refused: {reason}", remedy="check the permissions of the account's folder"
        )
    if error.errno == errno.ENAMETOOLONG:
        return StoreError(f"{name} cannot be written: {reason}", remedy="choose a shorter name")
    if error.errno in _GONE:
        return ContainerNotFound(
            f"{name} cannot be reached: its folder is gone",
            remedy="check that no other program removes it, and try again",
        )
    if error.errno in _NAME_TAKEN:
        return StoreError(
            f"{name} cannot be written: the name of one of its folders is taken by something else ({reason})",
            remedy="choose another name, or move what is in the way",
        )
    return StoreError(f"{name} cannot be read or written: {reason}", remedy="check the disk")
