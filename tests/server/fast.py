"""A fast account for benchmarks: files of a folder as blobs over HTTP, in a process of its own.

It answers what the SDKs, adlfs, obstore, polars and pyarrow ask of the Blob service and checks no signature. Blobs are
sent from the page cache with sendfile; uploads above `KEPT` bytes are counted and thrown away, so that neither a disk
nor this process is what a benchmark measures. A round-trip time and rates can be set, for a connection and for the
account.

    python -m tests.server.fast FOLDER [--round-trip SECONDS] [--rate BYTES] [--account-rate BYTES]

prints its port. FOLDER holds containers, which hold blobs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

__all__ = ["ACCOUNT", "KEPT", "FastAccount", "main"]

ACCOUNT: Final = "bench"
KEPT: Final = 1 << 20  # bytes of an uploaded blob that is kept, so that manifests and logs can be read back
_PIECE: Final = 1 << 20  # bytes sent at once: long enough for sendfile, short enough to hold a rate
_PAGE: Final = 5000  # blobs in an answer to a list request, as the service has it
_HEADERS_LIMIT: Final = 1 << 16
_RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(slots=True)
class _Blob:
    size: int
    etag: str
    modified: str
    path: Path | None = None
    data: bytes | None = None  # None without a path: counted and thrown away
    content_type: str = "application/octet-stream"


@dataclass(slots=True)
class _Pace:
    """A rate that several senders share; None for no limit."""

    rate: float | None
    lock: threading.Lock = field(default_factory=threading.Lock)
    free: float = 0.0  # the moment from which more may be sent

    def wait(self, size: int) -> None:
        if self.rate is None:
            return
        with self.lock:
            now = time.monotonic()
            start = max(now, self.free)
            self.free = start + size / self.rate
        if start > now:
            time.sleep(start - now)


@dataclass(slots=True)
class _Request:
    method: str
    container: str
    blob: str
    query: dict[str, str]
    headers: dict[str, str]


class FastAccount:
    """One account over the blobs of a folder; a thread for each connection."""

    def __init__(
        self, folder: Path, *, round_trip: float = 0.0, rate: float | None = None, account_rate: float | None = None
    ) -> None:
        self._round_trip, self._rate, self._account = round_trip, rate, _Pace(account_rate)
        self._lock = threading.Lock()
        self._containers: dict[str, dict[str, _Blob]] = {}
        self._blocks: dict[tuple[str, str], dict[str, bytes | int]] = {}
        self._pages: dict[tuple[str, ...], bytes] = {}
        self._changes = 0
        self._talks: dict[threading.Thread, socket.socket] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                container, _, name = path.relative_to(folder).as_posix().partition("/")
                found = path.stat()
                etag = hashlib.sha256(f"{name} {found.st_size} {found.st_mtime_ns}".encode()).hexdigest()[:16]
                self._containers.setdefault(container, {})[name] = _Blob(
                    found.st_size, f'"0x{etag.upper()}"', formatdate(found.st_mtime, usegmt=True), path
                )
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Answer connections until `close`."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._converse, args=(connection,), daemon=True)
            with self._lock:
                self._talks = {talk: open_one for talk, open_one in self._talks.items() if talk.is_alive()}
                self._talks[thread] = connection
                thread.start()

    def close(self) -> None:
        """Take no more connections, and end those that are open."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            talks = self._talks
        for thread, connection in talks.items():
            with suppress(OSError):  # its thread has closed it
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def _converse(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pace, scratch = _Pace(self._rate), bytearray(_PIECE)
        time.sleep(self._round_trip)  # the handshake's
        with connection, connection.makefile("rb", buffering=_HEADERS_LIMIT) as reader:
            while (request := _read_request(reader)) is not None:
                length = int(request.headers.get("content-length", 0))
                if request.headers.get("expect", "").lower() == "100-continue":
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = self._take(reader, length, scratch, pace)
                time.sleep(self._round_trip)
                self._answer(connection, request, length, body, pace)

    def _take(self, reader: object, length: int, scratch: bytearray, pace: _Pace) -> bytes | None:
        """Return a body up to `KEPT`, None for a longer one, which is read and thrown away."""
        if length <= KEPT:
            return reader.read(length) if length else b""  # type: ignore[attr-defined]
        view, left = memoryview(scratch), length
        while left:
            got = reader.readinto(view[: min(left, len(view))])  # type: ignore[attr-defined]
            if not got:
                raise ConnectionError("the client went away")
            pace.wait(got)
            self._account.wait(got)
            left -= got
        return None

    def _answer(
        self, connection: socket.socket, request: _Request, length: int, body: bytes | None, pace: _Pace
    ) -> None:
        if request.query.get("comp") == "list":
            return _send(connection, 200, self._list(request), {"Content-Type": "application/xml"})
        if request.query.get("restype") == "account":
            kind = {"x-ms-sku-name": "Standard_LRS", "x-ms-account-kind": "StorageV2", "x-ms-is-hns-enabled": "false"}
            return _send(connection, 200, headers=kind, head=request.method)
        if not request.blob:
            return self._answer_container(connection, request)
        if request.method in ("GET", "HEAD"):
            return self._download(connection, request, pace)
        if request.method == "PUT":
            return self._upload(connection, request, length, body)
        with self._lock:
            self._changes += 1
            gone = self._containers.get(request.container, {}).pop(request.blob, None)
        return _send(connection, 202 if gone else 404)

    def _answer_container(self, connection: socket.socket, request: _Request) -> None:
        if request.method == "PUT":
            with self._lock:
                new = request.container not in self._containers
                self._containers.setdefault(request.container, {})
            return _send(connection, 201 if new else 409, code="" if new else "ContainerAlreadyExists")
        found = request.container in self._containers
        _send(connection, 200 if found else 404, code="" if found else "ContainerNotFound", head=request.method)
        return None

    def _download(self, connection: socket.socket, request: _Request, pace: _Pace) -> None:
        blob = self._containers.get(request.container, {}).get(request.blob)
        if blob is None:
            return _send(connection, 404, code="BlobNotFound", head=request.method)
        if request.headers.get("if-match", blob.etag) not in (blob.etag, "*"):
            return _send(connection, 412, code="ConditionNotMet", head=request.method)
        headers = {
            "ETag": blob.etag,
            "Last-Modified": blob.modified,
            "Content-Type": blob.content_type,
            "x-ms-blob-type": "BlockBlob",
            "x-ms-creation-time": blob.modified,
            "x-ms-lease-state": "available",
            "x-ms-lease-status": "unlocked",
            "x-ms-server-encrypted": "true",
            "Accept-Ranges": "bytes",
        }
        start, end, status = 0, blob.size, 200
        asked = _RANGE.fullmatch(request.headers.get("x-ms-range") or request.headers.get("range") or "")
        if asked:
            start = int(asked[1])
            end = min(int(asked[2]) + 1, blob.size) if asked[2] else blob.size
            if start >= blob.size:
                headers = {"Content-Range": f"bytes */{blob.size}"}
                return _send(connection, 416, headers=headers, code="InvalidRange", head=request.method)
            headers["Content-Range"], status = f"bytes {start}-{end - 1}/{blob.size}", 206
        connection.sendall(_head(status, end - start, headers))
        if request.method == "GET":
            self._send_bytes(connection, blob, start, end, pace)
        return None

    def _send_bytes(self, connection: socket.socket, blob: _Blob, start: int, end: int, pace: _Pace) -> None:
        if blob.path is None:
            connection.sendall((blob.data or bytes(end))[start:end])
            return
        file = os.open(blob.path, os.O_RDONLY)
        try:
            while start < end:
                size = min(_PIECE, end - start)
                pace.wait(size)
                self._account.wait(size)
                start += os.sendfile(connection.fileno(), file, start, size)
        finally:
            os.close(file)

    def _upload(self, connection: socket.socket, request: _Request, length: int, body: bytes | None) -> None:
        place = (request.container, request.blob)
        if request.query.get("comp") == "block":
            with self._lock:
                kept = length if body is None else body
                self._blocks.setdefault(place, {})[request.query["blockid"]] = kept
            return _send(connection, 201, headers={"x-ms-request-server-encrypted": "true"})
        with self._lock:
            blobs = self._containers.get(request.container)
            if blobs is None:
                return _send(connection, 404, code="ContainerNotFound")
            old = blobs.get(request.blob)
            if old is not None and request.headers.get("if-none-match") == "*":
                return _send(connection, 409, code="BlobAlreadyExists")
            demanded = request.headers.get("if-match")
            if demanded is not None and (old is None or demanded not in (old.etag, "*")):
                return _send(connection, 412, code="ConditionNotMet")
            size, data = length, body
            if request.query.get("comp") == "blocklist":
                blocks = self._blocks.pop(place, {})
                names = re.findall(rb"<(?:Latest|Uncommitted|Committed)>([^<]*)<", body or b"")
                parts = [blocks[name.decode()] for name in names]
                size = sum(part if isinstance(part, int) else len(part) for part in parts)
                small = [part for part in parts if isinstance(part, bytes)]
                data = b"".join(small) if len(small) == len(parts) and size <= KEPT else None
            self._changes += 1
            etag = f'"0x{self._changes:016X}"'
            content_type = request.headers.get("x-ms-blob-content-type", "application/octet-stream")
            blobs[request.blob] = _Blob(size, etag, formatdate(usegmt=True), None, data, content_type)
        stored = {"ETag": etag, "Last-Modified": formatdate(usegmt=True), "x-ms-request-server-encrypted": "true"}
        return _send(connection, 201, headers=stored)

    def _list(self, request: _Request) -> bytes:
        key = (
            *sorted(f"{name}={value}" for name, value in request.query.items()),
            request.container,
            str(self._changes),
        )
        if key not in self._pages:
            self._pages[key] = self._page(request)
        return self._pages[key]

    def _page(self, request: _Request) -> bytes:
        """Return one page of blobs, or of containers where none is asked for."""
        prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
        marker, most = request.query.get("marker", ""), int(request.query.get("maxresults", _PAGE))
        if not request.container:
            items = [f"<Container><Name>{escape(name)}</Name></Container>" for name in sorted(self._containers)]
            return _enumeration(request, "Containers", items, "")
        blobs = self._containers.get(request.container, {})
        items, folders, following = [], set(), ""
        for name in sorted(blobs):
            if not name.startswith(prefix) or name < marker:
                continue
            folder, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            if found and folder in folders:
                continue
            if len(items) == most:
                following = name
                break
            if found:
                folders.add(folder)
                items.append(f"<BlobPrefix><Name>{escape(prefix + folder + delimiter)}</Name></BlobPrefix>")
            else:
                items.append(_listed(name, blobs[name]))
        return _enumeration(request, "Blobs", items, following)


def _listed(name: str, blob: _Blob) -> str:
    return (
        f"<Blob><Name>{escape(name)}</Name><Properties><Creation-Time>{blob.modified}</Creation-Time>"
        f"<Last-Modified>{blob.modified}</Last-Modified><Etag>{escape(blob.etag.strip(chr(34)))}</Etag>"
        f"<Content-Length>{blob.size}</Content-Length><Content-Type>{blob.content_type}</Content-Type>"
        "<BlobType>BlockBlob</BlobType><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
        "</Properties></Blob>"
    )


def _enumeration(request: _Request, kind: str, items: list[str], following: str) -> bytes:
    container = f' ContainerName="{escape(request.container)}"' if request.container else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://127.0.0.1/"{container}>'
        f"<{kind}>{''.join(items)}</{kind}><NextMarker>{escape(following)}</NextMarker></EnumerationResults>"
    ).encode()


def _read_request(reader: object) -> _Request | None:
    line = reader.readline(_HEADERS_LIMIT)  # type: ignore[attr-defined]
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = {}
    while (line := reader.readline(_HEADERS_LIMIT)) not in (b"\r\n", b"\n", b""):  # type: ignore[attr-defined]
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    parts = urlsplit(target)
    _, _, path = parts.path.lstrip("/").partition("/")  # the account's name
    container, _, blob = path.partition("/")
    query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    return _Request(method, unquote(container), unquote(blob), query, headers)


_REASONS: Final = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    206: "Partial Content",
    404: "Not Found",
    409: "Conflict",
    412: "Precondition Failed",
    416: "Range Not Satisfiable",
}


def _send(
    connection: socket.socket,
    status: int,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    *,
    code: str = "",
    head: str = "",
) -> None:
    sent = dict(headers or {})
    if code:
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        sent |= {"x-ms-error-code": code, "Content-Type": "application/xml"}
    connection.sendall(_head(status, len(body), sent) + (b"" if head == "HEAD" else body))


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    always = {
        "Content-Length": str(length),
        "Date": formatdate(usegmt=True),
        "x-ms-version": "2021-12-02",
        "x-ms-request-id": "00000000-0000-0000-0000-000000000000",
        "Server": "blobprep-benchmark",
    }
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'OK')}", *(f"{n}: {v}" for n, v in (always | headers).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def main() -> None:
    """Serve a folder until the standard input ends."""
    parser = argparse.ArgumentParser(description="Serve a folder as an account, fast.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--round-trip", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--rate", type=float, metavar="BYTES", help="a second, each connection")
    parser.add_argument("--account-rate", type=float, metavar="BYTES", help="a second, all connections together")
    given = parser.parse_args()
    account = FastAccount(given.folder, round_trip=given.round_trip, rate=given.rate, account_rate=given.account_rate)
    threading.Thread(target=account.serve, daemon=True).start()
    print(account.port, flush=True)
    os.read(0, 1)  # whoever started this process holds the other end
    os._exit(0)


if __name__ == "__main__":
    main()
