"""Write values as the service expects them: texts, numbers, dates, base64, signatures and checksums."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
from datetime import UTC, date, datetime
from enum import Enum
from typing import IO, Any

from blobprep.legacy.wire.failures import VALUE_SHOULD_BE_BYTES_OR_STREAM, VALUE_SHOULD_BE_SEEKABLE_STREAM

__all__ = [
    "base64_bytes",
    "base64_text",
    "boolean",
    "content_md5",
    "http_date",
    "iso_date",
    "lower",
    "moment",
    "number",
    "signature",
    "size_of",
    "text",
    "to_base64",
    "upper",
]

_MD5_STEP = 4096


def text(value: object) -> str | None:
    """Write any value as `str` does, the current SDK's enumerations by their value; None stays None."""
    return None if value is None else str(value.value if isinstance(value, Enum) else value)


def number(value: Any) -> str | None:
    """Write what `int` takes in decimal digits; None stays None."""
    return None if value is None else str(int(value))


def boolean(value: object) -> str | None:
    """Write True and False in lower case, anything else as `str` does; None stays None."""
    return str(value).lower() if isinstance(value, bool) else text(value)


def lower(value: str) -> str:
    """Write in lower case."""
    return value.lower()


def upper(value: object) -> str | None:
    """Write in upper case; None stays None."""
    return None if value is None else str(value).upper()


def http_date(value: datetime | None) -> str | None:
    """Write a moment as HTTP headers do; one without a time zone is in UTC."""
    return None if value is None else _in_utc(value).strftime("%a, %d %b %Y %H:%M:%S GMT")


def iso_date(value: date) -> str:
    """Write a moment as XML bodies and signatures do; one without a time zone is in UTC."""
    moment = _in_utc(value) if isinstance(value, datetime) else value
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(value: date | str) -> str:
    """Write a moment; text stays unchanged."""
    return iso_date(value) if isinstance(value, date) else value


def to_base64(value: bytes | str) -> str:
    """Encode bytes, or the UTF-8 of a text."""
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def base64_bytes(value: bytes | str) -> bytes:
    """Decode leniently: drop what follows the padding, and what is not base64."""
    return base64.b64decode(value.encode() if isinstance(value, str) else value)


def base64_text(value: bytes | str) -> str:
    """Decode to UTF-8."""
    return base64_bytes(value).decode()


def signature(key: str, signed: str, key_is_base64: bool = True) -> str:
    """Sign a text with an account key: HMAC-SHA256 in base64."""
    secret = base64_bytes(key) if key_is_base64 else key.encode()
    return to_base64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())


def content_md5(content: bytes | IO[bytes]) -> str:
    """Return the MD5 of bytes, or of a stream from its position to its end, and put the stream back.

    Raises:
        ValueError: it is neither, or the stream cannot be put back.
    """
    if isinstance(content, bytes):
        return to_base64(hashlib.md5(content, usedforsecurity=False).digest())
    if not hasattr(content, "read"):
        raise ValueError(VALUE_SHOULD_BE_BYTES_OR_STREAM.format("data"))
    try:
        start = content.tell()
    except Exception:  # a stream of the caller's own may fail in any way
        start = 0
    summed = hashlib.md5(usedforsecurity=False)
    while piece := content.read(_MD5_STEP):
        summed.update(piece)
    try:
        content.seek(start)
    except (AttributeError, OSError) as error:
        raise ValueError(VALUE_SHOULD_BE_SEEKABLE_STREAM.format("data")) from error
    return to_base64(summed.digest())


def size_of(content: Any) -> int | None:
    """Return how many bytes a body has, in any way that works for it; None if it is not known."""
    try:
        if size := len(content):
            return size
    except Exception:  # no `__len__`, or a stream of the caller's own whose `__len__` fails
        size = None
    try:
        return os.fstat(content.fileno()).st_size
    except (AttributeError, io.UnsupportedOperation):
        pass
    try:
        start = content.tell()
        content.seek(0, io.SEEK_END)
        size = content.tell() - start
        content.seek(start)
    except (AttributeError, io.UnsupportedOperation):
        pass
    return size


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value
