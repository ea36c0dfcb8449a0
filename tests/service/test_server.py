"""A real server on this machine: clients that are slow, lie, or leave; keys and tokens; what is told of requests."""

from __future__ import annotations

import http.client
import io
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from blobprep.errors import InvalidOption
from blobprep.service.access.authentication import Access
from blobprep.service.access.keys import KeyFile
from blobprep.service.access.tokens import TokenRules, Tokens
from blobprep.service.definitions import Score, ServiceDefinition, ServiceInput, ServiceTable
from blobprep.service.monitoring.observation import AccessLog
from blobprep.service.server import Listening
from tests.server import certificates
from tests.service.issuer import serve_issuer
from tests.service.serving import Serving, plain_app, serving

DEFINITION = ServiceDefinition(
    "iris", "0" * 32, "1" * 32, {}, (ServiceInput("input1", "dataset1"),), bytes=10_000, seconds=5
)
BODY = json.dumps({"names": ["a"], "rows": [[1]]}).encode()


class Echo:
    """A scorer that returns its input, once it may."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.may.set()
        self.begun = threading.Event()

    def score(
        self,
        service: ServiceDefinition,
        tables: Mapping[str, ServiceTable],
        parameters: Mapping[str, str],
        *,
        request_id: str,
    ) -> Score:
        self.begun.set()
        assert self.may.wait(20)
        return Score("succeeded", {"output1": tables["input1"]}, timings={"script": 0.5})


@pytest.fixture
def served() -> Iterator[Serving]:
    app = plain_app(DEFINITION, Echo(), body_seconds=1.0)
    with serving(app, Listening(header_seconds=1.0, connections=50)) as running:
        yield running


def post(served: Serving, body: bytes = BODY, **headers: str) -> httpx.Response:
    return httpx.post(f"{served.url}/execute", content=body, headers=headers)


def raw(served: Serving, data: bytes) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", served.port), timeout=15)
    opened.sendall(data)
    return opened


def answer_of(opened: socket.socket) -> bytes:
    with opened:
        answer = b""
        while data := opened.recv(1 << 16):
            answer += data
            if b"}" in answer:
                break
    return answer


def test_a_request_is_answered_with_an_id_and_the_clients_own(served: Serving) -> None:
    answer = post(served, **{"x-ms-client-request-id": "mine-1"})

    assert answer.json() == {"names": ["a"], "rows": [[1]]}
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-ms-request-id"])
    assert answer.headers["x-ms-client-request-id"] == "mine-1"
    assert "server" not in answer.headers
    assert "x-ms-client-request-id" not in post(served, **{"x-ms-client-request-id": "a b\tc"}).headers


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_body_that_is_too_long_is_refused(served: Serving, chunked: bool) -> None:
    body = b"x" * 10_001
    answer = httpx.post(f"{served.url}/execute", content=iter([body[:6000], body[6000:]]) if chunked else body)

    assert answer.status_code == 413
    assert answer.json()["error"]["details"][0]["code"] == "RequestBodyInvalid"


def test_a_gigabyte_is_refused_before_it_is_sent(served: Serving) -> None:
    opened = raw(served, b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n")

    assert answer_of(opened).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_sends_all_of_a_long_body_first_has_its_answer(served: Serving) -> None:
    body = b"x" * 5_000_000
    opened = raw(served, f"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    assert answer_of(opened).startswith(b"HTTP/1.1 413 ")


def test_a_gigabyte_in_chunks_is_cut_off(served: Serving) -> None:
    opened = raw(served, b"POST /execute HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    sent = 0
    with opened:
        try:
            for _ in range(16_384):
                opened.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass

    assert sent < 50_000_000
    assert post(served).status_code == 200


@pytest.mark.parametrize("length", ["5", "1000"], ids=["shorter", "longer"])
def test_a_body_that_lies_about_its_length_harms_nobody(served: Serving, length: str) -> None:
    head = f"POST /execute HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"

    answer = answer_of(raw(served, head.encode() + BODY))

    assert answer.startswith((b"HTTP/1.1 500", b"HTTP/1.1 408", b"HTTP/1.1 400"))
    assert post(served).status_code == 200


def test_a_body_of_one_byte_now_and_then_is_given_up_and_others_are_answered(served: Serving) -> None:
    opened = raw(served, b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(0.1):
            try:
                opened.send(b"x")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    assert [post(served).status_code for _ in range(5)] == [200] * 5
    try:
        assert answer_of(opened).startswith(b"HTTP/1.1 408 ")
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize("data", [b"", b"POST /exe", b"POST /execute HTTP/1.1\r\nHost: x\r\nA: b\r\n"])
def test_headers_that_do_not_come_end_the_connection(served: Serving, data: bytes) -> None:
    opened = raw(served, data)

    with opened:
        try:
            assert opened.recv(100) == b""
        except ConnectionResetError:
            pass


@pytest.mark.parametrize(
    "head",
    [
        b"POST /",
        b"POST /execute HTTP/1.1\r\nHost: x\r\nX-Long: ",
        b"POST /execute HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\nX-Long: ",
        b"POST /execute HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;long=",
    ],
    ids=["path", "header", "trailer", "chunk"],
)
def test_what_is_no_body_is_bounded_too(served: Serving, head: bytes) -> None:
    with raw(served, head) as opened, pytest.raises((ConnectionResetError, BrokenPipeError)):
        opened.sendall(b"a" * (100 << 20))


def test_a_client_that_asks_before_it_sends_is_answered_and_let_go(served: Serving) -> None:
    asking = b"Host: x\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n"

    assert b"404" in answer_of(raw(served, b"POST /nowhere HTTP/1.1\r\n" + asking))
    assert b"100 Continue" in answer_of(raw(served, b"POST /execute HTTP/1.1\r\n" + asking))


def test_connections_beyond_the_limit_are_refused_and_those_there_go_on(served: Serving) -> None:
    client = http.client.HTTPConnection("127.0.0.1", served.port)
    client.request("POST", "/execute", BODY)
    client.getresponse().read()
    held = [raw(served, b"") for _ in range(60)]

    client.request("POST", "/execute", BODY)

    assert client.getresponse().status == 200
    for opened in held:
        opened.close()
    client.close()


def test_a_client_that_leaves_ends_nothing(served: Serving) -> None:
    raw(served, b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx").close()

    assert post(served).status_code == 200


def test_a_server_that_is_told_to_end_answers_what_it_accepted() -> None:
    scorer = Echo()
    scorer.may.clear()
    served = Serving(plain_app(DEFINITION, scorer), Listening(grace_seconds=20))
    served.start()
    with ThreadPoolExecutor(2) as threads:
        running = threads.submit(post, served)
        assert scorer.begun.wait(10)
        served.server.should_exit = True
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:  # nobody is let in any more
            try:
                socket.create_connection(("127.0.0.1", served.port), timeout=1).close()
            except OSError:
                break
        else:
            pytest.fail("the server goes on to take connections")
        scorer.may.set()
        assert running.result().status_code == 200
    served.stop()


def test_keys_and_tokens_open_their_service_and_nothing_else_does(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    primary, secondary = keys.create("iris", "primary"), keys.create("iris", "secondary")
    other = keys.create("other", "primary")
    log = io.StringIO()
    with serve_issuer() as issuer:
        rules = TokenRules((issuer.address,), ("api://iris",), ("score",))
        access = Access(keys, {"iris": Tokens(rules)})
        with serving(plain_app(DEFINITION, Echo(), access, AccessLog(log))) as served:

            def status(credential: str) -> int:
                return post(served, authorization=credential).status_code

            token = issuer.token()
            given = {
                f"Bearer {primary}": 200,
                f"bearer {secondary}": 200,
                f"BEARER   {primary}": 200,
                f"Bearer {token}": 200,
                f"Bearer {other}": 401,
                f"Basic {primary}": 401,
                primary: 401,
                "Bearer": 401,
                f"Bearer {issuer.token(roles=['read'])}": 401,
                f"Bearer {primary}x": 401,
            }
            assert {credential: status(credential) for credential in given} == given
            assert post(served).json() == {
                "error": {
                    "code": "Unauthorized",
                    "message": "Request is unauthorized to access resource.",
                    "details": [{"code": "ScoreRequestUnauthorized", "message": "Invalid credentials provided."}],
                }
            }
            renewed = keys.create("iris", "primary")
            assert (status(f"Bearer {primary}"), status(f"Bearer {renewed}")) == (401, 200)
            metrics = httpx.get(f"{served.url}/metrics").text
    told = log.getvalue() + metrics
    assert not [secret for secret in (primary, secondary, other, renewed, token) if secret in told]


def test_the_access_log_has_a_line_for_each_request_and_nothing_that_the_client_wrote() -> None:
    log = io.StringIO()
    with serving(plain_app(DEFINITION, Echo(), None, AccessLog(log))) as served:
        body = json.dumps({"names": ["canary-name"], "rows": [["canary-cell"]]}).encode()
        answer = httpx.post(f"{served.url}/execute?sig=canary-query", content=body)
        httpx.get(f"{served.url}/canary-path", headers={"user-agent": "canary-agent", "x-ms-client-request-id": "mine"})
        httpx.request("canary", f"{served.url}/execute")
        httpx.post(f"{served.url}/execute", content=b"x" * 10_001)
        metrics = httpx.get(f"{served.url}/metrics").text

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    first = lines[0]
    assert first["request_id"] == answer.headers["x-ms-request-id"]
    assert {name: first[name] for name in ("method", "service", "operation", "status", "received", "stages")} == {
        "method": "POST",
        "service": "iris",
        "operation": "execute",
        "status": 200,
        "received": len(body),
        "stages": {"script": 0.5},
    }
    assert [line["status"] for line in lines] == [200, 404, 405, 413, 200]
    assert lines[1]["client_request_id"] == "mine"
    assert lines[3]["code"] == "BadArgument"
    assert "canary" not in log.getvalue()
    assert "canary" not in metrics
    assert 'blobprep_requests_total{code="",operation="execute",service="iris",status="200"} 1.0' in metrics
    assert 'blobprep_stage_seconds_sum{service="iris",stage="script"} 0.5' in metrics


def test_a_server_with_a_certificate_speaks_tls(tmp_path: Path) -> None:
    made = certificates.make(tmp_path)
    listening = Listening(certificate=made.files["good"])
    context = ssl.create_default_context(cafile=str(made.authority))
    with serving(plain_app(DEFINITION, Echo()), listening) as served:
        assert httpx.post(f"{served.url}/execute", content=BODY, verify=context).status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"port": 70_000}, "70000 is no port"),
        ({"key": Path("key.pem")}, "a key is given without a certificate"),
        ({"certificate": Path("missing.pem")}, "missing.pem is no file"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        replace(Listening(), **changes)
