"""The server: one account, what it does next, and what it was asked."""

from __future__ import annotations

import secrets
import ssl
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha512
from threading import Event, Lock, Thread
from typing import Final
from uuid import uuid4

from blobprep.account import Account, Credential, Network, Protocol
from blobprep.stores.memory import MemoryStore
from tests.server.access import AUDIENCE, TENANT, Keys, Role, Token
from tests.server.behaviour import Behaviour
from tests.server.certificates import Certificates
from tests.server.connections import Client, Door
from tests.server.handling import answer, is_read
from tests.server.recording import Request
from tests.server.shelf import Shelf
from tests.server.wire import Answer, Refused, refusal_answer

__all__ = ["Server", "serve"]

_HOST: Final = "127.0.0.1"
_LOOK_SECONDS: Final = 0.05
_FIRST_VERSION: Final = "2021-12-02"


class Server:
    """One account behind one port, that speaks http and https; made by `serve`.

    Attributes:
        name: the account's.
        key: the account's.
        behaviour: how it answers now.
        requests: what it was asked, in order, as it came.
    """

    def __init__(self, name: str, certificates: Certificates | None) -> None:
        self.name = name
        self.key = b64encode(sha512(name.encode()).digest()).decode()
        self.behaviour = Behaviour()
        self.requests: list[Request] = []
        self._certificates = certificates
        self._shelf = Shelf(name)
        self._tokens: dict[str, Token] = {}
        self._counted: Counter[object] = Counter()
        self._lock = Lock()
        self._ending = Event()
        self._door = Door(self)

    @property
    def store(self) -> MemoryStore:
        """What the account holds, to be looked at and changed behind the service's back."""
        return self._shelf.store

    @property
    def port(self) -> int:
        return self._door.server_port

    @property
    def proxy(self) -> str:
        """The address to set as `http_proxy` or `https_proxy`, so that the account's real address leads here."""
        return f"http://{_HOST}:{self.port}"

    def endpoint(self, protocol: Protocol = "http") -> str:
        return f"{protocol}://{_HOST}:{self.port}/{self.name}"

    def account(self, protocol: Protocol = "http", credential: Credential | None = None) -> Account:
        """Return the account as blobprep knows it, with its key unless another credential is given."""
        return Account(
            self.name,
            protocol=protocol,
            endpoint=self.endpoint(protocol),
            credential=credential or Credential("key", self.key),
        )

    def remote_account(self) -> Account:
        """Return the account with its key at its real address, over http: no emulator's, as the client sees it."""
        return Account(
            self.name, protocol="http", credential=Credential("key", self.key), network=Network(proxy=self.proxy)
        )

    @contextmanager
    def behave(self, behaviour: Behaviour) -> Iterator[None]:
        """Answer so for a while; what is counted begins anew, and behind it, what was before goes on."""
        before, counted = self.behaviour, self._counted
        self.behaviour, self._counted = behaviour, Counter()
        try:
            yield
        finally:
            self.behaviour, self._counted = before, counted

    def issue(
        self,
        role: Role,
        *,
        lifetime: timedelta = timedelta(hours=1),
        tenant: str = TENANT,
        audience: str = AUDIENCE,
    ) -> str:
        """Return a new bearer token for somebody who has this role on the account."""
        text = f"token-of-a-{role}-{secrets.token_hex(8)}"
        self._tokens[text] = Token(role, datetime.now(UTC) + lifetime, tenant, audience)
        return text

    def context(self) -> ssl.SSLContext | None:
        """Return what a TLS connection is wrapped with now; as `Service.context`."""
        if self._certificates is None:
            return None
        return self._certificates.context(self.behaviour.certificate, self.behaviour.minimum_tls)

    def take(self, request: Request, body: bytes, client: Client) -> None:
        """Deal with a request as the behaviour says; as `Service.take`."""
        with self._lock:
            self.requests.append(request)
        behaviour = self.behaviour
        if not behaviour.concerns(request):
            behaviour = behaviour.healthy()
        self._wait(behaviour)
        if self._spend("resetting", behaviour.resetting):
            client.reset()
            return
        is_damaged = bool(body) or is_read(request)
        is_damaged = is_damaged and self._spend("damaging", behaviour.damaging)
        answered = self._answer(request, _damaged(body) if is_damaged else body, behaviour)
        if behaviour.changes_after is not None and is_read(request) and answered.status in (200, 206):
            self._change(request, behaviour.changes_after)
        if self._spend("losing", behaviour.losing):
            return
        is_cut = behaviour.cut_after is not None and answered.body and self._spend("cuts", behaviour.cuts)
        if is_read(request) and answered.status == 206 and self._spend("shortening", behaviour.shortening):
            answered = _shortened(answered)
        if is_damaged and is_read(request):
            answered = replace(answered, body=_damaged(answered.body))
        drips = bool(behaviour.dripping) and is_read(request) and self._spend("drips", behaviour.drips)
        client.send(answered, behaviour.cut_after if is_cut else None, behaviour.dripping if drips else 0.0)

    def _answer(self, request: Request, body: bytes, behaviour: Behaviour) -> Answer:
        now = datetime.now(UTC) + behaviour.clock_skew
        request_id = str(uuid4())
        try:
            if self._spend("throttling", behaviour.throttling):
                code = "InternalError" if behaviour.throttled == 500 else "ServerBusy"
                headers = {"Retry-After": str(behaviour.retry_after)}
                raise Refused(code, headers=headers, status=behaviour.throttled)
            if behaviour.refusing:
                raise Refused(behaviour.refusing)
            keys = Keys(self.key, self._tokens, self._shelf.public)
            answered = answer(request, body, behaviour, self._shelf, keys, now)
        except Refused as refused:
            answered = refusal_answer(refused, request_id, now)
        headers = {
            "Server": "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0",
            "Date": format_datetime(now, usegmt=True),
            "x-ms-request-id": request_id,
            "x-ms-version": request.headers.get("x-ms-version", _FIRST_VERSION),
        }
        if client := request.headers.get("x-ms-client-request-id"):
            headers["x-ms-client-request-id"] = client
        return replace(answered, headers={**headers, **answered.headers})

    def _wait(self, behaviour: Behaviour) -> None:
        self._ending.wait(behaviour.latency)
        while behaviour.held and not self._ending.is_set() and not behaviour.held.wait(_LOOK_SECONDS):
            pass

    def _change(self, request: Request, reads: int) -> None:
        place = (request.container, request.blob)
        with self._lock:
            self._counted[place] += 1
            is_due = self._counted[place] == max(reads, 1)
        if is_due:
            self._shelf.change(*place)

    def _spend(self, what: str, total: int) -> bool:
        with self._lock:
            is_left = self._counted[what] < total
            self._counted[what] += is_left
        return is_left

    def _end(self) -> None:
        self._ending.set()
        self._door.end()
        if self._door.defects:
            raise AssertionError("the stand-in server is wrong") from self._door.defects[0]

    def _serve(self) -> None:
        self._door.serve_forever(0.01)


def _damaged(data: bytes) -> bytes:
    return bytes((data[0] ^ 1,)) + data[1:] if data else data


def _shortened(answered: Answer) -> Answer:
    part, _, size = answered.headers["Content-Range"].partition("/")
    first = int(part.removeprefix("bytes ").partition("-")[0])
    body = answered.body[: max(1, len(answered.body) // 2)]
    headers = {name: value for name, value in answered.headers.items() if name != "Content-MD5"}
    return replace(
        answered, headers={**headers, "Content-Range": f"bytes {first}-{first + len(body) - 1}/{size}"}, body=body
    )


@contextmanager
def serve(certificates: Certificates | None = None, *, account: str = "contoso") -> Iterator[Server]:
    """Run an account on a free port of this machine, and end it afterwards.

    Args:
        certificates: what https connections are shown; without them it speaks http only.
        account: its name; its key follows from it.

    Raises:
        AssertionError: afterwards; something in the server itself went wrong.
    """
    server = Server(account, certificates)
    thread = Thread(target=server._serve)
    thread.start()
    try:
        yield server
    finally:
        server._end()
        thread.join()
