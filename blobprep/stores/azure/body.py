"""The bytes of a download, collected over as many answers as it takes.

The SDK requests a range and reads its body once; if the connection breaks in the middle, it requests the whole range
again, and a connection that drips holds it forever. Here a body continues where the last answer stopped, with the same
ETag.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, MutableMapping
from time import monotonic
from typing import Any, Final

from azure.core.exceptions import AzureError
from urllib3.exceptions import HTTPError

__all__ = ["CHECKED_SIZE", "Body", "BrokenBody"]

CHECKED_SIZE: Final = 4 * 1024 * 1024
"""The longest range for which the service computes a checksum (`x-ms-range-get-content-md5`)."""

LEAST: Final = 64 * 1024
"""Bytes that must arrive within the read timeout; a slower connection counts as broken."""

_PIECE: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)")
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class BrokenBody(AzureError):
    """A body that did not arrive complete."""


class Body:
    """The body of one download.

    Args:
        headers: the headers of its request; they are changed to request what is missing.
        checked: whether to request a checksum of the range from the service.
        patience: seconds within which `LEAST` bytes must arrive.
    """

    def __init__(self, headers: MutableMapping[str, str], *, checked: bool, patience: float) -> None:
        self._headers, self._patience = headers, patience
        self._requested = headers.get("x-ms-range", "")
        self._data = bytearray()
        self._first: Any = None
        self._start = self._end = 0
        match = _RANGE.fullmatch(self._requested)
        if checked and match and match[2] and int(match[2]) - int(match[1]) < CHECKED_SIZE:
            headers["x-ms-range-get-content-md5"] = "true"

    def __len__(self) -> int:
        return len(self._data)

    def take(self, response: Any) -> Any:
        """Read the body of an answer.

        Returns:
            The first answer, with the whole body in place of its own.

        Raises:
            BrokenBody: something is missing or wrong; the request's headers now ask for the rest.
        """
        answer = response.http_response
        if self._first is None:
            self._begin(response)
        elif not self._continues(answer.headers):
            self._forget()
            raise BrokenBody("the service sent another range than the missing one")
        try:
            self._drain(answer.internal_response.raw)
        except (HTTPError, OSError) as error:
            raise BrokenBody("the connection was cut", error=error) from None
        finally:
            answer.internal_response.close()
            self._ask_for_rest()
        if self._start + len(self._data) != self._end:
            raise BrokenBody(f"{len(self._data)} of {self._end - self._start} bytes arrived")
        return self._whole()

    def _begin(self, response: Any) -> None:
        headers = response.http_response.headers
        part = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
        requested = _RANGE.fullmatch(self._requested)
        if part is None:
            self._start, self._end = 0, int(headers.get("Content-Length", 0))
        else:
            last = min(int(requested[2]) if requested and requested[2] else int(part[3]) - 1, int(part[3]) - 1)
            self._start, self._end = int(part[1]), last + 1
        self._first = response

    def _continues(self, headers: Any) -> bool:
        part = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
        is_same = headers.get("ETag") == self._first.http_response.headers.get("ETag")
        return part is not None and is_same and int(part[1]) == self._start + len(self._data)

    def _drain(self, raw: Any) -> None:
        due, mark = monotonic() + self._patience, len(self._data)
        # Undecoded: the service compresses nothing, so a content encoding belongs to the stored blob.
        while piece := raw.read1(_PIECE, decode_content=False):
            self._data += piece
            if monotonic() > due:
                if len(self._data) - mark < LEAST:
                    raise BrokenBody(f"only {len(self._data) - mark} bytes arrived in {self._patience:.0f} s")
                due, mark = monotonic() + self._patience, len(self._data)

    def _ask_for_rest(self) -> None:
        if self._start + len(self._data) > self._end:
            self._forget()
        elif self._data:
            self._headers["x-ms-range"] = f"bytes={self._start + len(self._data)}-{self._end - 1}"
            if etag := self._first.http_response.headers.get("ETag"):
                self._headers["If-Match"] = etag

    def _forget(self) -> None:
        """Start over: the bytes that arrived cannot be trusted."""
        self._data.clear()
        self._first = None
        self._headers["x-ms-range"] = self._requested
        if not self._requested:
            del self._headers["x-ms-range"]

    def _whole(self) -> Any:
        data, first = bytes(self._data), self._first
        checksum = first.http_response.headers.get("Content-MD5")
        if checksum and b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode() != checksum:
            self._forget()
            raise BrokenBody("its checksum is wrong")
        first.http_response.stream_download = lambda *_, **__: _Stream(first.http_response, data)
        return first


class _Stream:
    """The stream that the SDK reads the body from."""

    def __init__(self, response: Any, data: bytes) -> None:
        self.response, self.request = response, response.request
        self.content_length = len(data)
        self._data = data

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._data,))

    def __len__(self) -> int:
        return self.content_length
