"""What a message of a queue says about blobs. Pure.

Event Grid puts one event into a message, in its own schema or as CloudEvents, in base64 or plain; others put lists of
them. Anyone who may send to the queue may have written a message, so that it is believed in nothing but that it may be
worth looking.

Source:
    Microsoft, "Azure Blob Storage as an Event Grid source" and "CloudEvents v1.0 schema with Azure Event Grid".
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["BlobEvent", "read_events"]

_SUBJECT: Final = re.compile(r"/blobServices/[^/]+/containers/(?P<container>[^/]+)/blobs/(?P<blob>.+)", re.DOTALL)
_ACCOUNT: Final = re.compile(r".*/storageAccounts/(?P<account>[^/]+)/?", re.IGNORECASE | re.DOTALL)
_MOST: Final = 1024 * 1024  # characters of a message; the service allows 64 kB


@dataclass(frozen=True, slots=True)
class BlobEvent:
    """Something that happened to a blob.

    Attributes:
        kind: such as `Microsoft.Storage.BlobCreated`.
        account: of the blob; empty where the event does not say.
        container: its container.
        blob: its name.
    """

    kind: str
    account: str
    container: str
    blob: str


def read_events(text: str) -> tuple[BlobEvent, ...]:
    """Return the events about blobs in a message; none where it is something else.

    >>> read_events('{"type": "x", "subject": "/blobServices/default/containers/raw/blobs/a/b.csv"}')
    (BlobEvent(kind='x', account='', container='raw', blob='a/b.csv'),)
    >>> read_events("hello")
    ()
    """
    return tuple(_events(_document(text))) if len(text) <= _MOST else ()


def _document(text: str) -> Any:
    clean = text.strip()
    if clean[:1] not in ("{", "["):
        try:
            clean = base64.b64decode("".join(clean.split()), validate=True).decode()
        except (binascii.Error, ValueError):
            return None
    try:
        return json.loads(clean.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _events(document: Any) -> Iterator[BlobEvent]:
    for event in document if isinstance(document, list) else [document]:
        if not isinstance(event, dict):
            continue
        subject = event.get("subject")
        place = _SUBJECT.fullmatch(subject) if isinstance(subject, str) else None
        kind = event.get("eventType") or event.get("type")
        if place is not None and isinstance(kind, str):
            source = event.get("topic") or event.get("source")
            account = _ACCOUNT.fullmatch(source) if isinstance(source, str) else None
            yield BlobEvent(kind, account["account"] if account else "", place["container"], place["blob"])
