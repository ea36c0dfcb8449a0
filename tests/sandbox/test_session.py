"""The parent's side of the protocol, with a child that is a few sockets here."""

from __future__ import annotations

import io
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobprep.errors import IsolationUnavailable
from blobprep.protocol import ChildRequest, encode_frame, pack_record
from blobprep.sandbox import call
from blobprep.sandbox.call import CallResult, WholeInputs
from blobprep.sandbox.host import Channels, Report
from blobprep.sandbox.run_log import RunLog
from blobprep.sandbox.session import ChildSession
from blobprep.sandbox.session_log import SessionLog
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
    preparation: bytes = b""
    killed: threading.Event = field(default_factory=threading.Event)
    clocks_started: int = 0
    received: bytes = b""

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

    def say(self, name: str, **values: Any) -> None:
        self.control.sendall(encode_frame(name, **values))

    def hear(self) -> dict[str, Any]:
        """The next frame; descriptors that come with it are closed."""
        while b"\n" not in self.received:
            data, numbers, _, _ = socket.recv_fds(self.control, 1 << 16, 16)
            for number in numbers:
                os.close(number)
            assert data
            self.received += data
        line, _, self.received = self.received.partition(b"\n")
        values: dict[str, Any] = json.loads(line)
        return values

    def die(self, code: int = 0) -> None:
        self.life_theirs.sendall(b"%d\n" % code)

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


@dataclass
class Needs(WholeInputs):
    """Inputs that note what is needed of them."""

    needed: list[tuple[str, int, int]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.sizes)

    def need(self, port: str, offset: int, length: int) -> None:
        self.needed.append((port, offset, length))

    def stop(self) -> None:
        self.stopped.set()


@pytest.fixture
def puppet() -> Puppet:
    return Puppet.make()


@pytest.fixture
def book() -> RunLog:
    return RunLog()


@pytest.fixture
def session(puppet: Puppet) -> Iterator[ChildSession]:
    with ChildSession(puppet, SessionLog()) as made:
        yield made


@contextmanager
def calling(puppet: Puppet, session: ChildSession, log: RunLog, **options: Any) -> Iterator[Future[CallResult]]:
    """Make a call in a thread, and go on once the child has its request."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(session.call, ChildRequest("head"), {}, log=log, **options)
        try:
            assert puppet.hear()["frame"] == "request"
            yield future
        finally:
            puppet.life_theirs.close()


def call_after_the_end(puppet: Puppet, session: ChildSession, log: RunLog) -> CallResult:
    """Call a child that has ended, which shows how it did."""
    puppet.die()
    return session.call(ChildRequest("head"), {}, log=log)


def test_what_was_written_before_the_end_is_heard_in_any_case(
    puppet: Puppet, session: ChildSession, book: RunLog
) -> None:
    os.write(puppet.log, pack_record(1, b"recorded\n") + pack_record(2, b"cut")[:-1])
    os.write(puppet.out, b"raw\n")
    puppet.say("confined")
    with calling(puppet, session, book) as called:
        puppet.say("ended", number=1)
        puppet.die()
        ending = called.result(30).ending

    assert (ending.code, ending.complete, ending.asked) == (0, True, True)
    assert sorted(book.text().splitlines()) == ["out | raw", "out | recorded"]


def test_a_child_that_does_not_listen_holds_nobody_up(puppet: Puppet, session: ChildSession, book: RunLog) -> None:
    many = Many(5000)  # far more than a socket holds
    puppet.say("confined")
    with calling(puppet, session, book, inputs=many) as called:
        assert many.announced.wait(30)
        assert [puppet.hear()["offset"] for _ in range(5000)] == list(range(5000))
        puppet.die()
        called.result(30)


def test_what_nobody_hears_is_dropped_at_the_end(puppet: Puppet, book: RunLog) -> None:
    with ChildSession(puppet, SessionLog()) as session:
        puppet.say("confined")
        with calling(puppet, session, book, inputs=Many(5000)) as called:
            puppet.die()
            called.result(30)


class Many(WholeInputs):
    """An input that arrives in very many pieces."""

    def __init__(self, count: int) -> None:
        super().__init__({})
        self.count = count
        self.announced = threading.Event()

    def start(self, announce: Callable[[str, int, int], None], on_failure: Callable[[], None]) -> None:
        for number in range(self.count):
            announce("dataset1", number, number + 1)
        self.announced.set()


def test_a_process_that_outlived_the_child_and_goes_on_writing_does_not_hold_the_parent(
    puppet: Puppet, session: ChildSession, book: RunLog
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
        assert call_after_the_end(puppet, session, book).ending.code == 0
    finally:
        stopped.set()
        thread.join()


def test_a_child_that_ended_before_it_was_asked_was_not_asked(
    puppet: Puppet, session: ChildSession, book: RunLog
) -> None:
    puppet.say("confined")
    session.require_confined()
    puppet.control.close()
    threading.Thread(target=lambda: puppet.killed.wait(0.1) or puppet.die(1)).start()

    ending = session.call(ChildRequest("head"), {}, log=book).ending

    assert (ending.asked, ending.code) == (False, 1)


def test_a_child_that_never_confines_itself_is_given_up(puppet: Puppet, book: RunLog) -> None:
    threading.Thread(target=lambda: puppet.killed.wait() and puppet.die(-9)).start()
    with ChildSession(puppet, SessionLog(), start=0.01) as session:
        ending = session.call(ChildRequest("head"), {}, log=book).ending

    assert (ending.asked, ending.code) == (False, -9)
    assert "did not start" in book.text()


@pytest.mark.parametrize(
    "line",
    [
        b"garbage\n",
        b"{}\n",
        b'{"frame": "unknown"}\n',
        b'{"frame": ["need"]}\n',
        b'{"frame": "need"}\n',
        b'{"frame": "need", "number": 1, "port": "dataset1", "offset": 1e999, "length": 1}\n',
        b'{"frame": "need", "number": 1, "port": "dataset1", "offset": "x", "length": 1}\n',
        b'{"frame": "need", "number": 1, "port": "dataset1", "offset": NaN, "length": 1}\n',
        b'{"frame": "need", "number": 2, "port": "dataset1", "offset": 0, "length": 1}\n',
        b'{"frame": "ended", "number": NaN}\n',
        b'{"frame": "ended", "number": 2}\n',
        b'{"frame": "ended"}\n',
        b'{"frame": "script", "number": 2}\n',
        b"[" * 5000 + b"\n",
        b"x" * 9000,
    ],
)
def test_a_child_that_breaks_the_protocol_is_killed(
    puppet: Puppet, session: ChildSession, book: RunLog, line: bytes
) -> None:
    puppet.say("confined")
    with calling(puppet, session, book) as called:
        puppet.control.sendall(line)

        assert puppet.killed.wait(30)
        puppet.die(-9)
        called.result(30)
    assert "the child broke the protocol" in book.text()


NEED = {"port": "dataset1", "offset": 0, "length": 1}


@pytest.mark.parametrize(
    "frames",
    [
        [encode_frame("prepared")] * 2,
        [encode_frame("script", number=1)] * 2,
        [encode_frame("ended", number=1)] * 2,
        [encode_frame("script", number=1), encode_frame("need", number=1, **NEED)],
    ],
)
def test_a_child_that_repeats_itself_or_needs_more_than_its_inputs_is_killed(
    puppet: Puppet, session: ChildSession, book: RunLog, frames: list[bytes]
) -> None:
    puppet.say("confined")
    with calling(puppet, session, book) as called:
        puppet.control.sendall(b"".join(frames))

        assert puppet.killed.wait(30)
        puppet.die(-9)
        called.result(30)
    assert "the child broke the protocol: unexpected frame" in book.text()


_FRAMES = st.builds(
    lambda name, values: json.dumps({**values, "frame": name}).encode(),
    st.sampled_from(["confined", "prepared", "need", "script", "ended", "request", "filled"]) | json_values,
    st.dictionaries(st.sampled_from(["port", "offset", "length", "number", "x"]), json_values | st.integers(0, 3)),
)


@settings(max_examples=30)
@given(
    st.lists(_FRAMES | st.binary(max_size=50), max_size=6),
    st.binary(max_size=100),
    st.binary(max_size=50),
    st.booleans(),
)
def test_whatever_a_child_sends_the_parent_hears_its_end(
    lines: list[bytes], log: bytes, out: bytes, last: bool
) -> None:
    puppet, book, inputs = Puppet.make(), RunLog(), Needs()
    with ChildSession(puppet, SessionLog()) as session:
        puppet.say("confined")
        with calling(puppet, session, book, inputs=inputs, last=last) as called:
            puppet.control.sendall(b"".join(line + b"\n" for line in lines))
            os.write(puppet.log, log)
            os.write(puppet.out, out)
            puppet.die()
            first = called.result(30).ending

        assert first.code == 0 or (first.complete and not last)
        assert session.call(ChildRequest("head"), {}, log=RunLog()).ending.code == 0
        assert inputs.stopped.is_set()

    assert all(isinstance(port, str) and type(at) is type(length) is int for port, at, length in inputs.needed)
    assert all(line.startswith(("out | ", "err | ", "note | ", "blobprep | ")) for line in book.text().splitlines())


def test_who_calls_a_child_that_has_ended_hears_of_its_end_at_once(
    puppet: Puppet, session: ChildSession, book: RunLog
) -> None:
    inputs = Needs()
    puppet.die(3)

    ending = session.call(ChildRequest("head"), {}, log=book, inputs=inputs).ending

    assert (ending.code, ending.asked, ending.complete) == (3, False, False)
    assert inputs.stopped.is_set()
    assert book.text() == "blobprep | the child did not start\n"


def test_frames_that_come_in_pieces_are_whole(puppet: Puppet, session: ChildSession, book: RunLog) -> None:
    inputs = Needs()
    puppet.say("confined")
    with calling(puppet, session, book, inputs=inputs) as called:
        for byte in encode_frame("need", number=1, port="dataset1", offset=5, length=7) * 2:
            puppet.control.sendall(bytes([byte]))
        puppet.die()
        called.result(30)

    assert inputs.needed == [("dataset1", 5, 7)] * 2


def test_a_limit_of_time_kills_and_is_the_cause(puppet: Puppet, session: ChildSession, book: RunLog) -> None:
    threading.Thread(target=lambda: puppet.killed.wait() and puppet.die(-9)).start()
    puppet.control.sendall(encode_frame("confined") + encode_frame("prepared"))

    ending = session.call(ChildRequest("head"), {}, log=book, seconds=0.01).ending

    assert (ending.cause, ending.code) == ("time", -9)


def test_announcing_to_a_child_that_is_gone_is_no_error(puppet: Puppet, session: ChildSession, book: RunLog) -> None:
    puppet.say("confined")
    with calling(puppet, session, book, inputs=Many(3)) as called:
        puppet.control.close()
        puppet.die()
        called.result(30)


def test_what_a_child_is_confined_by_is_told(puppet: Puppet, session: ChildSession) -> None:
    puppet.say("confined", measures=["seccomp"])

    assert session.require_confined() == ("seccomp",)


def test_the_first_frame_a_child_gets_is_what_it_prepares_for() -> None:
    puppet = Puppet.make()
    puppet.preparation = encode_frame("prepare", plan="")
    with ChildSession(puppet, SessionLog()):
        assert puppet.hear() == {"frame": "prepare", "plan": ""}
        puppet.die()


def test_a_child_that_is_not_confined_is_asked_nothing(puppet: Puppet, session: ChildSession, book: RunLog) -> None:
    puppet.say("unconfined", reason="it could fork")

    with pytest.raises(IsolationUnavailable, match="it could fork; nothing was run"):
        session.call(ChildRequest("run"), {}, log=book)

    puppet.control.setblocking(False)
    with pytest.raises(BlockingIOError):
        puppet.control.recv(1)
    puppet.die()


@pytest.mark.parametrize("frame", [encode_frame("confined", measures=["more"]), encode_frame("unconfined", reason="x")])
def test_a_script_cannot_say_later_how_it_is_confined(
    puppet: Puppet, session: ChildSession, book: RunLog, frame: bytes
) -> None:
    puppet.control.sendall(encode_frame("confined", measures=["seccomp"]) + frame)

    assert puppet.killed.wait(10)
    assert session.require_confined() == ("seccomp",)
    call_after_the_end(puppet, session, book)
    assert "broke the protocol" in book.text()


def test_cpu_time_counts_from_when_the_child_is_prepared_and_a_script_cannot_set_it_back(
    puppet: Puppet, session: ChildSession, book: RunLog
) -> None:
    puppet.control.sendall(encode_frame("confined") + encode_frame("prepared") + encode_frame("prepared"))
    call_after_the_end(puppet, session, book)

    assert puppet.clocks_started == 1


@pytest.mark.parametrize(
    ("log", "cause"), [(137, "log"), (138, ""), (None, "")]
)  # of two records, 64 bytes each besides
def test_what_is_written_to_all_streams_together_is_limited(
    puppet: Puppet, book: RunLog, log: int | None, cause: str
) -> None:
    with ChildSession(puppet, SessionLog(), most_log=log) as session:
        puppet.say("confined")
        with calling(puppet, session, book) as called:
            os.write(puppet.log, pack_record(1, b"1234\n"))
            os.write(puppet.out, b"5678\n")
            puppet.die()
            ending = called.result(30).ending

        assert puppet.killed.is_set() == bool(cause)

    assert ending.cause == cause
    assert sorted(book.text().split()) == sorted(["out", "|", "1234", "out", "|", "5678"])  # it is kept all the same


def test_each_call_has_a_number_a_log_a_limit_of_the_log_and_facts_of_its_own(puppet: Puppet) -> None:
    logs = [RunLog(), RunLog()]
    with ChildSession(puppet, SessionLog(), most_log=100) as session, ThreadPoolExecutor(1) as pool:
        puppet.say("confined")
        puppet.say("prepared")
        for number, log in enumerate(logs, start=1):
            last = number == 2
            called = pool.submit(session.call, ChildRequest("head"), {}, log=log, last=last, seconds=30)
            data, (facts,), _, _ = socket.recv_fds(puppet.control, 1 << 16, 16)
            request = json.loads(data)
            assert (request["number"], request["last"]) == (number, last)
            os.write(puppet.log, pack_record(1, b"%d\n" % number * 10))
            os.write(facts, b"facts %d" % number)
            os.close(facts)
            puppet.say("ended", number=number, goes_on=True)
            if last:
                puppet.die()
            result = called.result(30)
            assert result.facts == b"facts %d" % number
            assert (result.ending.complete, result.ending.code) == (True, 0 if last else None)
            assert log.text() == f"out | {number}\n" * 10
    assert logs[0].text() == "out | 1\n" * 10


def test_late_frames_of_an_earlier_call_do_not_count_for_a_later_one(puppet: Puppet, session: ChildSession) -> None:
    first, second, log = Needs(), Needs(), RunLog()
    puppet.say("confined")
    puppet.say("prepared")
    with ThreadPoolExecutor(1) as pool:
        for inputs, last in ((first, False), (second, True)):
            called = pool.submit(session.call, ChildRequest("head"), {}, log=log, inputs=inputs, last=last)
            number = puppet.hear()["number"]
            puppet.say("need", number=1, **NEED)
            puppet.say("ended", number=1, goes_on=True)
            if number == 2:
                puppet.say("need", number=2, port="dataset1", offset=7, length=8)
                puppet.die(-11)
            ending = called.result(30).ending
    assert first.needed == [("dataset1", 0, 1)]
    assert second.needed == [("dataset1", 7, 8)]
    assert (ending.complete, ending.code, ending.cause) == (False, -11, "")
    assert not puppet.killed.is_set()


def test_a_child_that_floods_the_parent_with_late_frames_is_killed(
    puppet: Puppet, session: ChildSession, book: RunLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "_LATE", 10)
    puppet.say("confined")
    puppet.say("prepared")
    with calling(puppet, session, book, last=False) as called:
        puppet.say("ended", number=1, goes_on=True)
        assert called.result(30).ending.complete
        for _ in range(11):
            puppet.say("need", number=1, **NEED)
        assert puppet.killed.wait(30)


def test_a_script_that_has_run_needs_a_bounded_number_of_ranges(
    puppet: Puppet, session: ChildSession, book: RunLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "_NEEDS", 10)
    inputs = Needs()
    puppet.say("confined")
    puppet.say("prepared")
    with ThreadPoolExecutor(1) as pool:
        called = pool.submit(session.call, ChildRequest("run"), {}, log=book, last=False)
        puppet.hear()
        puppet.say("script", number=1)
        puppet.say("ended", number=1, goes_on=True)
        assert called.result(30).ending.scripted
        called = pool.submit(session.call, ChildRequest("run"), {}, log=book, inputs=inputs)
        puppet.hear()
        for _ in range(11):
            puppet.say("need", number=2, **NEED)
        assert puppet.killed.wait(30)
        puppet.die(-9)
        assert called.result(30).ending.scripted
    assert len(inputs.needed) == 10


class Shown(io.StringIO):
    """A terminal that sees a line appear."""

    def __init__(self) -> None:
        super().__init__()
        self.between = threading.Event()

    def write(self, text: str) -> int:
        if "between" in text:
            self.between.set()
        return super().write(text)


def test_what_arrives_between_two_calls_belongs_to_the_earlier_one(puppet: Puppet, session: ChildSession) -> None:
    shown = Shown()
    first, second = RunLog(shown), RunLog()
    os.write(puppet.out, b"before\n")
    puppet.say("confined")
    puppet.say("prepared")
    with ThreadPoolExecutor(1) as pool:
        called = pool.submit(session.call, ChildRequest("head"), {}, log=first, last=False)
        puppet.hear()
        puppet.say("ended", number=1, goes_on=True)
        called.result(30)
        os.write(puppet.out, b"between\n")
        assert shown.between.wait(30)
        called = pool.submit(session.call, ChildRequest("head"), {}, log=second)
        puppet.hear()
        os.write(puppet.out, b"second\n")
        puppet.die()
        called.result(30)
    assert first.text() == "out | before\nout | between\n"
    assert second.text() == "out | second\n"


def test_what_a_child_writes_before_it_is_asked_is_held_up_to_a_bound() -> None:
    log, held = RunLog(), SessionLog()
    held.record(1, b"x" * (1 << 19) + b"\n")
    held.say("blobprep's own")
    held.record(1, b"y" * (1 << 20))
    held.attach(log)
    held.record(1, b"after\n")

    lines = log.text().splitlines()
    assert lines[-3:] == [
        "blobprep | blobprep's own",
        "blobprep | 1048576 bytes that the child wrote before it was asked anything were dropped",
        "out | after",
    ]


def test_copies_of_descriptors_are_closed_when_a_request_cannot_be_sent(puppet: Puppet, book: RunLog) -> None:
    reading, writing = os.pipe()
    with ChildSession(puppet, SessionLog()) as session:
        puppet.say("confined")
        session.require_confined()
        puppet.control.close()
        threading.Thread(target=lambda: puppet.killed.wait(0.1) or puppet.die(1)).start()
        session.call(ChildRequest("run"), {"results": writing}, log=book)
        os.close(writing)
        assert os.read(reading, 1) == b""
    os.close(reading)
