"""Take the images and other files a script left, trusting nothing: it had the folder to itself.

Runs after all of the run's processes are dead. Folders are opened one below the other by descriptor, so that nothing
can be swapped for a link; only regular files with one name are taken, never links, pipes or devices; depth, number
and size are bounded. The bytes are not looked into.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from blobprep.limits import DEFAULTS, Limits, limit_error
from blobprep.protocol import OUTPUTS, Figure

__all__ = ["MAX_FILE", "MAX_FILES", "Image", "LeftFile", "collect_images", "left_files", "open_left"]

MAX_IMAGE: Final = 64 * 1024 * 1024
MAX_FILES: Final = 256
MAX_FILE: Final = 16 * 1024 * 1024 * 1024
MAX_DEPTH: Final = 8
MAX_NAME: Final = 512  # characters; names of blobs have 1024, and the prefix needs some
MAX_ENTRIES: Final = 100_000
_TOLD: Final = 20  # files that are refused by name, and so lines of the log that a script can fill with names
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Image:
    """An image that a script left.

    Attributes:
        name: path below the working folder, with `/`.
        origin: `saved`, or `open` for a figure saved at the end.
        size: bytes.
        open: returns a descriptor for reading, None where it cannot be read any more; the caller closes it.
    """

    name: str
    origin: str
    size: int
    open: Callable[[], int | None]


@dataclass(frozen=True, slots=True)
class LeftFile:
    """Name a file a script left in `outputs/`: path below it, with `/`; bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    written: int
    size: int


def collect_images(folder: str, claimed: Sequence[Figure], limits: Limits = DEFAULTS) -> Iterator[Image | str]:
    """Yield the images below a folder, and for each that is refused the reason as a sentence.

    Args:
        folder: the working folder.
        claimed: what the child said it left, in order; images it did not mention follow by time and name.
        limits: on the number of figures and their bytes together.

    Raises:
        FiguresExceeded: there are more; those within the limits were yielded.
    """
    return _told_in_part(_images(folder, claimed, limits))


def _images(folder: str, claimed: Sequence[Figure], limits: Limits) -> Iterator[Image | str]:
    try:
        root = os.open(folder, _FOLDER)
    except OSError as error:
        yield f"the working folder cannot be looked at: {os.strerror(error.errno or 0)}"
        return
    try:
        found: dict[str, _Found] = {}
        for each in _walk(root, "", MAX_IMAGE, _is_image):
            if isinstance(each, str):
                yield each
            else:
                found[each.name] = each
        yield from _take(folder, found, claimed, limits)
    finally:
        os.close(root)


def left_files(folder: str) -> Iterator[LeftFile | str]:
    """Yield the files below `outputs/` in a folder, by name, and for each that is refused the reason as a sentence.

    Args:
        folder: the working folder; one that the script removed has no files.
    """
    try:
        root = os.open(folder, _FOLDER)
    except OSError:
        return
    try:
        found = sorted(_walk(root, OUTPUTS, MAX_FILE, lambda name: True), key=_by_name)
    finally:
        os.close(root)
    yield from _told_in_part(
        each if isinstance(each, str) else LeftFile(each.name.removeprefix(f"{OUTPUTS}/"), each.size) for each in found
    )


def open_left(folder: str, name: str) -> int | None:
    """Open a file that `left_files` named; None where it is none of these any more.

    Returns:
        Its descriptor, for reading; the caller closes it.
    """
    return _open_below(folder, f"{OUTPUTS}/{name}", MAX_FILE)


def _open_below(folder: str, name: str, largest: int) -> int | None:
    try:
        root = os.open(folder, _FOLDER)
    except OSError:
        return None
    try:
        return _open(root, name, largest)
    finally:
        os.close(root)


def _told_in_part(found: Iterator[_T | str]) -> Iterator[_T | str]:
    """Yield what was found, but of the sentences about what was refused the first ones only, and how many there are."""
    refused = 0
    for each in found:
        refused += isinstance(each, str)
        if not isinstance(each, str) or refused <= _TOLD:
            yield each
    if refused > _TOLD:
        yield f"{refused - _TOLD} more were left out"


def _by_name(each: _Found | str) -> str:
    return each if isinstance(each, str) else each.name


def _take(folder: str, found: dict[str, _Found], claimed: Sequence[Figure], limits: Limits) -> Iterator[Image | str]:
    origins = {figure.path: figure.origin for figure in claimed if figure.path in found}
    rest = sorted((each for each in found.values() if each.name not in origins), key=_by_time)
    total, published = 0, set[str]()
    for name in (*origins, *(each.name for each in rest)):
        shown = _published_name(name)
        if shown in published:
            yield f"{name!r} was left out: another image is named {shown!r}"
            continue
        published.add(shown)
        total += found[name].size
        if limits.figures is not None and len(published) > limits.figures:
            raise limit_error("figures", limits)
        if limits.figures_size is not None and total > limits.figures_size:
            raise limit_error("figures_size", limits)
        opened = partial(_open_below, folder, name, MAX_IMAGE)
        descriptor = opened()
        if descriptor is None:
            yield f"{name!r} could not be read"
            continue
        os.close(descriptor)
        yield Image(shown, origins.get(name, "saved"), found[name].size, opened)


def _published_name(name: str) -> str:
    r"""Read backslashes as the script meant them: on Windows `.\plot.png` lies in the working folder itself."""
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))


def _by_time(found: _Found) -> tuple[int, str]:
    return found.written, found.name


def _walk(root: int, start: str, largest: int, is_wanted: Callable[[str], bool]) -> Iterator[_Found | str]:
    """Walk without recursion; hidden folders and the script bundle are not looked into."""
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
                        yield f"the working folder has more than {MAX_ENTRIES} entries; the rest was not looked at"
                        return
                    name = f"{parent}/{entry.name}" if parent else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if _is_searched(name):
                            pending.append(name)
                    elif is_wanted(entry.name):
                        found = _inspect(folder, entry.name, name, largest)
                        if found is not None:
                            yield found


def _is_image(entry: str) -> bool:
    return entry.lower().endswith(".png")


def _is_searched(name: str) -> bool:
    depth = name.count("/") + 1
    return depth <= MAX_DEPTH and not name.rpartition("/")[2].startswith(".") and name != "Script Bundle"


def _inspect(folder: int, entry: str, name: str, largest: int) -> _Found | str | None:
    try:
        status = os.stat(entry, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return f"{name!r} was left out: it is no regular file"
    if status.st_nlink != 1:
        return f"{name!r} was left out: it has other names"
    if status.st_size > largest:
        return f"{name!r} was left out: it has {status.st_size} bytes, {largest} are allowed"
    if len(name) > MAX_NAME:
        return f"{name[:80]!r}… was left out: its name has {len(name)} characters, {MAX_NAME} are allowed"
    if not name.isprintable():
        return f"{name!r} was left out: its name cannot be printed"
    return _Found(name, status.st_mtime_ns, status.st_size)


@contextmanager
def _opened(root: int, path: str) -> Iterator[int | None]:
    """Open a folder below another, one step at a time, following no link; None where that fails."""
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


def _open(root: int, name: str, largest: int) -> int | None:
    """Open a file below a folder, following no link; None where that fails or it is not what was found."""
    parent, _, entry = name.rpartition("/")
    with _opened(root, parent) as folder:
        if folder is None:
            return None
        try:
            descriptor = os.open(entry, _FILE, dir_fd=folder)
        except OSError:
            return None
    # Looked at again: what was found and what is open now need not be the same.
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and status.st_size <= largest:
        return descriptor
    os.close(descriptor)
    return None
