"""Headers of requests to the service, and of its answers."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, Final

from azure.core import MatchConditions

from blobprep.errors import StoreError, StoreUnavailable
from blobprep.stores.base import Condition, IfAbsent, IfMatch

__all__ = [
    "META",
    "LostAnswer",
    "checksum_headers",
    "condition_headers",
    "condition_options",
    "metadata_headers",
    "parse_date",
    "read_date",
    "recheck_options",
    "unquote_etag",
    "whole_size",
]

META: Final = "x-ms-meta-"
"""What the headers of a blob's metadata begin with."""

_MONTHS: Final = dict(
    zip(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), range(1, 13), strict=True)
)


class LostAnswer:
    """A record of whether a request may have taken effect although its answer was lost; the SDK's `retry_hook`."""

    def __init__(self) -> None:
        self.happened = False

    def __call__(self, **_: object) -> None:
        """Record a lost answer."""
        self.happened = True


def checksum_headers(data: bytes | memoryview) -> dict[str, str]:
    """Return the header by which the service checks what arrives."""
    return {"Content-MD5": b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()}


def metadata_headers(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return the headers for a blob's metadata."""
    return {f"{META}{name.strip()}": value.strip() for name, value in metadata.items()}


def condition_options(condition: Condition) -> dict[str, Any]:
    """Return the SDK options for a condition."""
    if isinstance(condition, IfMatch):
        return {"etag": f'"{condition.etag}"', "match_condition": MatchConditions.IfNotModified}
    if isinstance(condition, IfAbsent):
        return {"etag": "*", "match_condition": MatchConditions.IfModified}
    return {}


def condition_headers(condition: Condition) -> dict[str, str]:
    """Return the headers for a condition."""
    if isinstance(condition, IfMatch):
        return {"If-Match": f'"{condition.etag}"'}
    return {"If-None-Match": "*"} if isinstance(condition, IfAbsent) else {}


def recheck_options(error: StoreError) -> dict[str, Any]:
    """Return SDK options for checking whether a failed request took effect; no retries if the service is down."""
    return {"retry_total": 0} if isinstance(error, StoreUnavailable) else {}


def unquote_etag(etag: Any) -> str:
    """Return an ETag without the quotes of the header."""
    return str(etag).strip('"')


@lru_cache(maxsize=4096)
def parse_date(text: str) -> datetime:
    """Return the moment that a date of the service states, such as `Mon, 30 Nov 2026 13:09:37 GMT`.

    A listing has one for each blob, often the same, and the standard library's parser takes ten times as long.

    Raises:
        ValueError: it is not such a date.
    """
    _, day, month, year, time, zone = text.split(" ")
    hour, minute, second = time.split(":")
    if zone != "GMT":
        raise ValueError(f"{text!r} is not a date of the service")
    return datetime(int(year), _MONTHS.get(month, 0), int(day), int(hour), int(minute), int(second), tzinfo=UTC)


def read_date(headers: Mapping[str, str]) -> datetime:
    """Return the service's clock; this machine's if the answer has no usable date."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return datetime.now(UTC)


def whole_size(headers: Mapping[str, str]) -> int:
    """Return the size of the blob that an answer with a range is of; -1 if it does not state one."""
    _, _, size = headers.get("Content-Range", "").rpartition("/")
    return int(size) if size.isdigit() else -1
