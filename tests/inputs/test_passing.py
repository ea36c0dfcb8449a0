"""Inputs larger than the room for them: fetched as they are read, and let go behind."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from blobprep.inputs.fetch import Fetch
from blobprep.inputs.resolve import ResolvedInput
from blobprep.inputs.spool import InputSpool
from blobprep.stores.location import PinnedBlob
from blobprep.tables import streaming_input
from blobprep.tables.codecs.csv import parse
from blobprep.tables.codecs.division import divide
from blobprep.tables.streaming_input import InputFile
from tests.runs.arranging import memory, put
from tests.tables.test_codecs import asked

RANGE = 1 << 14


class Passing:
    """A fetch and the file that a child reads of it, in one process."""

    def __init__(self, data: bytes) -> None:
        location = put(memory(), "big.csv", data)
        self.spool = InputSpool("dataset1", len(data))
        resolved = ResolvedInput("dataset1", "", (PinnedBlob(location, location.properties()),), self.spool)
        self.fetch = Fetch([resolved], range_size=RANGE, on_demand=True)
        self.most, self.released = 0, 0
        self.file = InputFile(self.spool.readable, len(data), self._need, self._release)
        self.fetch.start(lambda port, offset, end: self.file.fill(offset, end), self.file.fail)

    def _need(self, offset: int, length: int) -> None:
        self.fetch.need("dataset1", offset, length)

    def _release(self, end: int) -> None:
        self.most = max(self.most, self.held())
        self.released = end
        self.fetch.release("dataset1", end)

    def held(self) -> int:
        """Return the bytes that the input has in memory or on disk."""
        return os.fstat(self.spool.writable).st_blocks * 512

    def close(self) -> None:
        self.fetch.close()
        self.spool.close()


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Passing]]:
    for name, size in (("_AHEAD", 8 * RANGE), ("_BEHIND", 4 * RANGE), ("_STEP", 2 * RANGE)):
        monkeypatch.setattr(streaming_input, name, size)
    monkeypatch.setattr(parse, "_BLOCKS", (2 * RANGE, 1 << 30))
    made: list[Passing] = []
    yield made
    for one in made:
        one.close()


def text(rows: int, odd: str = "") -> bytes:
    lines = [f"{number},name {number}" for number in range(rows)]
    return "\n".join(["n,t", *lines, odd, "8,x"]).encode()


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="holes are Linux's")
def test_a_text_that_passes_by_is_never_held_whole(passing: list[Passing]) -> None:
    data = text(150_000)
    passing.append(read := Passing(data))

    division = divide(read.file, asked("csv", len(data)), 50_000)

    assert [piece.rows for piece in division.pieces] == [50_000, 50_000, 50_000, 1]
    assert read.released > len(data) - 16 * RANGE
    assert read.most < 40 * RANGE < len(data) / 3


def test_what_was_let_go_is_fetched_again_where_reading_begins_anew(passing: list[Passing]) -> None:
    data = text(40_000, '7,"a\nb"')  # which the parser of blocks leaves to another, that begins anew
    passing.append(read := Passing(data))
    whole = divide(read.file, asked("csv", len(data)), 30_000)
    assert read.released
    bare = InputFile(read.spool.readable, len(data))
    read.fetch.need("dataset1", 0, len(data))
    read.file.wait(0, len(data))

    assert whole == divide(bare, asked("csv", len(data)), 30_000)
    assert [piece.rows for piece in whole.pieces] == [30_000, 10_002]
