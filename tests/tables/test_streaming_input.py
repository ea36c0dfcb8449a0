from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blobprep.tables.streaming_input import ArrivalFailed, InputFile

DATA = bytes(range(256)) * 4


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "input"
    path.write_bytes(DATA)
    number = os.open(path, os.O_RDONLY)
    yield number
    os.close(number)


def test_a_whole_input_reads_like_a_file(descriptor: int) -> None:
    file = InputFile(descriptor, len(DATA))

    assert (file.readable(), file.seekable(), file.writable()) == (True, True, False)
    assert file.read(3) == DATA[:3]
    assert file.tell() == 3
    assert file.seek(-2, os.SEEK_END) == len(DATA) - 2
    assert file.read() == DATA[-2:]
    assert file.read(10) == b""
    assert file.seek(-9999) == 0
    buffer = bytearray(5)
    assert file.readinto(memoryview(buffer)) == 5
    assert bytes(buffer) == DATA[:5]
    assert file.read(None) == DATA[5:]
    assert bytes(file.map_all()) == DATA


def test_an_empty_input_is_whole(descriptor: int) -> None:
    file = InputFile(descriptor, 0, lambda offset, length: None)

    assert file.read() == b""
    assert bytes(file.map_all()) == b""


def test_a_reader_asks_for_what_it_waits_for_and_gets_it(descriptor: int) -> None:
    needed = []

    def fill(offset: int, length: int) -> None:
        needed.append((offset, length))
        threading.Thread(target=lambda: file.fill(offset, offset + length)).start()

    file = InputFile(descriptor, len(DATA), fill)

    assert file.read_at(1000, 100) == DATA[1000:]
    assert file.read_at(1010, 5) == DATA[1010:1015]
    assert needed == [(1000, 24)]


def test_a_reader_is_told_when_the_rest_will_never_come(descriptor: int) -> None:
    file = InputFile(descriptor, len(DATA), lambda offset, length: file.fail())
    file.fill(0, 10)

    assert file.read_at(0, 10) == DATA[:10]
    with pytest.raises(ArrivalFailed):
        file.read_at(5, 10)
    with pytest.raises(ArrivalFailed):
        file.map_all()


def test_an_input_shorter_than_announced_is_no_input(descriptor: int) -> None:
    with pytest.raises(ArrivalFailed, match="shorter"):
        InputFile(descriptor, len(DATA) + 1).read()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ranges=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), max_size=8),
    wanted=st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted),
)
def test_exactly_what_has_arrived_can_be_read(descriptor: int, ranges: list[list[int]], wanted: list[int]) -> None:
    file = InputFile(descriptor, 60, lambda offset, length: file.fail())
    there = set()
    for start, end in ranges:
        file.fill(start, end)
        there.update(range(start, end))
    start, end = wanted

    if set(range(start, end)) <= there:
        assert file.read_at(start, end - start) == DATA[start:end]
    else:
        with pytest.raises(ArrivalFailed):
            file.read_at(start, end - start)
