"""The head of an answer: plain ones are read in one piece, and all come out as the standard library reads them."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPConnectionPool, Retry
from urllib3.connection import HTTPConnection

from blobprep.stores.azure.answer_head import Head, parse_head, with_quick_heads

PLAIN = (
    b'HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nETag:  "0x1" \r\nx-ms-meta-Kind: raw\r\nDate: Mon\r\n\r\n'
)
ODD = {
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "closing": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    "without a length": b"HTTP/1.1 200 OK\r\nDate: Mon\r\n\r\nhello",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "odd length": b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
    "folded": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-a: 1\r\n  2\r\n\r\nhello",
    "not ASCII": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-a: \xe9\r\n\r\nhello",
    "a control character": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-a: \x01\r\n\r\nhello",
    "a blank in a name": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx a: 1\r\n\r\nhello",
    "newlines alone": b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
    "no content": b"HTTP/1.1 204 No Content\r\nx: 1\r\n\r\n",
    "a refusal": b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello",
    "an older version": b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "an interim answer": b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN + b"hello",
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
}


def test_a_plain_head_is_taken_apart() -> None:
    found = parse_head(PLAIN + b"hello")

    assert found is not None
    end, status, reason, head, length = found
    assert (end, status, reason, length) == (len(PLAIN), 206, "Partial Content", 5)
    assert head["etag"] == '"0x1"'
    assert head.items() == [("Content-Length", "5"), ("ETag", '"0x1"'), ("x-ms-meta-Kind", "raw"), ("Date", "Mon")]
    assert (head.is_multipart(), head.get_payload(), head.defects) == (False, None, [])


@pytest.mark.parametrize("answer", [*ODD.values(), *(PLAIN[:end] for end in range(len(PLAIN)))])
def test_whatever_is_out_of_the_ordinary_is_left_to_the_standard_library(answer: bytes) -> None:
    assert parse_head(answer) is None


@contextmanager
def answering(*pieces: bytes) -> Iterator[int]:
    """Answer one connection with some bytes, each sent once the one before has been acknowledged; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def seen(port: int, kind: type[HTTPConnection], method: str) -> object:
    """Ask, and return all that a caller sees of the answer, or how it failed."""
    pool = HTTPConnectionPool("127.0.0.1", port)
    pool.ConnectionCls = kind
    try:
        answer = pool.urlopen(method, "/", retries=Retry(total=False), preload_content=False)
        return answer.status, answer.reason, answer.version, answer.headers.items(), answer.read()
    except Exception as error:
        return type(error)
    finally:
        pool.close()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("answer", [PLAIN + b"hello", PLAIN + b"hel", b"", *ODD.values()])
def test_an_answer_is_what_the_standard_library_makes_of_it(answer: bytes, method: str) -> None:
    with answering(answer) as port:
        expected = seen(port, HTTPConnection, method)
    with answering(answer) as port:
        assert seen(port, with_quick_heads(HTTPConnection), method) == expected


@given(st.binary(max_size=60), st.integers(0, len(PLAIN)))
def test_a_damaged_head_is_refused_or_means_the_same(damage: bytes, at: int) -> None:
    data = PLAIN[:at] + damage + PLAIN[at:]
    found = parse_head(data)
    if found is None:
        return
    end, status, _, head, length = found
    lines = data[:end].split(b"\r\n")
    assert lines[0].split()[1] == str(status).encode()
    assert [name.encode() for name, _ in head.items()] == [line.partition(b":")[0] for line in lines[1:-2]]
    assert head["content-length"] == str(length) or int(head["content-length"]) == length


def test_a_class_of_connections_is_made_once() -> None:
    quick = with_quick_heads(HTTPConnection)

    assert issubclass(quick, HTTPConnection)
    assert with_quick_heads(quick) is quick
    assert HTTPConnection.response_class is http.client.HTTPResponse
    assert isinstance(Head([]), http.client.HTTPMessage)
