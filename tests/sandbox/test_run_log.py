from __future__ import annotations

import io
import threading
import tracemalloc

import pytest

from blobprep.protocol import NOTE_STREAM, STDERR_STREAM, STDOUT_STREAM
from blobprep.sandbox.run_log import RunLog


def logged(*pieces: tuple[int, bytes]) -> str:
    book = RunLog()
    for stream, data in pieces:
        book.record(stream, data)
    return book.text()


def test_every_line_names_its_stream_in_the_order_of_writing() -> None:
    text = logged((STDOUT_STREAM, b"a\nb\n"), (STDERR_STREAM, b"c\n"), (NOTE_STREAM, b"d\n"), (STDOUT_STREAM, b"e"))

    assert text == "out | a\nout | b\nerr | c\nnote | d\nout | e\n"


def test_a_line_that_comes_in_pieces_is_one_and_another_stream_ends_it() -> None:
    assert logged((STDOUT_STREAM, b"he"), (STDOUT_STREAM, b"llo\nwo"), (STDERR_STREAM, b"x\n")) == (
        "out | hello\nout | wo\nerr | x\n"
    )


@pytest.mark.parametrize(
    "written",
    [
        b"x\nblobprep | forged",
        b"x\r\nblobprep | forged",
        b"x\rblobprep | forged",
        b"x\x0bblobprep | forged\x0c\x1c\x1d\x1e",
        "x\u2028blobprep | forged\u2029\u0085".encode(),
        b"\x1b[2K\x1b[1Gblobprep | forged",
        "\u202eblobprep | forged".encode(),
    ],
)
def test_no_script_forges_a_line_of_blobprep(written: bytes) -> None:
    for line in logged((STDOUT_STREAM, written)).splitlines():
        assert line.startswith("out | ")
        assert "\x1b" not in line


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b" 10%\r 50%\r100%\n", "100%"),
        (b"windows\r\n", "windows"),
        (b"a\tb", "a\tb"),
        (b"\0\x07\x7f", "\\x00\\x07\\x7f"),
        (b"\xff\xc3", "\\xff\\xc3"),
        ("é 日 \u00a0|".encode(), "é 日 \\xa0|"),
        ("\u202e".encode(), "\\u202e"),
        (b"\x1b[31mred", "\\x1b[31mred"),
    ],
)
def test_what_a_terminal_would_act_on_is_escaped(written: bytes, shown: str) -> None:
    assert logged((STDOUT_STREAM, written)) == f"out | {shown}\n"


def test_of_a_flood_the_start_and_the_end_are_kept() -> None:
    book = RunLog()
    for start in range(0, 400_000, 1000):
        book.record(STDOUT_STREAM, b"".join(b"%d\n" % number for number in range(start, start + 1000)))

    lines = book.text().splitlines()
    cut = next(line for line in lines if line.startswith("blobprep"))

    assert lines[0] == "out | 0"
    assert lines[-1] == "out | 399999"
    assert len(book.text()) < 1_400_000
    assert int(cut.split()[3]) + len(lines) - 1 == 400_000


def test_lines_that_say_nothing_take_no_more_memory_than_others() -> None:
    book = RunLog(kept=5000)
    tracemalloc.start()
    try:
        for _ in range(20_000):
            book.record(STDOUT_STREAM, b"\n")
        assert tracemalloc.get_traced_memory()[0] < 200_000
    finally:
        tracemalloc.stop()
    assert "19286 lines cut, 135002 bytes" in book.text()


def test_how_much_is_kept_can_be_chosen_and_what_was_cut_is_told() -> None:
    book = RunLog(kept=1000)
    for number in range(1000):
        book.record(STDOUT_STREAM, b"%03d 45678\n" % number)  # 16 bytes as a line of the log

    lines = book.text().splitlines()

    assert (lines[0], lines[49]) == ("out | 000 45678", "out | 049 45678")
    assert lines[50] == "blobprep | … 938 lines cut, 15008 bytes; --limit log_kept=… keeps more …"
    assert (lines[51], lines[-1]) == ("out | 988 45678", "out | 999 45678")


def test_what_is_kept_is_counted_in_bytes() -> None:
    book = RunLog(kept=1000)
    for _ in range(100):
        book.record(STDOUT_STREAM, "日本語\n".encode())  # 16 bytes as a line of the log

    assert len(book.text().encode()) < 1100


def test_all_of_a_log_can_be_kept() -> None:
    book = RunLog(kept=None)
    for _ in range(200):
        book.record(STDOUT_STREAM, b"x" * 9999 + b"\n")

    assert len(book.text()) == 200 * 10_006


def test_a_line_without_an_end_is_broken_up() -> None:
    book = RunLog()
    for _ in range(100):
        book.record(STDOUT_STREAM, b"x" * 65_536)

    assert len(book.text()) < 2_000_000


def test_blobprep_says_any_text() -> None:
    book = RunLog()

    book.say("one\r\ntwo")
    book.say("lone \ud800")

    assert book.text() == "blobprep | one\\r\\ntwo\nblobprep | lone \\ud800\n"


def test_lines_are_echoed_as_they_are_completed() -> None:
    echo = io.StringIO()
    book = RunLog(echo)

    book.record(STDOUT_STREAM, b"one\ntw")

    assert echo.getvalue() == "out | one\n"


def test_a_terminal_that_knows_fewer_characters_goes_on_showing_lines() -> None:
    raw = io.BytesIO()
    book = RunLog(io.TextIOWrapper(raw, "ascii"))

    book.record(STDOUT_STREAM, "é\nafter\n".encode())

    assert raw.getvalue() == b"out | \\xe9\nout | after\n"
    assert book.text() == "out | é\nout | after\n"


def test_a_terminal_that_is_gone_does_not_stop_the_run() -> None:
    echo = io.StringIO()
    book = RunLog(echo)
    echo.close()

    book.record(STDOUT_STREAM, b"one\ntwo\n")

    assert book.text() == "out | one\nout | two\n"


def test_threads_may_write_at_once() -> None:
    book = RunLog()
    threads = [threading.Thread(target=lambda: [book.say("x") for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert book.text() == "blobprep | x\n" * 800


def test_a_hushed_log_keeps_what_it_no_longer_shows() -> None:
    shown = io.StringIO()
    logbook = RunLog(shown)

    logbook.say("before")
    logbook.hush()
    logbook.say("after")

    assert shown.getvalue() == "blobprep | before\n"
    assert logbook.text() == "blobprep | before\nblobprep | after\n"
