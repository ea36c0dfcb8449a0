"""What processes hold of files and folders that were deleted. Standard library only: the guard runs this.

No walk finds them; the kernel tells of them below `/proc`, where a script may try to hide them behind long paths and
many maps.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator

from blobprep.sandbox.guard.process_usage import live

__all__ = ["deleted"]

_DELETED = " (deleted)"
_MAPS = 16 * 1024**2  # bytes; as many maps as a process may have, with names of a usual length, take half of it
_PIECE = 1 << 16
_FOLDER = 4096  # bytes on the disk of a folder that was deleted with what is held
_BLOCK = 512


class _Deleted:
    """What is held of files and folders that were deleted below a folder.

    Each keeps the folders above it, which may have been deleted too. What has too long a path to be told, or is behind
    more maps than are read, can only have been made to hide, and counts without end.
    """

    def __init__(self, folder: str, unsure: list[str]) -> None:
        self.folder, self.unsure = folder, unsure
        self.device = os.stat(folder).st_dev
        self.counts: dict[int, float] = {}
        self.sizes: dict[int, float] = {}

    def totals(self) -> tuple[float, float]:
        """Return how many files and folders, and how many bytes."""
        return sum(self.counts.values()), sum(self.sizes.values())

    def was_below(self, path: str) -> bool:
        """Tell whether a path, as `/proc` shows it, was deleted from the folder."""
        return path.endswith(_DELETED) and path.startswith(f"{self.folder}/")

    def note(self, path: str, number: int, size: float) -> None:
        """Note one by its inode."""
        depth = path.count("/", len(self.folder))
        self.counts[number] = depth
        self.sizes[number] = size + (depth - 1) * _FOLDER

    def note_hidden(self) -> None:
        """Note that there is more than can be told."""
        self.counts[-1] = self.sizes[-1] = float("inf")

    def look_at_link(self, link: str) -> None:
        """Look at a link of `/proc` to what a process has open, or works in."""
        status = os.stat(link)
        if status.st_dev != self.device or status.st_nlink > (0 if stat.S_ISREG(status.st_mode) else 1):
            return
        try:
            path = os.readlink(link)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                self.note_hidden()
            return
        if self.was_below(path):
            self.note(path, status.st_ino, status.st_blocks * _BLOCK)

    def look_at_map(self, process: str, line: str) -> None:
        """Look at a line of a process's maps."""
        words = line.split(maxsplit=5)
        if len(words) < 6 or not self.was_below(words[5]):
            return
        start, end = (int(word, 16) for word in words[0].split("-"))
        number = int(words[4])
        try:
            size: float = os.stat(f"{process}/map_files/{start:x}-{end:x}").st_blocks * _BLOCK
        except OSError:  # only root may
            size = max(self.sizes.get(number, 0), int(words[2], 16) + end - start)
            self.unsure[:] = [words[5]]
        self.note(words[5], number, size)


def deleted(folder: str, pids: Iterable[int], unsure: list[str]) -> Iterator[tuple[float, float]]:
    """Yield how many files and folders, and how many bytes, were found so far that were deleted and are still held.

    Held is what a process has open, works in, or has mapped.

    Args:
        folder: real.
        pids: of the processes looked at.
        unsure: takes the name of a file that is mapped only, and may be larger than the map.
    """
    try:
        held = _Deleted(folder, unsure)
    except OSError:  # the script removed the folder
        return
    for pid in pids:
        path = live(pid)
        for step in (_mapped, _opened_still):  # what is open has its size told last
            try:
                for _ in step(path, held):
                    yield held.totals()
            except OSError:  # it has ended, or is another user's, which only some may look into
                continue


def _opened_still(path: str, held: _Deleted) -> Iterator[None]:
    for link in (f"{path}/cwd", *(f"{path}/fd/{name}" for name in os.listdir(f"{path}/fd"))):
        try:
            held.look_at_link(link)
        except OSError:  # closed meanwhile
            continue
        yield


def _mapped(path: str, held: _Deleted) -> Iterator[None]:
    with open(f"{path}/maps", "rb", buffering=0) as file:
        rest, count = b"", 0
        while piece := file.read(_PIECE):
            count += len(piece)
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                if line.endswith(os.fsencode(_DELETED)):
                    held.look_at_map(path, os.fsdecode(line))
            if count > _MAPS:
                held.note_hidden()
            yield
