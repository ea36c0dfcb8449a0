"""What a folder holds, against its limits."""

from __future__ import annotations

import mmap
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from blobprep.sandbox.guard import deleted_files, disk_usage
from blobprep.sandbox.guard.disk_usage import DiskUsage

KIBIBYTE = 1024
BLOCK = 4096


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what is allowed besides, so that one byte tells."""
    monkeypatch.setattr(disk_usage, "_OURS", (0, 0))
    monkeypatch.setattr(disk_usage, "_NOTABLE", 10**9)
    monkeypatch.setattr(disk_usage, "_SLICE", 60.0)


def look(folder: Path, *, disk: float | None = None, files: float | None = None) -> str:
    """Look until all was seen."""
    held = DiskUsage(str(folder), disk, files)
    found = [held.check([os.getpid()]) for _ in range(3)]
    in_the_end = held.check_at_end()
    assert in_the_end in (found[0], "")  # what is deleted counts only as long as somebody holds it
    return found[0]


def size_of(folder: Path) -> int:
    return sum(each.lstat().st_blocks * 512 for each in folder.rglob("*"))


def test_files_and_folders_count_alike(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").touch()

    assert look(tmp_path, files=3) == ""
    assert look(tmp_path, files=2) == "files"


def test_bytes_are_those_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"x" * 100 * KIBIBYTE)
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(10**9)
    os.link(tmp_path / "full", tmp_path / "other name")
    size = size_of(tmp_path) - (tmp_path / "full").stat().st_blocks * 512

    assert look(tmp_path, disk=size) == ""
    assert look(tmp_path, disk=size - 1) == "disk"


def test_without_limits_nothing_is_exceeded(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * BLOCK)

    assert look(tmp_path) == ""


def test_a_file_that_was_deleted_counts_while_it_is_open(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.write(b"x" * 100 * KIBIBYTE)
        file.flush()
        (tmp_path / "a").unlink()

        assert look(tmp_path, disk=99 * KIBIBYTE) == "disk"
        assert look(tmp_path, disk=101 * KIBIBYTE) == ""
    assert look(tmp_path, disk=99 * KIBIBYTE) == ""


def test_a_file_that_was_deleted_counts_while_it_is_mapped(tmp_path: Path) -> None:
    with (tmp_path / "a").open("w+b") as file:
        file.truncate(100 * KIBIBYTE)
        mapped = mmap.mmap(file.fileno(), 100 * KIBIBYTE)
    with mapped:
        mapped[:] = b"x" * 100 * KIBIBYTE
        (tmp_path / "a").unlink()

        assert look(tmp_path, disk=99 * KIBIBYTE) == "disk"
    assert look(tmp_path, disk=99 * KIBIBYTE) == ""


def test_a_file_that_was_deleted_counts_whole_where_a_page_of_it_is_mapped(tmp_path: Path) -> None:
    """Root can ask for its size; others conclude from what the file system has lost."""
    with (tmp_path / "a").open("w+b") as file:
        file.write(b"x" * 100 * KIBIBYTE)
        mapped = mmap.mmap(file.fileno(), BLOCK)
        os.fsync(file.fileno())
    duplicate = next(int(link.name) for link in Path("/proc/self/fd").iterdir() if link.resolve() == tmp_path / "a")
    os.close(duplicate)  # Python's own, so that the map alone holds the file
    try:
        held = DiskUsage(str(tmp_path), 99 * KIBIBYTE, None)
        room = iter([10**9, *[10**9 - 200 * KIBIBYTE] * 20])
        held._free = lambda: (next(room), 10**9)  # type: ignore[method-assign]
        (tmp_path / "a").unlink()

        assert "disk" in [held.check([os.getpid()]) for _ in range(3)]
    finally:
        os.open(os.devnull, os.O_RDONLY)  # what `mapped` closes
        mapped.close()


def test_a_file_too_deep_to_be_named_counts_all_the_same(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=folder)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    file = os.open("a", os.O_CREAT | os.O_RDWR, dir_fd=folder)
    os.write(file, b"x" * 1000 * KIBIBYTE)
    os.unlink("a", dir_fd=folder)

    assert look(tmp_path, files=100) == "files"
    os.close(file)
    os.close(folder)
    assert look(tmp_path, files=100) == ""


def test_a_folder_that_was_deleted_counts_with_those_above_it(tmp_path: Path) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    folder = os.open(tmp_path / "a/b/c", os.O_RDONLY)
    for name in ("a/b/c", "a/b", "a"):
        (tmp_path / name).rmdir()

    assert (look(tmp_path, files=2), look(tmp_path, files=3)) == ("files", "")
    os.close(folder)
    assert look(tmp_path, files=2) == ""


def test_maps_without_end_are_as_much_as_there_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(tmp_path, files=10) == ""
    monkeypatch.setattr(deleted_files, "_MAPS", 100)

    assert look(tmp_path, files=10) == "files"


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    for name in "abc":
        (tmp_path / "outside" / name).touch()
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")

    assert look(tmp_path / "inside", files=1) == ""


def deep(folder: Path) -> None:
    """Folders one below the other, further than a path can lead."""
    current = os.open(folder, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("a" * 250, dir_fd=current)
        following = os.open("a" * 250, os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = following
    os.close(current)


def closed(folder: Path) -> None:
    (folder / "closed").mkdir()
    for number in range(39):
        (folder / "closed" / str(number)).touch()
    (folder / "closed").chmod(0)


@pytest.mark.parametrize("make", [deep, closed])
def test_nothing_is_hidden_by_where_it_is(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path)

    assert look(tmp_path, files=40) == ""
    assert look(tmp_path, files=39) == "files"


def test_a_folder_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert look(tmp_path / "gone", files=1) == ""


def test_a_large_folder_is_walked_in_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        (tmp_path / str(number)).touch()
    monkeypatch.setattr(disk_usage, "_SLICE", -1.0)  # one step each time
    held = DiskUsage(str(tmp_path), None, 15)

    looks = [held.check([]) for _ in range(16)]

    assert looks == [*[""] * 15, "files"]


@pytest.mark.parametrize(
    ("seconds", "free", "found"),
    [
        (0.001, 10**9, ""),
        (0.001, 10**9 - 10**5, "files"),  # the file system fills
        (1.0, 10**9, "files"),  # it is time
    ],
)
def test_a_walk_is_begun_again_after_a_while_and_sooner_where_the_file_system_fills(
    seconds: float, free: int, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_usage, "_NOTABLE", 64)
    moment, room = [100.0], [10**9]
    held = DiskUsage(str(tmp_path), 10**6, 1, lambda: moment[0])
    monkeypatch.setattr(held, "_free", lambda: (room[0], 1000))
    assert held.check([]) == ""

    for name in "abc":
        (tmp_path / name).touch()
    moment[0] += seconds
    room[0] = free

    assert held.check([]) == found


def test_the_last_walk_takes_no_longer_than_it_is_worth(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / str(number)).touch()
    ticks = iter(range(0, 10_000, 3))

    assert DiskUsage(str(tmp_path), None, 10).check_at_end() == "files"
    assert DiskUsage(str(tmp_path), None, 10, now=lambda: next(ticks)).check_at_end() == ""


def test_what_was_missed_where_it_was_seen_is_looked_for_while_nothing_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "moving").mkdir()
    (tmp_path / "moving/full").write_bytes(b"x" * 100 * KIBIBYTE)
    child = os.fork()
    if not child:
        while True:
            os.sched_yield()
    held = DiskUsage(str(tmp_path), 50 * KIBIBYTE, None)
    opened, room, states = disk_usage._open_folder, [10**9], []

    def opened_after_it_moved(path: str) -> int:
        if room[0] == 10**9 and path.endswith("/moving"):
            room[0] -= 100 * KIBIBYTE
            raise FileNotFoundError
        states.append(Path(f"/proc/{child}/stat").read_text().split()[2])
        return opened(path)

    monkeypatch.setattr(disk_usage, "_open_folder", opened_after_it_moved)
    monkeypatch.setattr(held, "_free", lambda: (room[0], 1000))
    try:
        found = held.check([child])
        after = Path(f"/proc/{child}/stat").read_text().split()[2]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    assert found == "disk"
    assert states[-1] == "T"
    assert after in "RS"  # it goes on, though it may wait for a page just now
