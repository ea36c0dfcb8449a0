"""The broker, spoken to directly: as a child would, and as a child should not."""

from __future__ import annotations

import array
import errno
import os
import select
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobprep.dialing import ANSWER_HEAD, Answer, Dial, answer_length, decode_answer, encode_dial
from blobprep.sandbox.guard_process import MESSAGES
from blobprep.sandbox.network import broker
from blobprep.sandbox.network.broker import Broker, Caps
from blobprep.sandbox.network.connection_log import ConnectionLog, ConnectionRecord
from blobprep.sandbox.network.relay import Address
from blobprep.sandbox.network.rules import Endpoint, Rules

HOST = "127.0.0.1"
BIG = os.urandom(1 << 20) * 16


class Client:
    """What a child does, without its being one."""

    def __init__(self, broker: Broker, child_end: socket.socket, said: list[str]) -> None:
        self.broker = broker
        self.child_end = child_end
        self.said = said

    def send(self, data: bytes, *descriptors: int) -> None:
        rights = array.array("i", descriptors)
        self.child_end.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if descriptors else [])

    def dial(self, host: str, port: int, *, wait: bool = True) -> tuple[socket.socket, Answer]:
        ours, theirs = socket.socketpair()
        ours.settimeout(30)
        with theirs:
            self.send(encode_dial(Dial(host, port, wait)), theirs.fileno())
        size = answer_length(receive(ours, ANSWER_HEAD))
        return ours, decode_answer(receive(ours, size))

    def refused(self, host: str, port: int) -> str:
        end, answer = self.dial(host, port)
        with end:
            assert answer.outcome == "refused"
            assert end.recv(1) == b""
        return answer.text


@contextmanager
def brokered(*named: Endpoint, **given: object) -> Iterator[Client]:
    """Have a broker that allows these; no thread of it is left."""
    before = set(threading.enumerate())
    said: list[str] = []
    control, child_end = socket.socketpair(socket.AF_UNIX, MESSAGES)
    broker = Broker(control, Rules(frozenset(named)), said.append, **given)  # type: ignore[arg-type]
    try:
        with child_end:
            yield Client(broker, child_end, said)
    finally:
        broker.close()
    assert {each.name for each in set(threading.enumerate()) - before if each.name.startswith("blobprep")} == set()


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[Endpoint]:
    """Serve each connection to a free port of this machine in a thread."""
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=handle, args=(connection,)))
            threads[-1].start()

    def handle(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            try:
                serve(connection)
            except ConnectionError:
                pass

    with socket.create_server((HOST, 0)) as listener:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        yield Endpoint(HOST, listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        acceptor.join()
        for thread in threads:
            thread.join()


def receive(end: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = end.recv(size - len(data))
        assert part, "it ended early"
        data += part
    return data


def drained(end: socket.socket) -> bytes:
    return b"".join(iter(lambda: end.recv(1 << 16), b""))


def count_then_send(connection: socket.socket) -> None:
    """Read to the end, and only then answer: with the count of what was read, and a large body."""
    connection.sendall(struct.pack("!Q", len(drained(connection))) + BIG)


def test_a_large_body_travels_both_ways_past_a_half_close() -> None:
    with listening(count_then_send) as server, brokered(server) as client:
        end, answer = client.dial(*_of(server))
        with end:
            end.sendall(BIG)
            end.shutdown(socket.SHUT_WR)
            got = drained(end)

    assert answer == Answer("connected")
    assert got == struct.pack("!Q", len(BIG)) + BIG
    assert client.broker.connections() == (ConnectionRecord(str(server), "reached", "", 1, len(BIG), len(BIG) + 8),)
    assert client.said == []


def test_bytes_of_a_server_that_speaks_first_are_not_taken_for_the_answer() -> None:
    with listening(lambda connection: connection.sendall(b"220 ready")) as server, brokered(server) as client:
        end, _ = client.dial(*_of(server))
        with end:
            assert drained(end) == b"220 ready"


def test_a_reader_that_is_slow_stops_the_sender_and_not_the_others() -> None:
    with listening(count_then_send) as server, brokered(server) as client:
        slow, _ = client.dial(*_of(server))
        slow.shutdown(socket.SHUT_WR)  # and nobody reads what comes
        quick, _ = client.dial(*_of(server))
        with slow, quick:
            quick.shutdown(socket.SHUT_WR)
            assert len(drained(quick)) == len(BIG) + 8
            (row,) = client.broker.connections()
            assert row.received < 2 * len(BIG)
            assert len(drained(slow)) == len(BIG) + 8


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "contoso.blob.core.windows.net", "169.254.169.254"])
def test_another_host_or_port_is_refused_with_the_option_that_would_allow_it(host: str) -> None:
    with listening(count_then_send) as server, brokered(server) as client:
        text = client.refused(host, server.port)
        assert client.refused(host, server.port) == text
        other = client.refused(HOST, 1)

    assert (f"--allow-host {host}:{server.port}" in text) == (host != "169.254.169.254")
    assert f"--allow-host {HOST}:1" in other
    assert client.said == [f"network: {text}", f"network: {other}"]
    assert [(row.outcome, row.count) for row in client.broker.connections()] == [("refused", 2), ("refused", 1)]


@pytest.mark.parametrize("host", ["", "a b", "x" * 500, "127.1", "a\nb", "\ud800", "*", "..", "::1%lo"])
def test_what_is_no_host_is_refused(host: str) -> None:
    with brokered() as client:
        assert "may not reach" in client.refused(host, 80)

    assert "\n" not in client.said[0]
    assert len(client.said[0]) < 250


def test_the_same_host_written_otherwise_is_allowed() -> None:
    with listening(count_then_send) as server:
        lead = _leading_to(server)
        with brokered(Endpoint("example.com", server.port), server, resolver=lead) as client:
            end, answer = client.dial("EXAMPLE.com.", server.port)
            end.close()

    assert answer == Answer("connected")


def test_a_name_that_leads_to_a_metadata_address_is_not_reached() -> None:
    def rebound(host: str, port: int) -> list[Address]:
        return [(socket.AF_INET, ("169.254.169.254", port)), (socket.AF_INET6, ("fd00:ec2::254", port, 0, 0))]

    with brokered(Endpoint("example.com", 443), Endpoint("localhost", 443), resolver=rebound) as client:
        texts = [client.refused("example.com", 443), client.refused("localhost", 443)]

    assert all("169.254.169.254, a metadata" in text for text in texts)


def test_a_public_name_that_leads_to_this_machine_is_reached_only_if_that_is_allowed_too() -> None:
    with listening(count_then_send) as server:
        name = Endpoint("example.com", server.port)
        with brokered(name, resolver=_leading_to(server)) as client:
            assert f"--allow-host {server}" in client.refused(*_of(name))
        with brokered(name, server, resolver=_leading_to(server)) as client:
            end, answer = client.dial(*_of(name))
            end.close()

    assert answer == Answer("connected")


def test_addresses_that_are_not_reached_are_left_out_and_the_next_is_tried() -> None:
    with listening(count_then_send) as server:
        found: list[Address] = [
            (socket.AF_INET, ("169.254.169.254", server.port)),
            (socket.AF_INET6, ("::1", server.port, 0, 0)),
            (socket.AF_INET, (HOST, server.port)),
        ]
        with brokered(Endpoint("localhost", server.port), resolver=lambda host, port: found) as client:
            end, answer = client.dial("localhost", server.port)
            end.close()

    assert answer == Answer("connected")


def test_a_name_is_resolved_once_and_the_address_that_was_looked_at_is_the_one_that_is_used() -> None:
    asked: list[str] = []

    def turning(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [(socket.AF_INET, (HOST if len(asked) == 1 else "169.254.169.254", port))]

    with listening(count_then_send) as server, brokered(Endpoint("localhost", server.port), resolver=turning) as client:
        end, answer = client.dial("localhost", server.port)
        end.close()

    assert (answer.outcome, asked) == ("connected", ["localhost"])


def test_a_failure_of_the_network_is_reported() -> None:
    def lost(host: str, port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with socket.socket() as unused:
        unused.bind((HOST, 0))
        port = unused.getsockname()[1]
        with brokered(Endpoint(HOST, port)) as client:
            end, answer = client.dial(HOST, port)
            end.close()
    assert (answer.outcome, answer.number) == ("failed", errno.ECONNREFUSED)
    assert client.said == [f"network: {HOST}:{port} is allowed, but cannot be reached: Connection refused"]

    with brokered(Endpoint("example.com", 1), resolver=lost) as client:
        end, answer = client.dial("example.com", 1)
        end.close()
    assert (answer.outcome, answer.number) == ("unresolved", socket.EAI_NONAME)


def test_who_does_not_wait_is_answered_by_the_rules_and_closed_when_the_connection_fails() -> None:
    resolving = threading.Event()

    def slow(host: str, port: int) -> list[Address]:
        assert resolving.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with brokered(Endpoint("example.com", 1), resolver=slow) as client:
        end, answer = client.dial("example.com", 1, wait=False)
        with end:
            assert answer == Answer("connected")
            resolving.set()
            assert end.recv(1) == b""
        refused, answer = client.dial("example.com", 2, wait=False)
        refused.close()

    assert answer.outcome == "refused"
    assert "cannot be resolved" in client.said[0]


def test_connections_at_once_are_capped_and_a_closed_one_makes_room() -> None:
    with listening(count_then_send) as server, brokered(server, caps=Caps(connections=2)) as client:
        first, _ = client.dial(*_of(server))
        second, _ = client.dial(*_of(server))
        assert "2 connections are open" in client.refused(*_of(server))
        for end in (first, second):
            end.shutdown(socket.SHUT_WR)
            drained(end)
            end.close()
        third, answer = _until_connected(client, server)
        third.close()

    assert answer == Answer("connected")


def test_a_child_that_is_gone_makes_room_although_the_server_holds_on() -> None:
    release = threading.Event()
    with listening(lambda _: release.wait(30) and None) as server, brokered(server, caps=Caps(connections=1)) as client:
        end, _ = client.dial(*_of(server))
        end.close()
        other, answer = _until_connected(client, server)
        other.close()
        release.set()

    assert answer == Answer("connected")


def test_bytes_are_capped() -> None:
    with listening(count_then_send) as server, brokered(server, caps=Caps(carried=1 << 20)) as client:
        end, _ = client.dial(*_of(server))
        with end:
            end.shutdown(socket.SHUT_WR)
            got = len(drained(end))

    assert got <= 1 << 21
    assert [row.outcome for row in client.broker.connections()] == ["reached", "refused"]
    assert "1048576 bytes have been transferred" in client.said[0]


def test_a_child_that_dies_in_the_middle_closes_its_connections() -> None:
    seen = threading.Event()

    def wait_for_end(connection: socket.socket) -> None:
        assert connection.recv(4) == b"half"
        assert connection.recv(1) == b""
        seen.set()

    with listening(wait_for_end) as server, brokered(server) as client:
        end, _ = client.dial(*_of(server))
        end.sendall(b"half")
        end.close()
        assert seen.wait(30)


def test_a_child_that_is_gone_while_its_connection_is_made_is_not_connected() -> None:
    # Its queue is full, so that a further connection hangs.
    with socket.socket() as full, socket.socket() as filling:
        full.bind((HOST, 0))
        full.listen(0)
        filling.connect(full.getsockname())
        endpoint = Endpoint(HOST, full.getsockname()[1])
        with socket.socket() as second, brokered(endpoint) as client:
            second.setblocking(False)
            second.connect_ex(full.getsockname())
            ours, theirs = socket.socketpair()
            with theirs:
                client.send(encode_dial(Dial(*_of(endpoint), True)), theirs.fileno())
            ours.close()
            _until(client.broker.connections)

    (row,) = client.broker.connections()
    assert (row.outcome, os.strerror(errno.ECONNABORTED) in row.reason) == ("failed", True)


def test_closing_the_broker_ends_what_is_still_connected() -> None:
    with listening(lambda connection: drained(connection) and None) as server, brokered(server) as client:
        end, _ = client.dial(*_of(server))
        client.broker.close()
        assert end.recv(1) == b""
        end.close()


@settings(max_examples=50)
@given(st.lists(st.binary(min_size=1, max_size=1500), max_size=5))
def test_garbage_is_dropped_and_the_next_request_answered(messages: list[bytes]) -> None:
    with brokered() as client:
        for message in messages:
            ours, theirs = socket.socketpair()
            with ours, theirs:
                client.send(message, theirs.fileno())
                client.send(message)
        assert "--allow-host" in client.refused("example.com", 443)


def test_who_goes_on_asking_in_vain_is_answered_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "_MANY", 3)
    monkeypatch.setattr(broker, "_SLOW", 3600)
    with brokered() as client:
        for _ in range(3):
            client.refused("example.com", 443)
        client.refused("example.com", 443)  # and now it rests, which closing it interrupts


def test_other_descriptors_than_an_end_of_a_socket_pair_are_closed_again() -> None:
    request = encode_dial(Dial("example.com", 443, True))
    with ExitStack() as stack:
        pipe = os.pipe()
        for number in pipe:
            stack.callback(os.close, number)
        file = stack.enter_context(tempfile.TemporaryFile())
        internet = stack.enter_context(socket.socket())
        datagrams, pair = (
            [stack.enter_context(each) for each in socket.socketpair(socket.AF_UNIX, kind)]
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)
        )
        client = stack.enter_context(brokered())
        client.refused("example.com", 443)
        before = _open_files()
        for number in (*pipe, file.fileno(), internet.fileno(), datagrams[0].fileno()):
            client.send(request, number)
        client.send(request, pair[0].fileno(), pair[1].fileno(), *pipe)
        client.send(request)
        client.refused("example.com", 443)
        assert _open_files() == before


def test_a_child_that_sends_all_before_it_reads_does_not_stop_itself() -> None:
    """The ends of a socket pair wait by default, and the child can make them wait at any time."""

    def both_ways(connection: socket.socket) -> None:
        sender = threading.Thread(target=connection.sendall, args=(BIG,))
        sender.start()
        assert len(receive(connection, len(BIG))) == len(BIG)
        sender.join()

    with listening(both_ways) as server, brokered(server) as client:
        end, _ = client.dial(*_of(server))
        with end:
            end.sendall(BIG)
            assert drained(end) == BIG


def test_names_without_end_are_counted_together() -> None:
    attempts = ConnectionLog()

    told = [attempts.note(f"host{number}.example:443", "refused", "…") for number in range(1000)]

    rows = attempts.rows()
    assert len(rows) == 101
    assert (rows[-1].endpoint, rows[-1].count) == ("others", 900)
    assert sum(told) == 101


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _of(endpoint: Endpoint) -> tuple[str, int]:
    return endpoint.host, endpoint.port


def _leading_to(server: Endpoint) -> Callable[[str, int], list[Address]]:
    return lambda host, port: [(socket.AF_INET, (server.host, port))]


def _until(true: Callable[[], object]) -> None:
    for _ in range(3000):
        if true():
            return
        select.select([], [], [], 0.01)
    raise AssertionError("it did not come to be")


def _until_connected(client: Client, server: Endpoint) -> tuple[socket.socket, Answer]:
    """Dial until there is room: a connection's thread ends a moment after the connection."""
    for _ in range(500):
        end, answer = client.dial(*_of(server))
        if answer.outcome == "connected":
            return end, answer
        end.close()
        select.select([], [], [], 0.01)
    raise AssertionError("there was never room")
