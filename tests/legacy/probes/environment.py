"""What a probe is given: services, a container of its own, answers it sets, and what is noted meanwhile."""

from __future__ import annotations

import hashlib
import http.client
import re
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from azure.storage.blob import AppendBlobService, BlockBlobService, PageBlobService
from azure.storage.common.retry import LinearRetry
from requests.adapters import HTTPAdapter

from tests.legacy.probes.normalising import normal
from tests.legacy.probes.recorder import Answer, Recorder, Sent
from tests.legacy.probes.signing import ACCOUNT, KEY, signature

__all__ = ["FINE", "Environment", "tried"]

_VERSION = "2019-02-02"
_USER_AGENT = "Azure-Storage/2.1.0-2.1.0 (<platform>)"
_LONG = 2000

# Sent with nearly every request: an outcome shows them only where they are missing or different.
_USUAL = {
    "x-ms-version": _VERSION,
    "User-Agent": _USER_AGENT,
    "Authorization": "valid",
    "x-ms-date": "<time>",
    "x-ms-client-request-id": "<guid>",
    "Connection": "keep-alive",
    "Accept-Encoding": "identity",
}


# What the answers to most requests say.
FINE = {
    "ETag": '"the-etag"',
    "Last-Modified": "Tue, 05 Jan 2016 10:11:12 GMT",
    "Date": "Wed, 06 Jan 2016 10:11:12 GMT",
    "x-ms-request-id": "00000000-0000-0000-0000-000000000001",
    "x-ms-version": _VERSION,
}

# What follows from a key chosen at random.
_RANDOM = ("x-ms-meta-encryptiondata", "Content-MD5")


def tried(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call, and return what came back, or the exception as a value."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


class Environment:
    """What one probe is given; made anew for each."""

    def __init__(self, recorder: Recorder, run: str, name: str, folder: Path) -> None:
        self.account, self.key = ACCOUNT, KEY
        self.folder = folder
        self.netloc = f"127.0.0.1:{recorder.port}"
        self.endpoint = f"http://{self.netloc}/{ACCOUNT}"
        self.waits: list[float] = []
        self.any_order = False  # set by a probe whose requests are sent by several threads
        self.ends_anyhow = False  # set by a probe that leaves threads behind which may send more
        self.random_bodies = False  # set by a probe whose requests are encrypted
        self._recorder = recorder
        self._name = re.sub(r"[^a-z0-9]+", "-", f"{run}-{name}".lower())[:60].strip("-")
        self._made: set[str] = set()
        recorder.take()
        self.places = {
            str(folder): "<folder>",
            self.netloc: "<netloc>",
            f"port={recorder.port}": "port=<port>",
            recorder.azurite: "<azurite>",
            self._name: "<container>",
        }

    # What a probe works with.

    def service(self, kind: type = BlockBlobService, **changes: Any) -> Any:
        """Make a service of the account behind the recorder; it tries once more, after a second, when it may."""
        made = kind(**{"account_name": ACCOUNT, "account_key": KEY, "custom_domain": self.endpoint} | changes)
        made.retry = LinearRetry(backoff=1, max_attempts=1, random_jitter_range=0).retry
        return made

    @property
    def block(self) -> Any:
        """A service of block blobs."""
        return self.service(BlockBlobService)

    @property
    def append(self) -> Any:
        """A service of append blobs."""
        return self.service(AppendBlobService)

    @property
    def page(self) -> Any:
        """A service of page blobs."""
        return self.service(PageBlobService)

    def over_https(self, kind: type = BlockBlobService, **changes: Any) -> Any:
        """Make a service that takes itself to speak https to Azure; its session leads to the recorder."""
        session = requests.Session()
        session.mount("https://", _Leading(self.netloc))
        session.mount("http://", _Leading(self.netloc))
        settings = {"account_name": ACCOUNT, "account_key": KEY, "request_session": session}
        made = kind(**settings | changes)
        made.retry = LinearRetry(backoff=1, max_attempts=1, random_jitter_range=0).retry
        return made

    @property
    def container(self) -> str:
        """The name of a container of its own; it exists once this was read."""
        if self._name not in self._made:
            self._made.add(self._name)
            self._send("PUT", f"/{self._name}?restype=container")
        return self._name

    @property
    def other_name(self) -> str:
        """The name of a container that nothing has made."""
        return f"{self._name}-x"

    def put(self, blob: str = "blob", content: bytes = b"hello world", **headers: str) -> str:
        """Store a block blob without the package under test; underscores in header names stand for dashes."""
        kind = {"x-ms-blob-type": "BlockBlob"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._send("PUT", f"/{self.container}/{quote(blob)}", kind | named, content)
        return blob

    def read(self, blob: str = "blob") -> bytes:
        """Return the content of a blob without the package under test."""
        return self._send("GET", f"/{self.container}/{quote(blob)}")

    def url(self, blob: str = "blob", container: str | None = None) -> str:
        """Return the address of a blob, as Azurite itself would be asked for it."""
        return f"http://{self._recorder.azurite}/{ACCOUNT}/{container or self.container}/{blob}"

    def file(self, content: bytes, name: str = "file") -> str:
        """Write a file and return its path."""
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def answer(self, *answers: Answer) -> None:
        """Set the answers to the next requests; none of them reaches Azurite."""
        self._recorder.answer(*answers)

    def answer_ok(self, body: bytes = b"", **headers: str) -> None:
        """Set one answer that says yes to whatever is asked."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer(Answer(200, FINE | named, body))

    def forget(self) -> None:
        """Leave the requests so far out of the outcome."""
        self._recorder.take()

    # What is noted.

    def requests(self) -> list[Any]:
        """Describe what was sent, and forget it."""
        told = [self._told(sent) for sent in self._recorder.take()]
        if self.ends_anyhow:
            self._recorder.end(self._name)
            return []
        return sorted(told, key=str) if self.any_order else told

    def _told(self, sent: Sent) -> dict[str, Any]:
        target = sent.target.removeprefix(f"http://{self.netloc}")
        headers = {name: normal(value, self.places) for name, value in sent.headers}
        if "Authorization" in headers:
            raw = dict(sent.headers)["Authorization"]
            local = "/" + target.split("/", 3)[3] if "://" in target else target
            valid = raw == signature(sent.method, local, sent.headers)
            headers["Authorization"] = "valid" if valid else headers["Authorization"]
        told: dict[str, Any] = {"line": f"{sent.method} {normal(_ordered(target), self.places)}"}
        if (host := headers.pop("Host", None)) != "<netloc>":
            told["host"] = host
        told["headers"] = {k: v for k, v in headers.items() if _USUAL.get(k) != v and k != "Content-Length"}
        if lacking := sorted(_USUAL.keys() - headers.keys()):
            told["lacks"] = lacking
        if "Content-Length" not in headers and sent.method == "PUT":
            told["lacks"] = [*told.get("lacks", []), "Content-Length"]
        if self.random_bodies:
            told["headers"] = {k: "<random>" if k in _RANDOM else v for k, v in told["headers"].items()}
            told["body"] = len(sent.body)
        elif len(sent.body) > _LONG:
            told["body"] = {"length": len(sent.body), "md5": hashlib.md5(sent.body).hexdigest()}
        elif sent.body:
            told["body"] = normal(sent.body.decode("latin-1"), self.places)
        return told

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
        """Send a request of its own straight to Azurite."""
        target = f"/{ACCOUNT}{path}"
        sent = {"x-ms-version": _VERSION, "x-ms-date": formatdate(time.time(), usegmt=True), **(headers or {})}
        sent["Content-Length"] = str(len(body))
        sent["Authorization"] = signature(method, target, sent.items())
        connection = http.client.HTTPConnection(self._recorder.azurite)
        try:
            connection.request(method, target, body, sent)
            with connection.getresponse() as response:
                content = response.read()
                if response.status >= 300:
                    raise RuntimeError(f"{method} {path}: {response.status} {content!r}")
                return content
        finally:
            connection.close()


def _ordered(target: str) -> str:
    """Sort the query; its order is of no consequence."""
    path, mark, query = target.partition("?")
    return path + mark + "&".join(sorted(query.split("&")))


class _Leading(HTTPAdapter):
    """Sends what is meant for https://… to the recorder, with the same host in its header."""

    def __init__(self, netloc: str) -> None:
        super().__init__()
        self._netloc = netloc

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url is not None
        host = request.url.split("/")[2]
        request.headers["Host"] = host
        request.url = request.url.replace(f"https://{host}", f"http://{self._netloc}", 1)
        request.url = request.url.replace(f"http://{host}", f"http://{self._netloc}", 1)
        return super().send(request, *args, **kwargs)
