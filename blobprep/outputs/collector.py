"""The images and other files a script left, collected without trust: the script had the folder to itself.

Runs after all of the run's processes are dead. Folders are opened one below the other by descriptor, so that nothing
can be swapped for a link; only regular files with one name are taken, never links, pipes or devices; depth, number
and size are bounded. The bytes are not inspected.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from blobprep.limits import DEFAULTS, Limits, limit_error
from blobprep.protocol import OUTPUTS, Figure

__all__ = ["MAX_FILE", "MAX_FILES", "LeftFile", "collect_files", "collect_images"]

MAX_IMAGE: Final = 64 * 1024 * 1024
MAX_FILES: Final = 256
MAX_FILE: Final = 16 * 1024 * 1024 * 1024
MAX_DEPTH: Final = 8
MAX_NAME: Final = 512  # characters; names of blobs have 1024, and the prefix needs some
MAX_ENTRIES: Final = 100_000
_REPORTED: Final = 20  # refused files that are named: each is a line of the log that a script fills with names
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class LeftFile:
    """Bytes that a script left and that become a blob: an image, a file in `outputs/`, or a cell of the results.

    Attributes:
        name: fills `{name}` in the row of the output; a path with `/`.
        size: bytes.
        open: returns a descriptor at the first byte, None if the bytes can no longer be read; the caller closes it
            before opening the next one.
        origin: of an image: `saved`, or `open` for a figure saved at the end; else None.
    """

    name: str
    size: int
    open: Callable[[], int | None] = field(compare=False, repr=False)
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file as the walk found it: its path below the working folder, time and size."""

    path: str
    written: int
    size: int


def collect_images(folder: str, claimed: Sequence[Figure], limits: Limits = DEFAULTS) -> Iterator[LeftFile | str]:
    """Yield the images below a folder, and for each refused one the reason as a sentence.

    Args:
        folder: the working folder.
        claimed: what the child said it left, in order; images it did not mention follow by time and name.
        limits: on the number of figures and their bytes together.

    Raises:
        FiguresExceeded: there are more; those within the limits were yielded.
    """
    return _limit_reasons(_images(folder, claimed, limits))


def _images(folder: str, claimed: Sequence[Figure], limits: Limits) -> Iterator[LeftFile | str]:
    try:
        root = os.open(folder, _FOLDER)
    except OSError as error:
        yield f"the working folder cannot be read: {os.strerror(error.errno or 0)}"
        return
    try:
        entries: dict[str, _Entry] = {}
        for found in _walk(root, "", MAX_IMAGE, _is_image):
            if isinstance(found, str):
                yield found
            else:
                entries[found.path] = found
        yield from _take(folder, entries, claimed, limits)
    finally:
        os.close(root)


def collect_files(folder: str) -> Iterator[LeftFile | str]:
    """Yield the files below `outputs/` in a folder, by name, and for each refused one the reason as a sentence.

    Args:
        folder: the working folder; one that the script removed has no files.
    """
    try:
        root = os.open(folder, _FOLDER)
    except OSError:
        return
    try:
        found = sorted(_walk(root, OUTPUTS, MAX_FILE, lambda name: True), key=_sort_key)
    finally:
        os.close(root)
    yield from _limit_reasons(entry if isinstance(entry, str) else _left_file(folder, entry) for entry in found)


def _left_file(folder: str, entry: _Entry) -> LeftFile:
    name = entry.path.removeprefix(f"{OUTPUTS}/")
    return LeftFile(name, entry.size, partial(_open_below, folder, entry.path, MAX_FILE))


def _open_below(folder: str, path: str, largest: int) -> int | None:
    try:
        root = os.open(folder, _FOLDER)
    except OSError:
        return None
    try:
        return _open(root, path, largest)
    finally:
        os.close(root)


def _limit_reasons(found: Iterator[LeftFile | str]) -> Iterator[LeftFile | str]:
    """Yield all files, but only the first reasons for refusing one, and then the number of the others."""
    refused = 0
    for item in found:
        refused += isinstance(item, str)
        if not isinstance(item, str) or refused <= _REPORTED:
            yield item
    if refused > _REPORTED:
        yield f"{refused - _REPORTED} more were left out"


def _sort_key(entry: _Entry | str) -> str:
    return entry if isinstance(entry, str) else entry.path


def _take(
    folder: str, entries: dict[str, _Entry], claimed: Sequence[Figure], limits: Limits
) -> Iterator[LeftFile | str]:
    origins = {figure.path: figure.origin for figure in claimed if figure.path in entries}
    rest = sorted((entry for entry in entries.values() if entry.path not in origins), key=_by_time)
    total, published = 0, set[str]()
    for path in (*origins, *(entry.path for entry in rest)):
        name = _published_name(path)
        if name in published:
            yield f"{path!r} was left out: another image is named {name!r}"
            continue
        published.add(name)
        total += entries[path].size
        if limits.figures is not None and len(published) > limits.figures:
            raise limit_error("figures", limits)
        if limits.figures_size is not None and total > limits.figures_size:
            raise limit_error("figures_size", limits)
        opened = partial(_open_below, folder, path, MAX_IMAGE)
        descriptor = opened()
        if descriptor is None:
            yield f"{path!r} could not be read"
            continue
        os.close(descriptor)
        yield LeftFile(name, entries[path].size, opened, origins.get(path, "saved"))


def _published_name(path: str) -> str:
    r"""Read backslashes as the script meant them: on Windows `.\plot.png` lies in the working folder itself."""
    return "/".join(part for part in path.replace("\\", "/").split("/") if part not in ("", ".", ".."))


def _by_time(entry: _Entry) -> tuple[int, str]:
    return entry.written, entry.path


def _walk(root: int, start: str, largest: int, is_wanted: Callable[[str], bool]) -> Iterator[_Entry | str]:
    """Walk without recursion, skipping hidden folders and the script bundle."""
    pending, seen = [start], 0
    while pending:
        parent = pending.pop()
        with _opened(root, parent) as folder:
            if folder is None:
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    seen += 1
                    if seen > MAX_ENTRIES:
                        yield f"the working folder has more than {MAX_ENTRIES} entries; the rest was skipped"
                        return
                    path = f"{parent}/{entry.name}" if parent else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if _is_searched(path):
                            pending.append(path)
                    elif is_wanted(entry.name):
                        found = _inspect(folder, entry.name, path, largest)
                        if found is not None:
                            yield found


def _is_image(entry: str) -> bool:
    return entry.lower().endswith(".png")


def _is_searched(path: str) -> bool:
    depth = path.count("/") + 1
    return depth <= MAX_DEPTH and not path.rpartition("/")[2].startswith(".") and path != "Script Bundle"


def _inspect(folder: int, entry: str, path: str, largest: int) -> _Entry | str | None:
    """Return a file that may be taken, the reason for refusing it, or None if it is gone."""
    try:
        status = os.stat(entry, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return f"{path!r} was left out: it is not a regular file"
    if status.st_nlink != 1:
        return f"{path!r} was left out: it has other names"
    if status.st_size > largest:
        return f"{path!r} was left out: it has {status.st_size} bytes, {largest} are allowed"
    if len(path) > MAX_NAME:
        return f"{path[:80]!r}… was left out: its name has {len(path)} characters, {MAX_NAME} are allowed"
    if not path.isprintable():
        return f"{path!r} was left out: its name cannot be printed"
    return _Entry(path, status.st_mtime_ns, status.st_size)


@contextmanager
def _opened(root: int, path: str) -> Iterator[int | None]:
    """Open a folder below another, one step at a time, following no link; None if that fails."""
    current = os.dup(root)
    try:
        for part in filter(None, path.split("/")):
            try:
                following = os.open(part, _FOLDER, dir_fd=current)
            except OSError:
                yield None
                return
            os.close(current)
            current = following
        yield current
    finally:
        os.close(current)


def _open(root: int, path: str, largest: int) -> int | None:
    """Open a file below a folder, following no link; None if that fails or it is not an allowed file any more."""
    parent, _, entry = path.rpartition("/")
    with _opened(root, parent) as folder:
        if folder is None:
            return None
        try:
            descriptor = os.open(entry, _FILE, dir_fd=folder)
        except OSError:
            return None
    # Checked again on the open descriptor: the file that was found may have been swapped since.
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and status.st_size <= largest:
        return descriptor
    os.close(descriptor)
    return None
