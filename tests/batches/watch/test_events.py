"""What a message of a queue says about blobs, whoever wrote it."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobprep.batches.watch.events import BlobEvent, read_events

TOPIC = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/contoso"
GRID = {
    "topic": TOPIC,
    "subject": "/blobServices/default/containers/raw/blobs/2024/05/a b.csv",
    "eventType": "Microsoft.Storage.BlobCreated",
    "id": "831e1650-001e-001b-66ab-eeb76e069631",
    "data": {"api": "PutBlockList", "contentLength": 445, "blobType": "BlockBlob", "eTag": "0x8DC1"},
    "dataVersion": "",
    "metadataVersion": "1",
    "eventTime": "2026-11-30T18:16:04.244Z",
}
CLOUD = {
    "specversion": "1.0",
    "type": "Microsoft.Storage.BlobCreated",
    "source": TOPIC,
    "id": "1",
    "time": "2026-11-30T18:16:04.244Z",
    "subject": "/blobServices/default/containers/raw/blobs/2024/05/a b.csv",
    "data": {"api": "PutBlob"},
}
EVENT = BlobEvent("Microsoft.Storage.BlobCreated", "contoso", "raw", "2024/05/a b.csv")


@pytest.mark.parametrize("event", [GRID, CLOUD])
@pytest.mark.parametrize("in_base64", [True, False])
@pytest.mark.parametrize("in_list", [True, False])
def test_both_schemas_are_read_alone_or_in_lists_plain_or_in_base64(
    event: dict[str, object], in_base64: bool, in_list: bool
) -> None:
    text = json.dumps([event, event] if in_list else event)

    events = read_events(base64.b64encode(text.encode()).decode() if in_base64 else text)

    assert events == (EVENT,) * (2 if in_list else 1)


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "null", "[]", "{}", "[[[[", "[" * 100_000, "{" * 100, "AAAA", "////", "\x00", '{"subject": 1}',
        '{"subject": "/blobServices/default/containers/raw/blobs/a"}',
        '{"subject": "/blobServices/default/containers/raw", "eventType": "x"}',
        '{"subject": "/queueServices/default/queues/q", "type": "x"}',
        '[1, "a", null, {"eventType": "x"}]',
        '{"a": NaN}',
        " " * 2_000_000,
    ],
)  # fmt: skip
def test_what_is_no_event_of_a_blob_is_none(text: str) -> None:
    assert read_events(text) == ()


def test_other_fields_may_be_anything() -> None:
    odd = {**GRID, "topic": 7, "data": None, "eventTime": []}

    assert read_events(json.dumps(odd)) == (BlobEvent(EVENT.kind, "", "raw", EVENT.blob),)


@given(st.text(max_size=40))
def test_no_text_is_more_than_a_name(name: str) -> None:
    subject = f"/blobServices/default/containers/raw/blobs/{name}"

    events = read_events(json.dumps({**CLOUD, "subject": subject}))

    assert [event.blob for event in events] == ([name] if name else [])
