"""For each parameter of the public methods a value that makes a valid call.

The values of optional parameters are such that each of them can be told in the request that it makes.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from azure.storage.blob import (
    BatchDeleteSubRequest,
    BatchSetBlobTierSubRequest,
    BlobBlock,
    ContentSettings,
    CustomerProvidedEncryptionKey,
)
from azure.storage.blob.models import UserDelegationKey
from azure.storage.common import AccessPolicy, CorsRule, DeleteRetentionPolicy, Logging, Metrics, RetentionPolicy
from azure.storage.common import StaticWebsite as Website

__all__ = ["LEASE", "arguments"]

LEASE = "00000000-0000-0000-0000-00000000000a"
_PAGE = bytes(range(256)) * 2


def arguments(kind: str, method: str, folder: Path) -> dict[str, Any]:
    """Return a value for each parameter of a method, made anew."""
    content = _PAGE if kind == "PageBlobService" else b"hello world"
    path = folder / "file"
    path.write_bytes(content)
    values = _common() | _conditions() | _contents(content, path) | _service() | _sharing()
    if method == "set_container_acl":
        values["public_access"] = "container"
    if kind == "PageBlobService":
        values |= {"start_range": 512, "end_range": 1023, "count": 512, "index": 0}
    return values


def _common() -> dict[str, Any]:
    return {
        "container_name": "a-container",
        "blob_name": "a folder/a blob+é%",
        "snapshot": "2019-01-02T03:04:05.1234567Z",
        "previous_snapshot": "2018-01-02T03:04:05.1234567Z",
        "lease_id": LEASE,
        "proposed_lease_id": "00000000-0000-0000-0000-00000000000b",
        "lease_duration": 17,
        "lease_break_period": 7,
        "timeout": 23,
        "metadata": {"hello": "world", "Number": "42"},
        "content_settings": ContentSettings(
            "text/x-special", "identity", "de", 'attachment; filename="f.txt"', "max-age=9", "XrY7u+Ae7tCTyyK7j1rNww=="
        ),
        "cpk": CustomerProvidedEncryptionKey("S2V5", "SGFzaA=="),
        "public_access": "blob",
        "fail_on_exist": True,
        "fail_not_exist": True,
        "prefix": "a prefix/",
        "num_results": 3,
        "marker": "a marker",
        "delimiter": "/",
        "include": "snapshots,metadata",
        "include_metadata": True,
        "delete_snapshots": "include",
        "copy_id": "00000000-0000-0000-0000-00000000000c",
        "copy_source": "https://other.blob.core.windows.net/c/b?sig=abc",
        "copy_source_url": "https://other.blob.core.windows.net/c/b?sig=abc",
        "requires_sync": True,
        "standard_blob_tier": "Cool",
        "rehydrate_priority": "High",
        "premium_page_blob_tier": "P20",
    }


def _conditions() -> dict[str, Any]:
    east = timezone(timedelta(hours=2))
    values: dict[str, Any] = {}
    for start in ("", "source_", "destination_"):
        values |= {
            f"{start}if_modified_since": datetime(2011, 1, 2, 3, 4, 5),
            f"{start}if_unmodified_since": datetime(2012, 1, 2, 3, 4, 5, tzinfo=east),
            f"{start}if_match": '"an-etag"',
            f"{start}if_none_match": '"another-etag"',
        }
    return values | {
        "destination_lease_id": LEASE,
        "source_lease_id": "00000000-0000-0000-0000-00000000000d",
        "if_sequence_number_lte": 11,
        "if_sequence_number_lt": 12,
        "if_sequence_number_eq": 13,
        "maxsize_condition": 1000,
        "appendpos_condition": 0,
    }


def _contents(content: bytes, path: Path) -> dict[str, Any]:
    return {
        "block": b"a block",
        "block_id": "block 1",
        "block_list": [BlobBlock("1"), BlobBlock("2", "Uncommitted"), BlobBlock("é", "Committed")],
        "block_list_type": "all",
        "blob": content,
        "text": "grüße",
        "encoding": "utf-16",
        "stream": io.BytesIO(content),
        "file_path": str(path),
        "index": 2,
        "count": 5,
        "page": _PAGE,
        "content_length": 1024,
        "sequence_number": 5,
        "sequence_number_action": "max",
        "start_range": 2,
        "end_range": 6,
        "source_range_start": 1024,
        "source_range_end": 1535,
        "source_content_md5": "XrY7u+Ae7tCTyyK7j1rNww==",
        "open_mode": "ab",
        "validate_content": True,
        "progress_callback": None,  # the calls set one that notes what it is told
        "max_connections": 1,
        "use_byte_buffer": True,
        "batch_delete_sub_requests": _deletions(),
        "batch_set_blob_tier_sub_requests": [
            BatchSetBlobTierSubRequest("c1", "b1", "Hot"),
            BatchSetBlobTierSubRequest("c2", "a b", "Archive", "High"),
        ],
    }


def _deletions() -> list[BatchDeleteSubRequest]:
    conditions = [_conditions()[f"if_{name}"] for name in ("modified_since", "unmodified_since", "match", "none_match")]
    return [
        BatchDeleteSubRequest("c1", "b1"),
        BatchDeleteSubRequest("c2", "folder/a b", "2019-01-02T03:04:05.1234567Z", LEASE, None, *conditions),
        BatchDeleteSubRequest("c2", "b3", delete_snapshots="only"),
    ]


def _service() -> dict[str, Any]:
    retention = RetentionPolicy(True, 5)
    return {
        "logging": Logging(True, False, True, retention),
        "hour_metrics": Metrics(True, True, retention),
        "minute_metrics": Metrics(False),
        "cors": [CorsRule(["http://a.example", "*"], ["GET", "PUT"], 10, ["x-a", "x-b"], ["x-c"])],
        "target_version": "2017-11-09",
        "delete_retention_policy": DeleteRetentionPolicy(True, 7),
        "static_website": Website(True, "index.html", "missing.html"),
        "key_start_time": datetime(2019, 1, 2, 3, 4, 5),
        "key_expiry_time": "2019-01-03T00:00:00Z",
    }


def _sharing() -> dict[str, Any]:
    key = UserDelegationKey()
    key.signed_oid, key.signed_tid = "an-oid", "a-tid"
    key.signed_start, key.signed_expiry = "2019-01-02T03:04:05Z", "2019-01-03T00:00:00Z"
    key.signed_service, key.signed_version, key.value = "b", "2019-02-02", "S2V5"
    return {
        "protocol": "https,http",
        "sas_token": "sv=1&sig=abc",
        "resource_types": "sco",
        "permission": "r",
        "expiry": datetime(2030, 1, 2, 3, 4, 5),
        "start": "2018-01-01",
        "id": "a-policy",
        "ip": "1.2.3.4-1.2.3.9",
        "cache_control": "no-cache",
        "content_disposition": "inline",
        "content_encoding": "gzip",
        "content_language": "fr",
        "content_type": "text/plain; charset=utf-8",
        "user_delegation_key": key,
        "signed_identifiers": {"an-id": AccessPolicy("rw", "2030-01-01", datetime(2018, 1, 1))},
    }
