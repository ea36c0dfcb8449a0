"""Headers of requests to the service, and of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core import MatchConditions

from blobprep.errors import StoreError, StoreUnavailable
from blobprep.stores.base import Condition, IfAbsent, IfMatch

__all__ = ["LostAnswer", "ServiceClock", "condition_options", "read_date", "recheck_options", "unquote_etag"]


class ServiceClock:
    """The service's clock, as of its latest answer; the SDK's `raw_response_hook`."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self, answer: Any) -> None:
        """Read the clock from an answer."""
        self.now = read_date(answer.http_response.headers)


class LostAnswer:
    """A record of whether a request may have taken effect although its answer was lost; the SDK's `retry_hook`."""

    def __init__(self) -> None:
        self.happened = False

    def __call__(self, **_: object) -> None:
        """Record a lost answer."""
        self.happened = True


def condition_options(condition: Condition) -> dict[str, Any]:
    """Return the SDK options for a condition."""
    if isinstance(condition, IfMatch):
        return {"etag": f'"{condition.etag}"', "match_condition": MatchConditions.IfNotModified}
    if isinstance(condition, IfAbsent):
        return {"etag": "*", "match_condition": MatchConditions.IfModified}
    return {}


def recheck_options(error: StoreError) -> dict[str, Any]:
    """Return SDK options for checking whether a failed request took effect; no retries if the service is down."""
    return {"retry_total": 0} if isinstance(error, StoreUnavailable) else {}


def unquote_etag(etag: Any) -> str:
    """Return an ETag without the quotes of the header."""
    return str(etag).strip('"')


def read_date(headers: Mapping[str, str]) -> datetime:
    """Return the service's clock; this machine's if the answer has no usable date."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return datetime.now(UTC)
