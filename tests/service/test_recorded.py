"""Requests as clients of the time sent them, byte by byte, by their documentation and source."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blobprep.service.configuration import define
from blobprep.service.registry import Services
from tests.service.live import SCRIPTS, Live, serving

QUERY = "/execute?api-version=2.0"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    table = {
        "script": str(SCRIPTS / "double.py"),
        "columns1": {"number": "Int32", "label": "String"},
        "parameters": {"year": "2024"},
    }
    with serving(Services([define("double", table)]), tmp_path_factory.mktemp("services")) as server:
        yield server


def _sent(live: Live, head: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """Send bytes, and return status and answer."""
    parts = urlsplit(live.url)
    path = urlsplit(live.address("double")).path
    text = head.format(path=path, host=parts.netloc, key=live.keys["double"], length=len(body))
    request = text.strip().replace("\n", "\r\n").encode() + b"\r\nConnection: close\r\n\r\n" + body
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    first, _, rest = answer.partition(b"\r\n\r\n")
    document: dict[str, Any] = json.loads(rest)
    return int(first.split()[1]), document


CSHARP = """\
POST {path}/execute?api-version=2.0&details=true HTTP/1.1
Authorization: Bearer {key}
Content-Type: application/json; charset=utf-8
Host: {host}
Content-Length: {length}
Expect: 100-continue
"""
PYTHON2 = """\
POST {path}/execute?api-version=2.0&details=true HTTP/1.1
Accept-Encoding: identity
Content-Length: {length}
Host: {host}
User-Agent: Python-urllib/2.7
Content-Type: application/json
Authorization: Bearer {key}
"""
R = """\
POST {path}/execute?api-version=2.0&details=true&format=swagger HTTP/1.1
Host: {host}
User-Agent: R
Accept: */*
Accept-Encoding: deflate, gzip
Content-Type: application/json
Authorization: Bearer  {key}
Content-Length: {length}
"""
EXCEL = """\
POST {path}/execute?format=swagger&api-version=2.0 HTTP/1.1
Host: {host}
authorization: bearer {key}
Content-Type: text/json
Content-Length: {length}
"""
POWERSHELL = """\
POST {path}/execute?api-version=2.0 HTTP/1.1
Host: {host}
Authorization: BEARER {key}
Content-Type: application/json
Content-Length: {length}
"""


def test_the_sample_in_csharp(live: Live) -> None:
    # HttpClient sends the head first, and the body without waiting long for "100 Continue".
    body = (
        b'{"Inputs":{"input1":{"ColumnNames":["number","label"],"Values":[["0","value"],["0","value"]]}},'
        b'"GlobalParameters":{}}'
    )
    parts = urlsplit(live.url)
    head = CSHARP.format(
        path=urlsplit(live.address("double")).path, host=parts.netloc, key=live.keys["double"], length=len(body)
    )
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + b"Connection: close\r\n\r\n")
        connection.sendall(body)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert b" 200 OK\r\n" in answer
    table = json.loads(answer.rpartition(b"\r\n\r\n")[2])["Results"]["output1"]
    assert table["value"]["Values"] == [["0", "value", "0", "2024"]] * 2


def test_the_sample_in_python_2(live: Live) -> None:
    data = {"Inputs": {"input1": {"ColumnNames": ["label", "number"], "Values": [["é", 21]]}}, "GlobalParameters": {}}

    status, answer = _sent(live, PYTHON2, json.dumps(data).encode("ascii"))

    assert status == 200
    assert answer["Results"]["output1"]["value"]["Values"] == [["21", "é", "42", "2024"]]


def test_consume_of_the_r_package(live: Live) -> None:
    # jsonlite leaves out what is NA in a row.
    body = '{"Inputs":{"input1":[{"number":1,"label":"a"},{"number":2}]},"GlobalParameters":{}}'

    status, answer = _sent(live, R, body.encode())

    assert status == 200
    assert answer["Results"]["output1"][1] == {"number": "2", "label": None, "twice": "4", "year": "2024"}
    assert isinstance(json.loads(next(iter(answer["Results"]["output2"][0].values()))), dict)


def test_the_add_in_for_excel(live: Live) -> None:
    body = '{"Inputs":{"input1":[{"number":"1","label":"a"}]},"GlobalParameters":{"year":"1999"}}'

    status, answer = _sent(live, EXCEL, body.encode("utf-8-sig"))

    assert (status, answer["Results"]["output1"][0]["year"]) == (200, "1999")


def test_one_row_that_powershell_took_out_of_its_list(live: Live) -> None:
    body = (
        '{\r\n "Inputs":  {"input1":  {"ColumnNames": ["number", "label"], "Values": ["5", "x"]}},'
        '\r\n "GlobalParameters":  null\r\n}'
    )

    status, answer = _sent(live, POWERSHELL, body.encode())

    assert (status, answer["Results"]["output1"]["value"]["Values"][0][2]) == (200, "10")


def test_an_empty_body_of_powershell_is_told(live: Live) -> None:
    status, answer = _sent(live, POWERSHELL, b"")

    assert status == 400
    assert answer["error"]["details"][0]["code"] == "RequestBodyInvalid"


_CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_JSON = st.recursive(
    _CELLS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Inputs", "input1", "ColumnNames", "Values", "number", "label", "GlobalParameters"]), inner
        )
    ),
    max_leaves=8,
)
_BODIES = st.binary(max_size=60) | _JSON.map(lambda value: json.dumps(value).encode())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_BODIES)
def test_any_body_is_answered_or_refused_in_the_classic_shape(live: Live, body: bytes) -> None:
    status, answer = _sent(live, PYTHON2, body)

    assert status in (200, 400)
    assert ("Results" in answer) == (status == 200)
    if status == 400:
        assert set(answer["error"]) == {"code", "message", "details"}
