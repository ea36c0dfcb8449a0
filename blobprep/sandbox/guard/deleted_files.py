"""Deleted files and folders that processes still hold. Uses only the standard library: the guard runs this.

A walk over the folder does not find them. The kernel lists them below `/proc`, where a script may try to hide them
behind long paths and many memory maps.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator

from blobprep.sandbox.guard.process_usage import live_folder

__all__ = ["measure_deleted"]

_DELETED = " (deleted)"
_MAPS = 16 * 1024**2  # bytes; the most maps that a process may have, with names of usual length, take half of it
_PIECE = 1 << 16
_FOLDER = 4096  # bytes on disk of a folder that was deleted together with what is held
_BLOCK = 512


class _DeletedFiles:
    """Files and folders that were deleted below a folder and are still held.

    Each of them keeps the folders above it, which may have been deleted too. One whose path is too long for the kernel
    to report, or that is behind more maps than are read, can only have been made to hide, and counts as infinite.
    """

    def __init__(self, folder: str, unsure: list[str]) -> None:
        self.folder, self.unsure = folder, unsure
        self.device = os.stat(folder).st_dev
        self.counts: dict[int, float] = {}
        self.sizes: dict[int, float] = {}

    def totals(self) -> tuple[float, float]:
        """Return the number of files and folders, and of bytes."""
        return sum(self.counts.values()), sum(self.sizes.values())

    def was_below(self, path: str) -> bool:
        """Return whether a path, as `/proc` shows it, was deleted from the folder."""
        return path.endswith(_DELETED) and path.startswith(f"{self.folder}/")

    def record(self, path: str, number: int, size: float) -> None:
        """Record one, by the number of its inode."""
        depth = path.count("/", len(self.folder))
        self.counts[number] = depth
        self.sizes[number] = size + (depth - 1) * _FOLDER

    def record_hidden(self) -> None:
        """Record that there is more than the kernel can report."""
        self.counts[-1] = self.sizes[-1] = float("inf")

    def record_link(self, link: str) -> None:
        """Record the target of a link in `/proc`: an open file, or a working folder."""
        status = os.stat(link)
        if status.st_dev != self.device or status.st_nlink > (0 if stat.S_ISREG(status.st_mode) else 1):
            return
        try:
            path = os.readlink(link)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                self.record_hidden()
            return
        if self.was_below(path):
            self.record(path, status.st_ino, status.st_blocks * _BLOCK)

    def record_map(self, process: str, line: str) -> None:
        """Record the file in a line of a process's maps."""
        words = line.split(maxsplit=5)
        if len(words) < 6 or not self.was_below(words[5]):
            return
        start, end = (int(word, 16) for word in words[0].split("-"))
        number = int(words[4])
        try:
            size: float = os.stat(f"{process}/map_files/{start:x}-{end:x}").st_blocks * _BLOCK
        except OSError:  # only root may ask
            size = max(self.sizes.get(number, 0), int(words[2], 16) + end - start)
            self.unsure[:] = [words[5]]
        self.record(words[5], number, size)


def measure_deleted(folder: str, pids: Iterable[int], unsure: list[str]) -> Iterator[tuple[float, float]]:
    """Yield the running totals of deleted files and folders that are still held, and of their bytes.

    A process holds what it has open, works in, or has mapped.

    Args:
        folder: its real path.
        pids: the processes to examine.
        unsure: receives the name of a file that is only mapped, and may be larger than the map.
    """
    try:
        held = _DeletedFiles(folder, unsure)
    except OSError:  # the script removed the folder
        return
    for pid in pids:
        path = live_folder(pid)
        for scan in (
            _scan_maps,
            _scan_descriptors,
        ):  # in this order: an open file has an exact size, which replaces a guess
            try:
                for _ in scan(path, held):
                    yield held.totals()
            except OSError:  # it has ended, or belongs to another user
                continue


def _scan_descriptors(path: str, held: _DeletedFiles) -> Iterator[None]:
    for link in (f"{path}/cwd", *(f"{path}/fd/{name}" for name in os.listdir(f"{path}/fd"))):
        try:
            held.record_link(link)
        except OSError:  # closed in the meantime
            continue
        yield


def _scan_maps(path: str, held: _DeletedFiles) -> Iterator[None]:
    with open(f"{path}/maps", "rb", buffering=0) as file:
        rest, count = b"", 0
        while piece := file.read(_PIECE):
            count += len(piece)
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                if line.endswith(os.fsencode(_DELETED)):
                    held.record_map(path, os.fsdecode(line))
            if count > _MAPS:
                held.record_hidden()
            yield
