from __future__ import annotations

import io
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.legacy.transfers import windows
from blobprep.legacy.transfers.threads import work_through
from blobprep.legacy.transfers.windows import Window
from tests.legacy.transfers.conftest import content

DATA = content(100)
MOVES = st.one_of(
    st.tuples(st.just("read"), st.integers(-1, 60), st.just(0)),
    st.tuples(st.just("seek"), st.integers(0, 60), st.just(io.SEEK_SET)),
)


@pytest.fixture(autouse=True)
def buffered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few bytes are buffered, so that the buffer is replaced often."""
    monkeypatch.setattr(windows, "_MOST_BUFFERED", 8)


@given(start=st.integers(0, 60), length=st.integers(0, 40), moves=st.lists(MOVES, max_size=12))
def test_a_window_reads_as_a_stream_of_its_bytes_would(
    start: int, length: int, moves: list[tuple[str, int, int]]
) -> None:
    window = Window(io.BytesIO(DATA), start, length, Lock())
    alone = io.BytesIO(DATA[start : start + length])

    for name, amount, whence in moves:
        if name == "read":
            assert window.read(amount) == alone.read(amount)
        else:
            window.seek(amount, whence)
            alone.seek(min(amount, length))
        assert window.tell() == alone.tell()


def test_windows_share_a_stream_between_threads() -> None:
    stream, lock = io.BytesIO(DATA), Lock()
    shared = [Window(stream, start, 10, lock) for start in range(0, 100, 10)]

    def read(window: Window) -> bytes:
        return b"".join(iter(lambda: window.read(3), b""))

    assert b"".join(work_through(shared, read, 5)) == DATA


def test_a_window_ends_with_its_stream() -> None:
    assert Window(io.BytesIO(DATA), 90, 40, None).read() == DATA[90:]


@pytest.mark.parametrize(
    ("offset", "whence", "position"),
    [(5, 0, 5), (50, 0, 30), (-5, 0, 0), (5, 1, 15), (-50, 1, 0), (0, 2, 30), (10, 2, 20), (-10, 2, 30)],
)
def test_moving_stays_within_the_window_and_counts_back_from_its_end(offset: int, whence: int, position: int) -> None:
    window = Window(io.BytesIO(DATA), 20, 30, None)
    window.read(10)

    assert window.seek(offset, whence) == position == window.tell()
    assert window.read() == DATA[20 + position : 50]


def test_what_a_window_cannot_do_is_refused() -> None:
    class Rigid:
        def read(self, size: int) -> bytes:
            return b""

    with pytest.raises(ValueError, match=r"^Wrapped stream must support seek\(\)\.$"):
        Window(Rigid(), 0, 10, None)
    window = Window(io.BytesIO(DATA), 0, 10, None)
    with pytest.raises(ValueError, match="whence"):
        window.seek(0, 7)
    window.close()
    with pytest.raises(ValueError, match=r"^Stream is closed\.$"):
        window.read(1)


def test_closing_a_window_leaves_its_stream_open() -> None:
    stream = io.BytesIO(DATA)

    with Window(stream, 0, 10, None) as window:
        assert len(window) == 10
        assert window.readable()
        assert window.seekable()

    assert not stream.closed


def test_a_stream_that_moves_elsewhere_is_not_read() -> None:
    class Slipping(io.BytesIO):
        def tell(self) -> int:
            return 7

    with pytest.raises(OSError, match="failed to seek"):
        Window(Slipping(DATA), 20, 10, None).read(1)
