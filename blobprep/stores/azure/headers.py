"""What goes into the headers of a request to the service, and what is taken from those of its answer."""

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
    """Take the service's clock from its latest answer."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self, answer: Any) -> None:
        """Take an answer; the SDK's `raw_response_hook`."""
        self.now = read_date(answer.http_response.headers)


class LostAnswer:
    """Take note that a request may have been done, and its answer was lost."""

    def __init__(self) -> None:
        self.happened = False

    def __call__(self, **_: object) -> None:
        """Take a lost answer; the SDK's `retry_hook`."""
        self.happened = True


def condition_options(condition: Condition) -> dict[str, Any]:
    """Return the SDK's arguments for a condition."""
    if isinstance(condition, IfMatch):
        return {"etag": f'"{condition.etag}"', "match_condition": MatchConditions.IfNotModified}
    if isinstance(condition, IfAbsent):
        return {"etag": "*", "match_condition": MatchConditions.IfModified}
    return {}


def recheck_options(error: StoreError) -> dict[str, Any]:
    """Return the SDK's arguments for a look at what a failed request left; one at a dead service is enough."""
    return {"retry_total": 0} if isinstance(error, StoreUnavailable) else {}


def unquote_etag(etag: Any) -> str:
    """Return an ETag as the rest of the house knows it, without the quotes of the header."""
    return str(etag).strip('"')


def read_date(headers: Mapping[str, str]) -> datetime:
    """Return the service's clock; ours where the answer does not tell."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return datetime.now(UTC)
