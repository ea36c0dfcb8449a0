"""Removal of a run's folder, whatever the script left in it. Uses only the standard library: the guard runs this.

`shutil.rmtree` recurses, so three thousand nested folders make it fail, and it gives up on folders without permissions.
Here sub-folders are moved up beside their parent until the tree is flat, links are never followed, and permissions are
restored on the way.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from functools import partial

__all__ = ["remove_tree"]


def remove_tree(folder: str) -> bool:
    """Remove a folder and everything below it; return whether it is gone."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    try:
        if stat.S_ISDIR(os.lstat(folder).st_mode):  # not if the script put a link in its place
            with contextlib.suppress(OSError):
                os.chmod(folder, 0o700)
        root = os.open(folder, flags)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        _empty(root, flags)
    finally:
        os.close(root)
    with contextlib.suppress(OSError):
        os.rmdir(folder)
    return not os.path.lexists(folder)


def _empty(root: int, flags: int) -> None:
    """Empty the folder open as `root`: sub-folders of its sub-folders are moved into it, so the depth never grows."""
    while True:
        with contextlib.suppress(OSError):
            os.fchmod(root, 0o700)
        entries = list(os.scandir(root))
        if not entries:
            return
        progress = False
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                progress |= _attempt(partial(os.unlink, entry.name, dir_fd=root))
                continue
            progress |= _hoist(root, entry.name, flags)
            progress |= _attempt(partial(os.rmdir, entry.name, dir_fd=root))
        if not progress:
            return


def _hoist(root: int, name: str, flags: int) -> bool:
    """Remove the files of one sub-folder and move its own sub-folders up; return whether any moved."""
    with contextlib.suppress(OSError):
        os.chmod(name, 0o700, dir_fd=root)
    moved = False
    try:
        folder = os.open(name, flags, dir_fd=root)
    except OSError:
        return False
    try:
        for entry in list(os.scandir(folder)):
            if entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    os.chmod(entry.name, 0o700, dir_fd=folder)
                target = f".wipe-{os.urandom(8).hex()}"  # a name the script cannot have taken
                moved |= _attempt(partial(os.rename, entry.name, target, src_dir_fd=folder, dst_dir_fd=root))
            else:
                _attempt(partial(os.unlink, entry.name, dir_fd=folder))
    finally:
        os.close(folder)
    return moved


def _attempt(action: Callable[[], object]) -> bool:
    try:
        action()
    except OSError:
        return False
    return True
