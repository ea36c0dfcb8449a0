"""The head of an answer: plain ones are taken apart in one piece; see `test_exchange` for what comes of all others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.stores.azure.answer_head import parse_head

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
    assert list(head.items()) == [
        ("Content-Length", "5"),
        ("ETag", '"0x1"'),
        ("x-ms-meta-Kind", "raw"),
        ("Date", "Mon"),
    ]
    assert ("etag" in head, "x-ms-version" in head, head.get("DATE"), head.get("x", "")) == (True, False, "Mon", "")


def test_a_refusal_is_plain_and_a_name_that_comes_twice_has_both_values() -> None:
    found = parse_head(
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nA: 1\r\na: 2\r\nConnection: keep-alive\r\n\r\nhello"
    )

    assert found is not None
    assert (found[1], found[2], found[3]["A"], len(found[3])) == (404, "Not Found", "1, 2", 3)


@pytest.mark.parametrize("answer", [*ODD.values(), *(PLAIN[:end] for end in range(len(PLAIN)))])
def test_whatever_is_out_of_the_ordinary_is_left_to_the_standard_library(answer: bytes) -> None:
    assert parse_head(answer) is None


@given(st.binary(max_size=60), st.integers(0, len(PLAIN)))
def test_a_damaged_head_is_refused_or_means_the_same(damage: bytes, at: int) -> None:
    data = PLAIN[:at] + damage + PLAIN[at:]
    found = parse_head(data)
    if found is None:
        return
    end, status, _, head, length = found
    lines = data[:end].split(b"\r\n")
    assert lines[0].split()[1] == str(status).encode()
    names = [line.partition(b":")[0].decode() for line in lines[1:-2]]
    assert sorted({name.lower() for name in names}) == sorted(name.lower() for name in head)
    assert head["content-length"] == str(length) or int(head["content-length"]) == length
