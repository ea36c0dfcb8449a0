from __future__ import annotations

import gc
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from blobprep.child.script.streams import Recorder, record_output
from blobprep.protocol import NOTE_STREAM, STDERR_STREAM, STDOUT_STREAM, LogRecord, unpack_records


def capture(script: Callable[[Recorder], object]) -> list[LogRecord]:
    """Run something under recorded streams; return what came over the channel."""
    reading, writing = os.pipe()
    buffer = bytearray()

    def drain() -> None:
        while data := os.read(reading, 1 << 16):
            buffer.extend(data)

    thread = threading.Thread(target=drain)
    thread.start()
    try:
        recorder = Recorder(writing)
        try:
            with record_output(recorder):
                script(recorder)
        finally:
            recorder.close()
    finally:
        os.close(writing)
        thread.join()
        os.close(reading)
    records = list(unpack_records(buffer))
    assert not buffer
    return records


def joined(records: list[LogRecord], stream: int) -> bytes:
    return b"".join(record.data for record in records if record.stream == stream)


def test_both_streams_keep_their_order_and_identity() -> None:
    def script(recorder: Recorder) -> None:
        print("one")
        print("two", file=sys.stderr)
        recorder.say("three")
        sys.stdout.write("fo")
        sys.stderr.write("five\n")
        sys.stdout.write("ur")

    assert capture(script) == [
        LogRecord(STDOUT_STREAM, b"one\n"),
        LogRecord(STDERR_STREAM, b"two\n"),
        LogRecord(NOTE_STREAM, b"three\n"),
        LogRecord(STDOUT_STREAM, b"fo"),
        LogRecord(STDERR_STREAM, b"five\n"),
        LogRecord(STDOUT_STREAM, b"ur"),
    ]


def test_bytes_and_text_that_is_no_utf8_are_taken() -> None:
    def script(_: Recorder) -> None:
        sys.stdout.buffer.write(b"\xff\x00")
        print("\ud800 \u00e9")

    assert joined(capture(script), STDOUT_STREAM) == b"\xff\x00\\ud800 \xc3\xa9\n"


def test_a_large_write_arrives_whole() -> None:
    text = "x" * 1_000_000

    assert joined(capture(lambda _: print(text)), STDOUT_STREAM) == text.encode() + b"\n"


def test_lines_of_threads_are_not_lost() -> None:
    def script(_: Recorder) -> None:
        threads = [
            threading.Thread(target=lambda: [sys.stdout.write(f"{number:04}\n") for number in range(500)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    lines = joined(capture(script), STDOUT_STREAM).split()

    assert sorted(lines) == sorted([b"%04d" % number for number in range(500)] * 4)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: getattr(sys, "stdout").close(),  # noqa: B009  it is not this one
        lambda: setattr(sys, "stdout", None),
        lambda: setattr(sys, "stderr", io.StringIO()),
        lambda: getattr(sys, "stdout").detach(),  # noqa: B009
    ],
    ids=["close", "none", "replace", "detach"],
)
def test_the_streams_come_back_whatever_the_script_did_to_them(spoil: Callable[[], object]) -> None:
    before = sys.stdout, sys.stderr

    def script(_: Recorder) -> None:
        print("said")
        spoil()

    assert joined(capture(script), STDOUT_STREAM) == b"said\n"
    assert (sys.stdout, sys.stderr) == before


def test_a_finalizer_that_prints_while_its_thread_prints_does_not_lock_up(monkeypatch: pytest.MonkeyPatch) -> None:
    write, depth = os.write, []

    def interrupted(descriptor: int, data: bytes) -> int:
        if not depth:  # a signal handler, or the collector, runs at such a point
            depth.append(1)
            print("from the finalizer", file=sys.stderr)
        return write(descriptor, data[:7])

    def script(_: Recorder) -> None:
        monkeypatch.setattr(os, "write", interrupted)
        print("from the script")
        monkeypatch.undo()

    assert capture(script) == [
        LogRecord(STDOUT_STREAM, b"from the script\n"),
        LogRecord(STDERR_STREAM, b"from the finalizer\n"),
    ]


def test_a_signal_handler_may_print() -> None:
    def script(_: Recorder) -> None:
        for number in range(200):
            print(number)
            os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, lambda *_: print("signal", file=sys.stderr))
    try:
        records = capture(script)
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert joined(records, STDERR_STREAM) == b"signal\n" * 200


def test_a_fork_repeats_nothing_and_loses_nothing() -> None:
    def script(_: Recorder) -> None:
        sys.stdout.write("before ")
        pid = os.fork()
        if not pid:
            try:
                sys.stdout.write("child\n")
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        sys.stdout.write("parent\n")

    assert joined(capture(script), STDOUT_STREAM) == b"before child\nparent\n"


def test_a_stream_used_after_the_run_writes_nowhere() -> None:
    kept = []
    capture(lambda _: kept.append(sys.stdout))
    reading, writing = os.pipe()  # the number of the log's descriptor is used again

    kept[0].write("too late\n")

    os.close(writing)
    assert os.read(reading, 10) == b""
    os.close(reading)


def test_a_recorder_nobody_keeps_is_forgotten() -> None:
    from blobprep.child.script import streams

    gc.collect()  # what earlier tests left
    before = len(streams._recorders)
    capture(lambda _: None)
    gc.collect()

    assert len(streams._recorders) <= before


def test_streams_name_the_descriptors_sub_processes_get() -> None:
    def script(_: Recorder) -> None:
        assert (sys.stdout.fileno(), sys.stderr.fileno()) == (1, 2)
        assert not sys.stdout.isatty()
        subprocess.run([sys.executable, "-c", ""], stdout=sys.stdout, check=True)

    capture(script)
