from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.legacy.transfers.chunks import Chunk, read_chunks, read_exactly
from tests.legacy.transfers.conftest import Unseekable, content


@given(data=st.binary(max_size=200), size=st.integers(1, 50), most=st.integers(1, 60))
def test_chunks_are_full_but_for_the_last_however_little_a_stream_gives(data: bytes, size: int, most: int) -> None:
    chunks = list(read_chunks(Unseekable(io.BytesIO(data), most), size, None))

    assert b"".join(chunk.data for chunk in chunks) == data
    assert [chunk.offset for chunk in chunks] == list(range(0, len(data), size))
    assert all(len(chunk.data) == size for chunk in chunks[:-1])


@pytest.mark.parametrize(("total", "read"), [(1, 1), (40, 40), (41, 41), (99, 99), (100, 100), (150, 100), (0, 100)])
def test_no_more_than_the_total_is_read_of_a_stream(total: int, read: int) -> None:
    stream = io.BytesIO(content(100))

    chunks = list(read_chunks(stream, 40, total))

    assert b"".join(chunk.data for chunk in chunks) == content(read)
    assert stream.tell() == read


def test_an_empty_stream_has_no_chunks() -> None:
    assert list(read_chunks(io.BytesIO(), 40, None)) == []


def test_reading_begins_where_the_stream_stands() -> None:
    stream = io.BytesIO(content(50))
    stream.seek(30)

    assert list(read_chunks(stream, 15, None)) == [Chunk(0, content(50)[30:45]), Chunk(15, content(50)[45:])]


def test_a_stream_of_text_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^temp should be of type bytes\.$"):
        list(read_chunks(io.StringIO("text"), 40, None))


def test_a_stream_that_has_nothing_now_has_ended() -> None:
    class Waiting:
        def read(self, size: int) -> None:
            return None

    assert list(read_chunks(Waiting(), 40, None)) == []


@pytest.mark.parametrize(("count", "read"), [(0, 0), (3, 3), (100, 100), (-10, 90)])
def test_exactly_as_much_is_read_as_was_counted(count: int, read: int) -> None:
    assert read_exactly(Unseekable(io.BytesIO(content(100)), 7 if count > 0 else None), count) == content(read)


def test_a_count_beyond_the_stream_is_refused() -> None:
    stream: Any = io.BytesIO(content(10))

    with pytest.raises(ValueError, match=r"^Parameter:count is greater than the amount of data in the stream,please"):
        read_exactly(stream, 11)
