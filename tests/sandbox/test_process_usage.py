"""What processes use, as `/proc` tells of this one and of children that hide something."""

from __future__ import annotations

import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from blobprep.sandbox.guard import process_usage
from blobprep.sandbox.guard.process_usage import (
    Usage,
    children_of,
    holds_too_many_locks,
    live_folder,
    proportional_memory,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a /proc")

# The first thread ends, another one stays, with memory, a descriptor and the CPU time of both.
HEADLESS = """
import ctypes, os, threading
def stay():
    while open(f"/proc/{os.getpid()}/stat").read().rpartition(")")[2].split()[0] != "Z": pass
    held = bytearray(b"x" * (64 << 20)), open("/proc/self/comm")
    print("ready", flush=True)
    input()
    os._exit(0)
threading.Thread(target=stay).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
"""


@pytest.fixture
def headless() -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-c", HEADLESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


def test_a_process_whose_first_thread_has_ended_holds_what_the_others_do(headless: int) -> None:
    used = Usage(headless)

    assert used.memory > 64 << 20
    assert proportional_memory(used) > 64 << 20
    assert used.threads >= 1
    assert live_folder(headless) == used.path != f"/proc/{headless}"


def test_a_process_that_has_ended_uses_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    used = Usage(process.pid)

    assert (used.memory, used.threads, used.seconds, used.kernel_memory(), proportional_memory(used)) == (0, 0, 0, 0, 0)
    assert children_of(process.pid) == []


def test_sockets_and_pipes_count_as_if_they_were_full() -> None:
    before = Usage(os.getpid()).kernel_memory()
    pair, pipe = socket.socketpair(), os.pipe()
    again = os.dup(pair[0].fileno())
    try:
        more = Usage(os.getpid()).kernel_memory() - before
    finally:
        for end in pair:
            end.close()
        for number in (*pipe, again):
            os.close(number)

    assert 2 * 200_000 + 65_536 <= more < 10**7


def test_what_is_watched_counts_by_the_piece_and_without_end_where_it_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with select.epoll() as watching:
        before = Usage(os.getpid()).kernel_memory()
        numbers = [os.eventfd(0) for _ in range(100)]
        try:
            for number in numbers:
                watching.register(number, select.EPOLLIN)
            assert Usage(os.getpid()).kernel_memory() - before == 100 * 256
            monkeypatch.setattr(process_usage, "_TEXT", 1000)
            assert Usage(os.getpid()).kernel_memory() == float("inf")
        finally:
            for number in numbers:
                os.close(number)


def test_locks_on_files_count_for_those_who_hold_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_usage, "_LOCKS", 20)
    with (tmp_path / "file").open("w") as file:
        for start in range(0, 42, 2):
            fcntl.fcntl(file, fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, start, 1, 0))

        assert holds_too_many_locks([os.getpid()])
        assert not holds_too_many_locks([1])
        monkeypatch.setattr(process_usage, "_LOCKS", 10_000)
        assert not holds_too_many_locks([os.getpid()])
