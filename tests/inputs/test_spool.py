from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blobprep.errors import LimitError
from blobprep.inputs.spool import MEMORY_LIMIT, InputSpool
from blobprep.unnamed_files import bounded_file, memory_file, no_room, read_bounded
from tests.remains import descriptors, leaving_nothing
from tests.sandbox.ordinary import ordinary_folder


def test_ranges_may_be_filled_in_any_order() -> None:
    with InputSpool("dataset1", 6) as held:
        held.write(3, b"def")
        held.write(0, b"abc")
        assert held.read(0, 6) == b"abcdef"


def test_a_read_beyond_the_end_is_short() -> None:
    with InputSpool.holding("dataset1", b"abc") as held:
        assert held.read(2, 10) == b"c"


def test_a_file_has_its_whole_size_from_the_start() -> None:
    with InputSpool("dataset1", 1000) as held:
        assert os.fstat(held.readable).st_size == 1000


def test_an_empty_input_is_an_empty_file() -> None:
    with InputSpool.holding("dataset1", b"") as held:
        assert held.size == 0
        assert held.read(0, 1) == b""


def test_what_the_child_gets_cannot_be_written_to() -> None:
    with InputSpool("dataset1", 1) as held, pytest.raises(OSError, match="Bad file descriptor"):
        os.write(held.readable, b"x")


@pytest.mark.skipif(sys.platform != "linux", reason="only there can a descriptor be opened again")
@pytest.mark.parametrize("size", [10, MEMORY_LIMIT + 1])
def test_what_the_child_gets_is_not_opened_again_for_writing_by_its_owner(size: int) -> None:
    """An ordinary user owns what he made; root is one too once he has no capabilities."""
    with ordinary_folder() as folder, using_for_temporary_files(folder), InputSpool("dataset1", size) as held:
        held.write(0, b"content")
        with pytest.raises(PermissionError):
            os.open(f"/proc/self/fd/{held.readable}", os.O_RDWR)
        folder.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="only there are seals")
def test_an_input_in_memory_keeps_its_size() -> None:
    with InputSpool("dataset1", 10) as held:
        for size in (9, 11):
            with pytest.raises(PermissionError):
                os.ftruncate(held.writable, size)
        with pytest.raises(PermissionError):
            os.pwrite(held.writable, b"x", 10)


def test_a_bounded_file_gives_back_what_was_written_and_holds_no_more() -> None:
    descriptor = bounded_file("facts", 1 << 20)
    try:
        assert read_bounded(descriptor) == b""
        os.write(descriptor, b"facts")
        assert read_bounded(descriptor) == b"facts"
        os.pwrite(descriptor, b"x" * (1 << 20), 0)
        assert read_bounded(descriptor) == b"x" * (1 << 20)
        if sys.platform == "linux":
            with pytest.raises(PermissionError):
                os.pwrite(descriptor, b"more", 1 << 20)
    finally:
        os.close(descriptor)


@contextmanager
def using_for_temporary_files(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


@pytest.mark.parametrize("size", [1, MEMORY_LIMIT + 1])
def test_an_input_has_no_name_in_any_folder(size: int) -> None:
    with InputSpool("dataset1", size) as held:
        status = os.fstat(held.readable)
        assert stat.S_ISREG(status.st_mode)
        assert status.st_nlink == 0


@pytest.mark.parametrize(("size", "in_memory"), [(MEMORY_LIMIT, True), (MEMORY_LIMIT + 1, False)])
def test_a_large_input_is_on_disk_and_not_in_memory(size: int, in_memory: bool) -> None:
    with InputSpool("dataset1", size) as held:
        assert descriptors()[str(held.readable)].startswith("/memfd:") == in_memory


def test_descriptors_do_not_reach_sub_processes() -> None:
    with InputSpool("dataset1", MEMORY_LIMIT + 1) as held:
        assert not os.get_inheritable(held.readable)
        assert not os.get_inheritable(held.writable)


def test_closing_gives_back_all_descriptors() -> None:
    with leaving_nothing():
        InputSpool.holding("dataset1", b"abc").close()


def test_a_whole_input_may_be_given_as_a_view() -> None:
    with InputSpool.holding("dataset1", memoryview(b"abc")) as held:
        assert (held.size, held.read(0, 3)) == (3, b"abc")


def test_an_input_without_room_is_a_limit_and_leaves_nothing_open(small_disk: None) -> None:
    with leaving_nothing(), pytest.raises(LimitError, match=r"no room for bundle, 2097152 bytes"):
        InputSpool.holding("bundle", bytes(2 << 20))


def test_no_room_says_for_what_and_where_room_might_be() -> None:
    error = no_room("az://c/b.csv", 5, OSError(errno.ENOSPC, ""))
    assert str(error) == (
        "there is no room for az://c/b.csv, 5 bytes: No space left on device (set TMPDIR to a folder with room)"
    )


def test_a_memory_file_can_be_written_and_read() -> None:
    descriptor = memory_file("facts")
    os.write(descriptor, b"facts")
    assert os.pread(descriptor, 10, 0) == b"facts"
    os.close(descriptor)
