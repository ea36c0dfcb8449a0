"""What the tests of transfers share: services whose pieces are a few bytes, and a record of what they asked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest
import requests

from blobprep.legacy.retry import no_retry
from blobprep.legacy.services.append import AppendBlobService
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.services.block import BlockBlobService
from blobprep.legacy.services.page import PageBlobService
from blobprep.legacy.wire.messages import HTTPRequest
from tests import emulator

SINGLE_GET = SINGLE_PUT = 100
CHUNK = 40
PAGES = 1024


def content(size: int) -> bytes:
    """Bytes of which every part differs from its neighbors."""
    return bytes((7 * index + index // 251) % 256 for index in range(size))


@dataclass(frozen=True)
class Asked:
    """A request as it was when it was sent."""

    method: str
    path: str
    query: dict[str, Any]
    headers: dict[str, Any]
    size: int

    @property
    def what(self) -> str:
        """The method, and `comp` of the query if there is one."""
        return f"{self.method} {self.query.get('comp', '')}".strip()

    @property
    def range(self) -> str | None:
        told = self.headers.get("x-ms-range")
        return told and told.removeprefix("bytes=")


@dataclass
class Record:
    """What a service asked, and how far it said that it was."""

    requests: list[Asked] = field(default_factory=list)
    progress: list[tuple[int | None, int | None]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def note(self, request: HTTPRequest) -> None:
        headers = {name: value for name, value in request.headers.items() if value is not None}
        query = {name: value for name, value in request.query.items() if value is not None}
        size = int(headers.get("Content-Length", 0))
        with self.lock:
            self.requests.append(Asked(request.method, request.path, query, headers, size))

    def tell(self, done: int | None, total: int | None) -> None:
        self.progress.append((done, total))

    @property
    def whats(self) -> list[str]:
        return [asked.what for asked in self.requests]

    @property
    def ranges(self) -> list[str | None]:
        return [asked.range for asked in self.requests]

    @property
    def sizes(self) -> list[int]:
        return [asked.size for asked in self.requests]


@dataclass
class Legacy:
    """A container of a test's own, and services for the three kinds of blobs in it."""

    container: str
    block: BlockBlobService
    append: AppendBlobService
    page: PageBlobService
    record: Record
    plain: BlockBlobService

    def put(self, name: str, data: bytes) -> None:
        """Put a blob behind the record's back."""
        self.plain.create_blob_from_bytes(self.container, name, data)

    def read(self, name: str) -> bytes:
        """Read a blob behind the record's back."""
        read: bytes = self.plain.get_blob_to_bytes(self.container, name).content
        return read


def small(service: BaseBlobService, record: Record) -> Any:
    """Let a service work in small pieces, without retries, on the record."""
    service.retry = no_retry
    service.request_callback = record.note
    service.MAX_SINGLE_GET_SIZE, service.MAX_CHUNK_GET_SIZE = SINGLE_GET, CHUNK
    if isinstance(service, BlockBlobService):
        service.MAX_SINGLE_PUT_SIZE, service.MAX_BLOCK_SIZE = SINGLE_PUT, CHUNK
    elif isinstance(service, AppendBlobService):
        service.MAX_BLOCK_SIZE = CHUNK
    elif isinstance(service, PageBlobService):
        service.MAX_PAGE_SIZE = PAGES
    return service


def legacy_of(make: Callable[[type], Any]) -> Legacy:
    record = Record()
    plain = make(BlockBlobService)
    plain.retry = no_retry
    container = f"test-{secrets.token_hex(8)}"
    plain.create_container(container)
    kinds = (BlockBlobService, AppendBlobService, PageBlobService)
    return Legacy(container, *(small(make(kind), record) for kind in kinds), record, plain)


@pytest.fixture(scope="session")
def session() -> Iterator[requests.Session]:
    """Connections that the tests of this process share."""
    with requests.Session() as shared:
        yield shared


@pytest.fixture
def legacy(azurite: str, session: requests.Session) -> Legacy:
    """Services on Azurite, which forgets their container when it ends."""
    told = emulator.connection_string(azurite)
    return legacy_of(lambda kind: kind(connection_string=told, request_session=session))


class Wrapper:
    """A key-encryption-key that wraps by turning bits over, which is enough to see that it was asked."""

    def __init__(self, kid: str = "local:key1") -> None:
        self.kid = kid

    def wrap_key(self, key: bytes, algorithm: str = "TURN") -> bytes:
        return bytes(byte ^ 0x5A for byte in key)

    def unwrap_key(self, key: bytes, algorithm: str) -> bytes:
        assert algorithm == "TURN"
        return bytes(byte ^ 0x5A for byte in key)

    def get_key_wrap_algorithm(self) -> str:
        return "TURN"

    def get_kid(self) -> str:
        return self.kid


class Unseekable:
    """A stream that can be read and written, and does not move."""

    def __init__(self, stream: Any, most: int | None = None) -> None:
        self._stream = stream
        self._most = most

    def read(self, size: int) -> bytes:
        wanted = size if self._most is None else min(self._most, size)
        read: bytes = self._stream.read(wanted)
        return read

    def write(self, data: bytes) -> None:
        self._stream.write(data)

    def seekable(self) -> bool:
        return False
