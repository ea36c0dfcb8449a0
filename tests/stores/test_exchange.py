"""A request on a connection that is open: what is sent and what comes of the answer is as with urllib3."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from urllib3 import HTTPConnectionPool, Retry, Timeout
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from blobprep.stores.azure.exchange import exchange, host_line
from tests.stores.test_answer_head import ODD, PLAIN

HEADERS = {"x-ms-version": "2025-05-05", "x-ms-meta-a": "b c", "User-Agent": "blobprep"}
REFUSAL = b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello"


class Service:
    """Answers the requests of each connection with some bytes, in pieces; closes it after so many answers."""

    def __init__(self, pieces: tuple[bytes, ...], most: int = 1) -> None:
        self.pieces, self.most = pieces, most
        self.taken: list[bytes] = []
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Service:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for _ in range(self.most):
                    if not (request := self._request(connection)):
                        break
                    self.taken.append(request)
                    for piece in self.pieces:
                        connection.sendall(piece)

    def _request(self, connection: socket.socket) -> bytes:
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0 or len(data) < end + 4 + self._length(data[:end]):
            if not (more := connection.recv(1 << 20)):
                return data
            data += more
        return data

    def _length(self, head: bytes) -> int:
        found = re.search(rb"(?i)content-length: (\d+)", head)
        return int(found[1]) if found else 0


@contextmanager
def opened(service: Service, count: int = 1) -> Iterator[HTTPConnectionPool]:
    """Provide a pool whose connections are open."""
    pool = HTTPConnectionPool("127.0.0.1", service.listener.getsockname()[1], timeout=Timeout(5))
    made: list[Any] = [pool._get_conn() for _ in range(count)]
    for connection in made:
        connection.connect()
        pool._put_conn(connection)
    yield pool
    pool.close()


def ask(pool: HTTPConnectionPool, method: str = "GET", body: Any = None, patience: float = 5) -> Any:
    return exchange(pool, host_line(pool), method, "/a/b?c=d", HEADERS, body, patience)


def outcome(answer: Any) -> object:
    """Return all that a caller sees of an answer, or how it failed."""
    try:
        fields = sorted((name, " ".join(value.split())) for name, value in answer.headers.items())  # folded or not
        return answer.status, answer.reason, fields, answer.read(decode_content=False)
    except Exception as error:
        return [kind for kind in (ReadTimeoutError, ProtocolError) if isinstance(error, kind)] or "incomplete"
    finally:
        answer.close()
        answer.release_conn()


def seen(answers: bytes, method: str, *, direct: bool) -> object:
    with Service((answers,)) as service, opened(service) as pool:
        try:
            answer = (
                ask(pool, method)
                if direct
                else pool.urlopen(method, "/a/b", retries=Retry(total=False), preload_content=False)
            )
        except Exception as error:
            return type(error)
        return outcome(answer)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize("answer", [PLAIN + b"hello", PLAIN + b"hel", PLAIN, PLAIN[:30], b"", REFUSAL, *ODD.values()])
def test_an_answer_is_what_urllib3_makes_of_it(answer: bytes, method: str) -> None:
    assert seen(answer, method, direct=True) == seen(answer, method, direct=False)


@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("HEAD", None), ("PUT", None), ("PUT", b""), ("PUT", b"x" * 300_000)]
)
def test_what_is_sent_is_what_urllib3_sends(method: str, body: bytes | None) -> None:
    length = {"Content-Length": str(len(body))} if body else {}  # as the SDK's `set_bytes_body` has it
    with Service((PLAIN + b"hello",), most=2) as service, opened(service) as pool:
        outcome(exchange(pool, host_line(pool), method, "/a/b?c=d", HEADERS | length, body, 5))
        pool.urlopen(method, "/a/b?c=d", headers=HEADERS | length, body=body, retries=False)

    mine, theirs = (taken.partition(b"\r\n\r\n") for taken in service.taken)
    assert sorted(mine[0].lower().split(b"\r\n")) == sorted(theirs[0].lower().split(b"\r\n"))
    assert mine[0].split(b"\r\n")[0] == theirs[0].split(b"\r\n")[0]
    assert mine[2] == theirs[2] == (body or b"")


def test_a_head_and_a_body_may_come_in_any_pieces() -> None:
    answer = PLAIN + b"hello"
    for at in range(1, len(answer), 7):
        with Service((answer[:at], answer[at:])) as service, opened(service) as pool:
            assert outcome(ask(pool)) == outcome_of_plain()


def outcome_of_plain() -> object:
    names = [("Content-Length", "5"), ("Date", "Mon"), ("ETag", '"0x1"'), ("x-ms-meta-Kind", "raw")]
    return 206, "Partial Content", names, b"hello"


@pytest.mark.parametrize("answer", [PLAIN + b"hello", REFUSAL, ODD["chunked"], ODD["folded"], ODD["not ASCII"]])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_connection_is_used_again_once_its_answer_was_read(answer: bytes, method: str) -> None:
    if method == "HEAD":
        answer = answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    with Service((answer,), most=3) as service, opened(service) as pool:
        first, *others = [outcome(ask(pool, method)) for _ in range(3)]

    assert [first, first] == others
    assert (service.connections, len(service.taken)) == (1, 3)


@pytest.mark.parametrize("answer", [PLAIN + b"hello", ODD["chunked"], ODD["closing"]])
def test_a_connection_with_something_left_to_read_is_not_used_again(answer: bytes) -> None:
    with Service((answer,), most=2) as service, opened(service) as pool:
        unread = ask(pool)
        assert unread.read1(1) == b"h"
        unread.close()
        unread.release_conn()

        assert ask(pool) is None  # there is none that is open


def test_nothing_is_sent_without_an_open_connection_or_with_what_is_not_plain() -> None:
    with Service((PLAIN + b"hello",)) as service, opened(service) as pool:
        host = host_line(pool)
        odd: list[tuple[str, dict[str, str], Any]] = [
            ("/a b", {}, None),
            ("/\xe9", {}, None),
            ("/a\r\nx: 1", {}, None),
            ("/", {"x": "a\r\ny: 1"}, None),
            ("/", {"x": "a\nb"}, None),
            ("/", {"x\r": "a"}, None),
            ("/", {"x": "\xe9"}, None),
            ("/", {}, iter([b"a"])),
            ("/", {}, "text"),
        ]
        for target, headers, body in odd:
            assert exchange(pool, host, "PUT", target, headers, body, 5) is None
        assert exchange(pool, "", "GET", "/", {}, None, 5) is None
        assert outcome(ask(pool)) == outcome_of_plain()  # it is open still
    assert exchange(HTTPConnectionPool("127.0.0.1", 1), host, "GET", "/", {}, None, 5) is None


def test_an_answer_that_does_not_come_in_time_is_an_error() -> None:
    with Service((PLAIN + b"he",), most=2) as service, opened(service, count=2) as pool:
        answer = ask(pool, patience=0.05)
        assert answer.read1(5) == b"he"
        with pytest.raises(ReadTimeoutError):
            answer.read1(5)
        answer.close()
        answer.release_conn()
    with Service((), most=2) as service, opened(service) as pool, pytest.raises(ReadTimeoutError):
        ask(pool, patience=0.05)


@pytest.mark.parametrize(
    ("host", "port", "line"),
    [
        ("account.test", 80, "Host: account.test"),
        ("account.test.", 10000, "Host: account.test:10000"),
        ("[::1]", 10000, "Host: [::1]:10000"),
        ("b\xfccher.test", 80, "Host: xn--bcher-kva.test"),
    ],
)
def test_the_host_is_named_as_the_standard_library_names_it(host: str, port: int, line: str) -> None:
    assert host_line(HTTPConnectionPool(host, port)).partition("\r\n")[0] == line
