"""The bytes of a request, as clients of the time send them."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.service.failures import ServiceFailure
from blobprep.service.wire.body import read_body

TEXT = '{"Inputs": {"input1": {"ColumnNames": ["größe"], "Values": [["1"]]}}}'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "application/json"),
        (TEXT.encode(), "text/json; charset=utf-8"),
        (TEXT.encode("utf-8-sig"), "application/json"),
        (TEXT.encode("utf-8-sig"), 'application/json; charset="utf-8"'),
        (TEXT.encode("utf-16"), "application/json; charset=utf-16"),
        (TEXT.encode("utf-16-le"), "application/json"),
        (TEXT.encode("utf-32"), "application/json; charset=utf-8"),
        (TEXT.encode("latin-1"), "application/json; charset=ISO-8859-1"),
        (TEXT.encode("cp1252"), "application/json;charset=windows-1252"),
        (json.dumps(json.loads(TEXT)).encode("ascii"), "application/json; charset=us-ascii"),
        (b"\r\n" + TEXT.encode() + b"\n", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_is_read_however_it_is_encoded(body: bytes, content_type: str) -> None:
    assert read_body(body, content_type) == json.loads(TEXT)


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
def test_a_body_is_unpacked(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    assert read_body(pack(TEXT.encode()), encoding=encoding) == json.loads(TEXT)


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (TEXT.encode(), "gzip", "not what its Content-Encoding says"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-3], "gzip", "cut off"),
        (gzip.compress(TEXT.encode(), mtime=0) + b"x", "gzip", "behind its end"),
        (gzip.compress(b" " * 10_000_000, mtime=0), "gzip", "1000 bytes at most"),
        (gzip.compress(b"", mtime=0), "gzip", "empty"),
        (TEXT.encode(), "br", "use gzip"),
        (TEXT.encode(), "gzip, gzip", "use gzip"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_refused(body: bytes, encoding: str, words: str) -> None:
    with pytest.raises(ServiceFailure) as caught:
        read_body(body, encoding=encoding, most=1000)

    assert words in caught.value.details[0].message


def test_a_number_that_is_close_to_the_largest_is_one() -> None:
    assert read_body(b'[1e308, 1e-400, "1e400", 5e+300]') == [1e308, 0.0, "1e400", 5e300]


def test_tokens_of_python_are_numbers() -> None:
    cells = read_body(b"[NaN, Infinity, -Infinity]")

    assert math.isnan(cells[0])
    assert cells[1:] == [math.inf, -math.inf]


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"", "application/json", "empty"),
        (b" \n", "application/json", "empty"),
        (b"{", "", "not JSON"),
        (b"{} x", "", "not JSON"),
        (b"\xff\xfe\xfd", "", "not utf-16"),
        (b'{"a": "\xe4"}', "application/json; charset=utf-8", "not utf-8, at byte 7"),
        (b"{}", "application/json; charset=klingon", "charset"),
        (b"{}", "application/json; charset=rot13", "charset"),
        (b"[" * 100_000, "", "nested"),
        (b'{"a": 1, "a": 2}', "", "a name twice"),
        (b"[" + b"1" * 5000 + b"]", "", "digits"),
        (b"[1e400]", "", "too large"),
        (b"[-1E+0999]", "", "too large"),
        (b"[" + b"1" * 400 + b".0]", "", "too large"),
        (rb'["\ud800"]', "", "surrogate"),
    ],
)
def test_what_is_no_json_is_refused_with_a_reason(body: bytes, content_type: str, words: str) -> None:
    with pytest.raises(ServiceFailure) as caught:
        read_body(body, content_type)

    assert (caught.value.status, caught.value.code) == (400, "BadArgument")
    assert caught.value.details[0].code == "RequestBodyInvalid"
    assert words in caught.value.details[0].message


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read_body(rb'["\ud83d\ude00"]') == ["😀"]


@given(st.binary(max_size=300), st.sampled_from(["", "application/json; charset=utf-8", "a; charset=utf-16"]))
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str) -> None:
    try:
        document, status = read_body(body, content_type), 200
    except ServiceFailure as failure:
        document, status = None, failure.status

    assert status in (200, 400)
    json.dumps(document, ensure_ascii=False).encode()
