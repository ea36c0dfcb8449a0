"""The parent's side of the protocol, with a child that is a few sockets here."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobprep.errors import IsolationUnavailable
from blobprep.protocol import Ask, encode_frame, pack_record
from blobprep.sandbox.host import Channels, Report
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import Child
from tests.generating import json_values


@dataclass
class Puppet:
    """A host whose child does what a test tells it."""

    channels: Channels
    control: socket.socket
    life_theirs: socket.socket
    log: int
    out: int
    life_ours: socket.socket
    folder: str = "/nowhere"
    measures: tuple[str, ...] = ()
    killed: threading.Event = field(default_factory=threading.Event)
    clocks_started: int = 0

    @classmethod
    def make(cls) -> Puppet:
        control, theirs = socket.socketpair()
        life, life_theirs = socket.socketpair()
        log, log_theirs = os.pipe()
        out, out_theirs = os.pipe()
        return cls(Channels(control, log, out, None), theirs, life_theirs, log_theirs, out_theirs, life)

    def work(self) -> None:
        pass

    def life(self) -> socket.socket:
        return self.life_ours

    def ended(self, line: bytes) -> Report | None:
        return Report(int(line))

    def start_clock(self) -> None:
        self.clocks_started += 1

    def kill(self) -> None:
        self.killed.set()

    def end(self) -> None:
        self.life_theirs.close()

    def close(self) -> None:
        self.channels.control.close()
        self.control.close()
        self.life_ours.close()
        assert self.channels.out is not None
        for descriptor in (self.channels.log, self.channels.out, self.log, self.out):
            os.close(descriptor)


@pytest.fixture
def puppet() -> Puppet:
    return Puppet.make()


@pytest.fixture
def book() -> RunLog:
    return RunLog()


@pytest.fixture
def child(puppet: Puppet, book: RunLog) -> Iterator[Child]:
    with Child(puppet, book) as made:
        yield made


def test_what_was_written_before_the_end_is_heard_in_any_case(puppet: Puppet, child: Child, book: RunLog) -> None:
    os.write(puppet.log, pack_record(1, b"recorded\n") + pack_record(2, b"cut")[:-1])
    os.write(puppet.out, b"raw\n")
    puppet.control.sendall(encode_frame("confined") + encode_frame("ended"))
    puppet.life_theirs.sendall(b"0\n")

    ending = child.wait(30)

    assert (ending.code, ending.complete, ending.asked) == (0, True, False)
    assert sorted(book.text().splitlines()) == ["out | raw", "out | recorded"]


def test_a_child_that_does_not_listen_holds_nobody_up(puppet: Puppet, child: Child) -> None:
    for number in range(5000):  # far more than a socket holds
        child.filled("dataset1", number, number + 1)

    with puppet.control.makefile("rb") as file:
        heard = [json.loads(file.readline())["offset"] for _ in range(5000)]
    assert heard == list(range(5000))


def test_what_nobody_hears_is_dropped_at_the_end(puppet: Puppet) -> None:
    with Child(puppet, RunLog()) as child:
        for number in range(5000):
            child.filled("dataset1", number, number + 1)
        puppet.life_theirs.sendall(b"0\n")
        child.wait(30)


def test_a_process_that_outlived_the_child_and_goes_on_writing_does_not_hold_the_parent(
    puppet: Puppet, child: Child
) -> None:
    stopped = threading.Event()

    def flood() -> None:
        while not stopped.is_set():
            try:
                os.write(puppet.out, b"x" * 1000 + b"\n")
            except BlockingIOError:
                pass

    os.set_blocking(puppet.out, False)
    thread = threading.Thread(target=flood)
    thread.start()
    try:
        puppet.life_theirs.sendall(b"0\n")
        assert child.wait(60).code == 0
    finally:
        stopped.set()
        thread.join()


def test_a_child_that_ended_before_it_was_asked_was_not_asked(puppet: Puppet, child: Child) -> None:
    puppet.control.sendall(encode_frame("confined"))
    puppet.control.close()

    child.ask(Ask("head"), {})
    puppet.life_theirs.sendall(b"1\n")

    assert child.wait(30).asked is False


def test_a_child_that_never_confines_itself_is_given_up(puppet: Puppet, child: Child, book: RunLog) -> None:
    child.ask(Ask("head"), {}, seconds=0.01)

    assert puppet.killed.is_set()
    assert "did not start" in book.text()


@pytest.mark.parametrize(
    "line",
    [
        b"garbage\n",
        b"{}\n",
        b'{"frame": "unknown"}\n',
        b'{"frame": ["need"]}\n',
        b'{"frame": "need"}\n',
        b'{"frame": "need", "port": "dataset1", "offset": 1e999, "length": 1}\n',
        b'{"frame": "need", "port": "dataset1", "offset": "x", "length": 1}\n',
        b'{"frame": "need", "port": "dataset1", "offset": NaN, "length": 1}\n',
        b"[" * 5000 + b"\n",
        b"x" * 9000,
    ],
)
def test_a_child_that_breaks_the_protocol_is_killed(puppet: Puppet, child: Child, book: RunLog, line: bytes) -> None:
    puppet.control.sendall(line)

    assert puppet.killed.wait(30)
    puppet.life_theirs.sendall(b"-9\n")
    child.wait(30)
    assert "the child broke the protocol" in book.text()


@pytest.mark.parametrize(
    "frames",
    [
        ["prepared", "prepared"],
        ["script", "script"],
        ["ended", "ended"],
        ["script", '{"frame": "need", "port": "dataset1", "offset": 0, "length": 1}'],
    ],
)
def test_a_child_that_repeats_itself_or_needs_more_than_its_inputs_is_killed(
    puppet: Puppet, child: Child, book: RunLog, frames: list[str]
) -> None:
    for frame in frames:
        puppet.control.sendall(encode_frame(frame) if frame.isalpha() else frame.encode() + b"\n")

    assert puppet.killed.wait(30)
    puppet.life_theirs.sendall(b"-9\n")
    child.wait(30)
    assert "the child broke the protocol: unexpected frame" in book.text()


_FRAMES = st.builds(
    lambda name, values: json.dumps({**values, "frame": name}).encode(),
    st.sampled_from(["confined", "prepared", "need", "ended", "ask", "filled"]) | json_values,
    st.dictionaries(st.sampled_from(["port", "offset", "length", "x"]), json_values),
)


@settings(max_examples=30)
@given(st.lists(_FRAMES | st.binary(max_size=50), max_size=6), st.binary(max_size=100), st.binary(max_size=50))
def test_whatever_a_child_sends_the_parent_hears_its_end(lines: list[bytes], log: bytes, out: bytes) -> None:
    puppet, book = Puppet.make(), RunLog()
    needed: list[tuple[str, int, int]] = []
    ended = threading.Event()
    with Child(puppet, book) as child:
        child.subscribe(lambda *need: needed.append(need), ended.set)
        puppet.control.sendall(b"".join(line + b"\n" for line in lines))
        os.write(puppet.log, log)
        os.write(puppet.out, out)
        puppet.life_theirs.sendall(b"0\n")

        assert child.wait(30).code == 0
        assert ended.wait(30)

    assert all(isinstance(port, str) and type(offset) is type(length) is int for port, offset, length in needed)
    assert all(line.startswith(("out | ", "err | ", "note | ", "blobprep | ")) for line in book.text().splitlines())


def test_who_subscribes_to_a_child_that_has_ended_hears_of_its_end_at_once(puppet: Puppet, child: Child) -> None:
    puppet.life_theirs.sendall(b"0\n")
    child.wait(30)
    ended: list[bool] = []

    child.subscribe(lambda *need: None, lambda: ended.append(True))

    assert ended == [True]


def test_frames_that_come_in_pieces_are_whole(puppet: Puppet, child: Child) -> None:
    needed = []
    child.subscribe(lambda *need: needed.append(need), lambda: None)
    for byte in encode_frame("need", port="dataset1", offset=5, length=7) * 2:
        puppet.control.sendall(bytes([byte]))
    puppet.life_theirs.sendall(b"0\n")

    child.wait(30)

    assert needed == [("dataset1", 5, 7)] * 2


def test_a_limit_of_time_kills_and_is_the_cause(puppet: Puppet, child: Child) -> None:
    threading.Thread(target=lambda: puppet.killed.wait() and puppet.life_theirs.sendall(b"-9\n")).start()
    puppet.control.sendall(encode_frame("confined") + encode_frame("prepared"))

    ending = child.wait(0.01)

    assert (ending.cause, ending.code) == ("time", -9)


def test_announcing_to_a_child_that_is_gone_is_no_error(puppet: Puppet, child: Child) -> None:
    puppet.control.close()

    for _ in range(3):
        child.filled("dataset1", 0, 1)


def test_what_a_child_is_confined_by_is_told(puppet: Puppet, child: Child) -> None:
    puppet.control.sendall(encode_frame("confined", measures=["seccomp"]))

    assert child.require_confined() == ("seccomp",)


def test_a_child_that_is_not_confined_is_asked_nothing(puppet: Puppet, child: Child) -> None:
    puppet.control.sendall(encode_frame("unconfined", reason="it could fork"))

    with pytest.raises(IsolationUnavailable, match="it could fork; nothing was run"):
        child.ask(Ask("run"), {})

    puppet.control.setblocking(False)
    with pytest.raises(BlockingIOError):
        puppet.control.recv(1)


@pytest.mark.parametrize("frame", [encode_frame("confined", measures=["more"]), encode_frame("unconfined", reason="x")])
def test_a_script_cannot_say_later_how_it_is_confined(puppet: Puppet, child: Child, book: RunLog, frame: bytes) -> None:
    puppet.control.sendall(encode_frame("confined", measures=["seccomp"]) + frame)

    assert puppet.killed.wait(10)
    assert child.require_confined() == ("seccomp",)
    assert "broke the protocol" in book.text()


def test_cpu_time_counts_from_when_the_child_is_prepared_and_a_script_cannot_set_it_back(
    puppet: Puppet, child: Child
) -> None:
    puppet.control.sendall(encode_frame("confined") + encode_frame("prepared") + encode_frame("prepared"))
    puppet.life_theirs.sendall(b"0\n")
    child.wait(30)

    assert puppet.clocks_started == 1


@pytest.mark.parametrize(
    ("log", "cause"), [(137, "log"), (138, ""), (None, "")]
)  # of two records, 64 bytes each besides
def test_what_is_written_to_all_streams_together_is_limited(
    puppet: Puppet, book: RunLog, log: int | None, cause: str
) -> None:
    with Child(puppet, book, log=log) as child:
        os.write(puppet.log, pack_record(1, b"1234\n"))
        os.write(puppet.out, b"5678\n")
        puppet.life_theirs.sendall(b"0\n")
        ending = child.wait(30)

        assert puppet.killed.is_set() == bool(cause)

    assert ending.cause == cause
    assert sorted(book.text().split()) == sorted(["out", "|", "1234", "out", "|", "5678"])  # it is kept all the same
