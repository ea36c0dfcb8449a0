"""Requests to connect, and their answers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.dialing import (
    ANSWER_HEAD,
    Answer,
    Dial,
    DialError,
    answer_length,
    decode_answer,
    decode_dial,
    encode_answer,
    encode_dial,
)


@given(st.text(max_size=60), st.integers(0, 65535), st.booleans())
def test_a_request_reads_back(host: str, port: int, wait: bool) -> None:
    assert decode_dial(encode_dial(Dial(host, port, wait))) == Dial(host, port, wait)


@given(st.sampled_from(["connected", "refused", "unresolved", "failed"]), st.integers(-20, 200), st.text())
def test_an_answer_reads_back_behind_its_length(outcome: str, number: int, text: str) -> None:
    answer = Answer(outcome, number, text)  # type: ignore[arg-type]
    data = encode_answer(answer)

    assert answer_length(data[:ANSWER_HEAD]) == len(data) - ANSWER_HEAD
    assert decode_answer(data[ANSWER_HEAD:]) == answer


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {},
        {"host": "a", "port": 1},
        {"host": "a", "port": 1, "wait": True, "more": 1},
        {"host": 1, "port": 1, "wait": True},
        {"host": "a", "port": True, "wait": True},
        {"host": "a", "port": "1", "wait": True},
        {"host": "a", "port": 1.0, "wait": True},
        {"host": "a", "port": 1, "wait": 1},
    ],
)
def test_what_is_no_request_is_refused(values: object) -> None:
    with pytest.raises(DialError):
        decode_dial(json.dumps(values).encode())


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_request_or_refused(data: bytes) -> None:
    with pytest.raises(DialError):
        decode_dial(data)


@pytest.mark.parametrize("data", [b"[" * 1000, b'{"host": "' + b"a" * 2000 + b'", "port": 1, "wait": true}'])
def test_a_request_that_is_deep_or_long_is_refused(data: bytes) -> None:
    with pytest.raises(DialError):
        decode_dial(data)


def test_a_host_that_is_too_long_is_not_asked_for() -> None:
    with pytest.raises(DialError):
        encode_dial(Dial("a" * 2000, 1, True))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"outcome": "perhaps"}', b"\xff"])
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(DialError):
        decode_answer(data)
