"""The bytes of a download, collected over as many answers as it takes.

The SDK requests a range and reads its body once; if the connection breaks in the middle, it requests the whole range
again, and a connection that drips holds it forever. Here a body continues where the last answer stopped, with the same
ETag, and each piece goes where it belongs as it comes: nothing holds a range a second time.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import MutableMapping
from time import monotonic
from typing import Any, Final

from azure.core.exceptions import AzureError
from urllib3.exceptions import HTTPError

from blobprep.stores.base import Write

__all__ = ["CHECKED_SIZE", "LEAST", "Body", "BrokenBody", "Pieces"]

CHECKED_SIZE: Final = 4 * 1024 * 1024
"""The longest range for which the service computes a checksum (`x-ms-range-get-content-md5`)."""

LEAST: Final = 64 * 1024
"""Bytes that must arrive within the read timeout; a slower connection counts as broken."""

_PIECE: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)")
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class BrokenBody(AzureError):
    """A body that did not arrive complete."""


def _content_range(headers: Any) -> tuple[int, int, int] | None:
    """Return the first byte, the last byte and the size of the blob that an answer states; None if it states none."""
    part = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
    return (int(part[1]), int(part[2]), int(part[3])) if part else None


class Body:
    """The body of one download.

    Args:
        headers: the headers of its request; they are changed to request what is missing.
        write: is given each piece and its place in the body, in order; from the start again if what came is not right.
        checked: whether to request a checksum of the range from the service.
        patience: seconds within which `LEAST` bytes must arrive.
    """

    def __init__(self, headers: MutableMapping[str, str], write: Write, *, checked: bool, patience: float) -> None:
        self._headers, self._write, self._patience = headers, write, patience
        self._requested = headers.get("x-ms-range", "")
        self._arrived = 0
        self._first: Any = None
        self._start = self._end = 0
        match = _RANGE.fullmatch(self._requested)
        if checked and match and match[2] and int(match[2]) - int(match[1]) < CHECKED_SIZE:
            headers["x-ms-range-get-content-md5"] = "true"
        self._checksum: hashlib._Hash | None = None

    def __len__(self) -> int:
        return self._arrived

    def take(self, response: Any) -> Any:
        """Read the body of an answer.

        Returns:
            The first answer.

        Raises:
            BrokenBody: something is missing or wrong; the request's headers now ask for the rest.
        """
        answer = response.http_response
        try:
            if self._first is None:
                self._begin(response)
            elif not self._continues(answer.headers):
                self._forget()
                raise BrokenBody("the service sent another range than the missing one")
            self._drain(answer.raw)
        finally:
            answer.close()
            self._ask_for_rest()
        if self._start + self._arrived != self._end:
            raise BrokenBody(f"{self._arrived} of {self._end - self._start} bytes arrived")
        self._verify()
        return self._first

    def _begin(self, response: Any) -> None:
        headers = response.http_response.headers
        part = _content_range(headers)
        requested = _RANGE.fullmatch(self._requested)
        if part is None:
            if requested:
                raise BrokenBody("the service sent no range, but one was requested")
            self._start, self._end = 0, int(headers.get("Content-Length", 0))
        else:
            last = min(int(requested[2]) if requested and requested[2] else part[2] - 1, part[2] - 1)
            if requested and part[0] != int(requested[1]):
                raise BrokenBody("the service sent another range than the requested one")
            self._start, self._end = part[0], last + 1
        self._first = response
        self._checksum = hashlib.md5(usedforsecurity=False) if headers.get("Content-MD5") else None

    def _continues(self, headers: Any) -> bool:
        part = _content_range(headers)
        is_same = headers.get("ETag") == self._first.http_response.headers.get("ETag")
        return part is not None and is_same and part[0] == self._start + self._arrived

    def _drain(self, raw: Any) -> None:
        due, mark = monotonic() + self._patience, self._arrived
        # Undecoded: the service compresses nothing, so a content encoding belongs to the stored blob.
        while piece := _read(raw):
            place, self._arrived = self._arrived, self._arrived + len(piece)
            if self._start + self._arrived > self._end:
                raise BrokenBody(f"more than {self._end - self._start} bytes arrived")
            self._write(piece, place)
            if self._checksum is not None:
                self._checksum.update(piece)
            if monotonic() > due:
                if self._arrived - mark < LEAST:
                    raise BrokenBody(f"only {self._arrived - mark} bytes arrived in {self._patience:.0f} s")
                due, mark = monotonic() + self._patience, self._arrived

    def _ask_for_rest(self) -> None:
        if self._start + self._arrived > self._end:
            self._forget()
        elif self._arrived:
            self._headers["x-ms-range"] = f"bytes={self._start + self._arrived}-{self._end - 1}"
            if etag := self._first.http_response.headers.get("ETag"):
                self._headers["If-Match"] = etag

    def _forget(self) -> None:
        """Start over: the bytes that arrived cannot be trusted."""
        self._arrived = 0
        self._first = None
        self._headers["x-ms-range"] = self._requested
        if not self._requested:
            del self._headers["x-ms-range"]

    def _verify(self) -> None:
        if self._checksum is None:
            return
        if b64encode(self._checksum.digest()).decode() != self._first.http_response.headers["Content-MD5"]:
            self._forget()
            raise BrokenBody("its checksum is wrong")


def _read(raw: Any) -> bytes:
    try:
        piece: bytes = raw.read1(_PIECE, decode_content=False)
    except (HTTPError, OSError) as error:
        raise BrokenBody("the connection was cut", error=error) from None
    return piece


class Pieces:
    """The pieces of a range that is wanted whole. Each of its parts is written by one thread."""

    def __init__(self) -> None:
        self._parts: dict[int, list[bytes]] = {}

    def writer(self, place: int) -> Write:
        """Return what takes the pieces of the part that begins at a place in the range."""
        pieces = self._parts.setdefault(place, [])

        def write(piece: bytes | memoryview, at: int) -> None:
            if at == 0:  # what came before was not right
                pieces.clear()
            pieces.append(bytes(piece))

        return write

    def join(self) -> bytes:
        """Return the range."""
        return b"".join(piece for _, pieces in sorted(self._parts.items()) for piece in pieces)
