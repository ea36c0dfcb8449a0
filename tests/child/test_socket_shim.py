"""Real children that use the network in the ways scripts do: what is allowed works, what is not is explained."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from blobprep.sandbox.isolation import DEFAULT_LEVEL, Level
from blobprep.sandbox.network.connection_log import ConnectionRecord
from blobprep.sandbox.network.rules import Endpoint, Rules
from tests.emulator import KEY
from tests.sandbox.running import Outcome, run_script, survivors
from tests.server import Certificates, Server

pytestmark = pytest.mark.usefixtures("forked")

HOST = "127.0.0.1"
PLAIN = [
    *("with_urllib", "with_http_client", "with_requests", "with_asyncio", "with_aiohttp", "with_threads"),
    *("with_a_selector", "half_closed", "with_messages"),
]
SECURE = ["with_urllib_over_tls", "with_requests_over_tls", "with_tls_before_connecting", "with_asyncio_over_tls"]
REFUSED = ["another_host", "another_port", "metadata", "with_errno", "asynchronously"]
NEVER = ["udp", "listening", "listening_on_a_port", "no_address"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that lets go."""


@pytest.fixture(scope="module")
def plain() -> Iterator[Endpoint]:
    with _Quiet((HOST, 0), _Handler) as server:
        yield from _served(server)


@pytest.fixture(scope="module")
def secure(authority: Certificates) -> Iterator[Endpoint]:
    with _Quiet((HOST, 0), _Handler) as server:
        context = authority.context("good", ssl.TLSVersion.TLSv1_2)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        yield from _served(server)


def _served(server: ThreadingHTTPServer) -> Iterator[Endpoint]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Endpoint(HOST, server.server_port)
    server.shutdown()
    thread.join()


def run(
    ways: list[str],
    endpoint: Endpoint,
    *,
    rules: Rules | None = None,
    level: Level = DEFAULT_LEVEL,
    **parameters: str,
) -> Outcome:
    allowed = Rules(frozenset({endpoint})) if rules is None else rules
    given = {"ways": " ".join(ways), "host": endpoint.host, "port": str(endpoint.port), **parameters}
    return run_script("network.py", parameters=given, rules=allowed, level=level)


def said(outcome: Outcome) -> dict[str, Any]:
    (line,) = (line for line in outcome.lines if line.startswith("out | said "))
    return json.loads(line.removeprefix("out | said "))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def reached(plain: Endpoint) -> Outcome:
    return run([*PLAIN, "described", "looked_up"], plain)


@pytest.fixture(scope="module")
def refused(plain: Endpoint) -> Outcome:
    return run([*REFUSED, *NEVER], plain)


def test_an_allowed_server_is_reached_in_every_way(reached: Outcome) -> None:
    found = said(reached)

    assert {way: found[way] for way in PLAIN} == {
        "with_urllib": "hello",
        "with_http_client": ["hello", "hello"],
        "with_requests": "hello",
        "with_asyncio": ["hello", True],
        "with_aiohttp": ["hello"],
        "with_threads": [["hello"], 20],
        "with_a_selector": "hello",
        "half_closed": "hello",
        "with_messages": "hello",
    }


def test_every_attempt_is_counted(reached: Outcome, plain: Endpoint) -> None:
    (row,) = reached.attempts

    assert (row.endpoint, row.outcome, row.reason) == (str(plain), "reached", "")
    assert row.count >= 28  # and a few more: aiohttp opens as many as it likes
    assert row.received >= 5 * row.count
    assert not [line for line in reached.lines if line.startswith("blobprep |")]


def test_a_connection_looks_like_one(reached: Outcome, plain: Endpoint) -> None:
    family, kind, peer, own, timeout, copied, again, fresh, closed = said(reached)["described"]

    assert (family, kind, peer, own, timeout) == ("AF_INET", "SOCK_STREAM", [HOST, plain.port], ["0.0.0.0", 0], None)
    assert copied == peer
    assert [each[1] for each in (again, fresh, closed)] == [106, 107, 9]  # EISCONN, ENOTCONN, EBADF


def test_names_are_left_to_the_broker_and_addresses_stay(reached: Outcome) -> None:
    assert said(reached)["looked_up"] == [
        *("AF_INET", "SOCK_STREAM", ["contoso.blob.core.windows.net", 443], [HOST, 80]),
        *("example.com", HOST, "10.0.0.1"),
    ]


def test_a_scripts_own_processes_do_not_inherit_the_way_out(plain: Endpoint) -> None:
    outcome = run(["inherited"], plain, level="process")

    assert said(outcome)["inherited"] == ["0", "1", "2", "3"]


def test_tls_is_the_childs_own_and_its_certificates_are_checked(secure: Endpoint, authority: Certificates) -> None:
    outcome = run([*SECURE, "with_a_certificate_for_another"], secure, certificates=authority.authority.read_text())

    found = said(outcome)
    name, _, text = found.pop("with_a_certificate_for_another")
    assert found == dict.fromkeys(SECURE, "hello") | {"with_requests_over_tls": ["hello", "hello"]}
    assert (name, "example.com" in text) == ("SSLCertVerificationError", True)


@pytest.mark.parametrize(
    ("way", "error", "endpoint"),
    [
        ("another_host", "URLError", "example.com:80"),
        ("another_port", "PermissionError", "127.0.0.1:1"),
        ("asynchronously", "PermissionError", "example.com:443"),
    ],
)
def test_a_refusal_says_which_option_would_allow_it(refused: Outcome, way: str, error: str, endpoint: str) -> None:
    name, _, text = said(refused)[way]

    assert name == error
    assert f"blobprep: a script may not reach {endpoint}; allow it with --allow-host {endpoint}" in text


def test_each_refused_endpoint_has_one_line_in_the_log(refused: Outcome) -> None:
    lines = [line for line in refused.lines if line.startswith("blobprep | network: ")]

    assert re.findall(r"may not reach (\S+?)[;,] ", "\n".join(lines)) == [
        *("example.com:80", "127.0.0.1:1", "169.254.169.254:80", "example.com:443"),
    ]
    assert [(row.outcome, row.count) for row in refused.attempts] == [("refused", each) for each in (1, 1, 1, 2)]
    assert said(refused)["with_errno"] == "EACCES"


def test_a_metadata_service_is_not_offered(refused: Outcome) -> None:
    assert "no option allows it" in said(refused)["metadata"][2]


def test_what_the_broker_does_not_carry_is_refused_in_words(refused: Outcome) -> None:
    found = said(refused)

    assert "cannot use UDP" in found["udp"][2]
    assert "cannot listen" in found["listening"][2]
    assert "cannot listen" in found["listening_on_a_port"][2]
    assert [each[0] for each in found["no_address"]] == ["TypeError", "OverflowError"]


def test_nothing_is_allowed_unless_it_is_said(plain: Endpoint) -> None:
    outcome = run(["with_urllib"], plain, rules=Rules())

    assert f"--allow-host {plain}" in said(outcome)["with_urllib"][2]
    assert [row.outcome for row in outcome.attempts] == ["refused"]


def test_the_accounts_of_the_run_are_proposed_and_allowed(plain: Endpoint) -> None:
    own = frozenset({plain})

    hinted = run(["with_urllib"], plain, rules=Rules(accounts=own))
    allowed = run(["with_urllib"], plain, rules=Rules(accounts=own, allow_accounts=True))

    assert "or with --allow-accounts" in said(hinted)["with_urllib"][2]
    assert said(allowed)["with_urllib"] == "hello"


def test_time_limits_of_the_script_hold() -> None:
    with socket.create_server((HOST, 0)) as silent:
        outcome = run(["held_up"], Endpoint(HOST, silent.getsockname()[1]))

    assert said(outcome)["held_up"][0] == "TimeoutError"


def test_the_sdk_works_against_azurite_over_http(azurite: str) -> None:
    _make_container(azurite)

    outcome = run(
        ["with_the_sdk", "with_the_asynchronous_sdk"],
        _endpoint(azurite),
        account=azurite,
        key=KEY,
    )

    assert said(outcome) == {
        "with_the_sdk": [["up"], 5_000_000],
        "with_the_asynchronous_sdk": [5_000_000, ["async", "up"]],
    }


def test_the_sdk_works_over_https(server: Server, authority: Certificates) -> None:
    server.store.create_container("network")
    address = server.endpoint("https")

    outcome = run(
        ["with_the_sdk"],
        _endpoint(address),
        account=address,
        key=server.key,
        certificates=authority.authority.read_text(),
    )

    assert said(outcome) == {"with_the_sdk": [["up"], 5_000_000]}


def test_a_child_that_dies_in_the_middle_of_a_transfer_leaves_nothing(plain: Endpoint) -> None:
    before = set(threading.enumerate())

    outcome = run(["cut_off"], plain)

    assert outcome.ending.code == -9
    assert outcome.attempts == (ConnectionRecord(str(plain), "reached", "", 1, 43, 0),)
    assert not survivors(outcome.folder)
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("blobprep-")]


def _endpoint(address: str) -> Endpoint:
    parts = urlsplit(address)
    assert parts.hostname
    assert parts.port
    return Endpoint(parts.hostname, parts.port)


def _make_container(azurite: str) -> None:
    from azure.storage.blob import BlobServiceClient

    with BlobServiceClient(azurite, KEY) as client:
        if not client.get_container_client("network").exists():
            client.create_container("network")
