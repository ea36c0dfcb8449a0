"""Name what differs from run to run: times near now, ETags, identifiers, places."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["Places", "is_recent", "normal", "requests_unnamed"]

# Places of this run, such as its container's name, and what they are called instead.
Places = dict[str, str]

_HTTP_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d(?::|%3A)\d\d(?::|%3A)\d\d GMT")
_ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d)(?::|%3A)(\d\d)(?::|%3A)(\d\d)(?:\.\d+)?(?:Z|\+00(?::|%3A)00)?")
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ETAG = re.compile(r"0x[0-9A-F]{6,}")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_SHARED_KEY = re.compile(r"(SharedKey [\w-]+:)[\w+/=]+")
_SIGNATURE = re.compile(r"\bsig=[^&\s'\"]*")
_PLATFORM = re.compile(r"\(Python CPython [\d.]+; \w+ [^)]*\)")
_REQUESTS = re.compile(r"python-requests/[\d.]+")


def normal(text: str, places: Places) -> str:
    """Name in a text what differs from run to run; a signature does where the times that it covers do."""
    for place, name in places.items():
        text = text.replace(place, name)
    text = _HTTP_DATE.sub(_named(lambda found: parsedate_to_datetime(found[0].replace("%3A", ":"))), text)
    text = _ISO_DATE.sub(_named(_iso), text)
    text = _GUID.sub(lambda found: found[0] if found[0].startswith("00000000-") else "<guid>", text)
    text = _ETAG.sub("<etag>", text)
    text = _ADDRESS.sub(" at <address>", text)
    text = _SHARED_KEY.sub(r"\1<signature>", text)
    text = requests_unnamed(_PLATFORM.sub("(<platform>)", text))
    if any(name in text for name in ("<time>", "<guid>", "<container>")):
        text = _SIGNATURE.sub("sig=<signature>", text)
    return text


def requests_unnamed(text: str) -> str:
    """Leave the version of `requests` out of what it calls itself."""
    return _REQUESTS.sub("python-requests/<version>", text)


def is_recent(moment: datetime) -> bool:
    """Tell whether a time (naive: in UTC) is one of this run, and not one that a probe chose."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return abs(datetime.now(UTC) - aware) < timedelta(days=10)


def _named(parse: Callable[[re.Match[str]], datetime]) -> Callable[[re.Match[str]], str]:
    def name(found: re.Match[str]) -> str:
        try:
            return "<time>" if is_recent(parse(found)) else found[0]
        except ValueError:
            return found[0]

    return name


def _iso(found: re.Match[str]) -> datetime:
    return datetime.fromisoformat(f"{found[1]}T{found[2]}:{found[3]}:{found[4]}+00:00")
