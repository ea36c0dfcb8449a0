"""What the tests of the engine share: services on Azurite, and a session that answers from a list."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from blobprep.legacy.retry import no_retry
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.wire.messages import HTTPRequest
from tests import emulator

ACCOUNT, KEY = "contoso", "a2V5"


@dataclass
class Answer:
    """What a session's `request` returns, as far as the engine looks at it."""

    status_code: int = 201
    reason: str = "Created"
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    def close(self) -> None:
        pass


def refusal(status: int, code: str | None = None, reason: str = "It is refused.", body: bytes = b"<Error/>") -> Answer:
    return Answer(status, reason, {} if code is None else {"x-ms-error-code": code}, body)


def written() -> Answer:
    return Answer(headers={"ETag": '"0x1"', "Last-Modified": "Mon, 23 Nov 2026 13:04:09 GMT"})


class Answering:
    """A session of a script's own, which answers from a list; the last answer is given again and again."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers) or [written()]
        self.headers: dict[str, str] = {"Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "keep-alive"}
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def request(self, method: str, url: str, **options: Any) -> Answer:
        self.asked.append((method, url, {**options, "headers": dict(options["headers"])}))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def urls(self) -> list[str]:
        return [url for _, url, _ in self.asked]


def offline(session: Answering, **options: Any) -> BaseBlobService:
    """A service that asks a session of the test's own, and does not try again."""
    given = {"account_name": ACCOUNT, "account_key": KEY, "protocol": "http"} | options
    service = BaseBlobService(request_session=session, **given)
    service.retry = no_retry
    return service


@dataclass
class Live:
    """A service on Azurite, a container of the test's own in it, and what was asked."""

    service: BaseBlobService
    container: str
    requests: list[HTTPRequest] = field(default_factory=list)

    def put(self, name: str = "blob", content: bytes = b"content", **headers: str) -> None:
        """Put a block blob, by the engine alone."""
        request = HTTPRequest()
        request.method, request.path = "PUT", f"/{self.container}/{name}"
        request.headers = {"x-ms-blob-type": "BlockBlob", **headers}
        request.body = content
        request.host_locations = self.service._get_host_locations()
        self.service._perform_request(request)


@pytest.fixture(scope="session")
def connections() -> Iterator[requests.Session]:
    """Connections that the tests of this process share."""
    with requests.Session() as session:
        yield session


@pytest.fixture
def make(azurite: str, connections: requests.Session) -> Callable[..., BaseBlobService]:
    """Makes services on Azurite."""

    def made(**given: Any) -> BaseBlobService:
        known = {"account_name": emulator.ACCOUNT, "account_key": emulator.KEY} if not given else {}
        service = BaseBlobService(custom_domain=azurite, request_session=connections, **(known | given))
        service.retry = no_retry
        return service

    return made


@pytest.fixture
def live(make: Callable[..., BaseBlobService]) -> Live:
    """A service with the account's key, and a new container, which Azurite forgets when it ends."""
    service = make()
    live = Live(service, f"test-{secrets.token_hex(8)}")
    service.create_container(live.container)
    service.request_callback = live.requests.append
    return live
