"""The public methods of 2.1.0 and, for each parameter, a value that makes a valid call.

The values of optional parameters are such that each of them can be told in the request that it makes.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from azure.storage.blob import (
    AppendBlobService,
    BatchDeleteSubRequest,
    BatchSetBlobTierSubRequest,
    BlobBlock,
    BlockBlobService,
    ContentSettings,
    CustomerProvidedEncryptionKey,
    PageBlobService,
)
from azure.storage.blob.baseblobservice import BaseBlobService
from azure.storage.blob.models import UserDelegationKey
from azure.storage.common import AccessPolicy, CorsRule, DeleteRetentionPolicy, Logging, Metrics, RetentionPolicy
from azure.storage.common import StaticWebsite as Website

from tests.legacy.probes.recorder import Answer

__all__ = ["KINDS", "METHODS", "answer_to", "arguments"]

KINDS = {
    "BaseBlobService": BaseBlobService,
    "BlockBlobService": BlockBlobService,
    "AppendBlobService": AppendBlobService,
    "PageBlobService": PageBlobService,
}

# Those that ask nobody.
LOCAL = (
    "make_blob_url make_container_url generate_account_shared_access_signature "
    "generate_container_shared_access_signature generate_blob_shared_access_signature"
).split()

METHODS = {
    "BaseBlobService": (
        *LOCAL,
        *(
            "get_user_delegation_key list_containers create_container get_container_properties get_container_metadata "
            "set_container_metadata get_container_acl set_container_acl delete_container acquire_container_lease "
            "renew_container_lease release_container_lease break_container_lease change_container_lease list_blobs "
            "list_blob_names get_blob_account_information get_blob_service_stats set_blob_service_properties "
            "get_blob_service_properties get_blob_properties set_blob_properties exists get_blob_to_path "
            "get_blob_to_stream get_blob_to_bytes get_blob_to_text get_blob_metadata set_blob_metadata "
            "acquire_blob_lease renew_blob_lease release_blob_lease break_blob_lease change_blob_lease snapshot_blob "
            "copy_blob abort_copy_blob delete_blob batch_delete_blobs undelete_blob"
        ).split(),
    ),
    "BlockBlobService": tuple(
        (
            "put_block put_block_list get_block_list put_block_from_url create_blob_from_path create_blob_from_stream "
            "create_blob_from_bytes create_blob_from_text set_standard_blob_tier batch_set_standard_blob_tier copy_blob"
        ).split()
    ),
    "AppendBlobService": tuple(
        (
            "create_blob append_block append_block_from_url append_blob_from_path append_blob_from_bytes "
            "append_blob_from_text append_blob_from_stream"
        ).split()
    ),
    "PageBlobService": tuple(
        (
            "create_blob incremental_copy_blob update_page update_page_from_url clear_page get_page_ranges "
            "get_page_ranges_diff set_sequence_number resize_blob create_blob_from_path create_blob_from_stream "
            "create_blob_from_bytes set_premium_page_blob_tier copy_blob"
        ).split()
    ),
}

_LEASE = "00000000-0000-0000-0000-00000000000a"
_PAGE = bytes(range(256)) * 2


def arguments(kind: str, method: str, folder: Path) -> dict[str, Any]:
    """Return a value for each parameter of a method, made anew."""
    content = _PAGE if kind == "PageBlobService" else b"hello world"
    path = folder / "file"
    path.write_bytes(content)
    values = _common() | _conditions() | _contents(content, path) | _service() | _sharing()
    values |= _PECULIAR.get(method, {})
    if kind == "PageBlobService":
        values |= {"start_range": 512, "end_range": 1023, "count": 512, "index": 0}
    return values


def _common() -> dict[str, Any]:
    return {
        "container_name": "a-container",
        "blob_name": "a folder/a blob+é%",
        "snapshot": "2019-01-02T03:04:05.1234567Z",
        "previous_snapshot": "2018-01-02T03:04:05.1234567Z",
        "lease_id": _LEASE,
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
        "destination_lease_id": _LEASE,
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
        BatchDeleteSubRequest("c2", "folder/a b", "2019-01-02T03:04:05.1234567Z", _LEASE, None, *conditions),
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


_PECULIAR: dict[str, dict[str, Any]] = {
    "set_container_acl": {"public_access": "container"},
    "get_user_delegation_key": {},
}

_HEADERS = {
    "ETag": '"the-etag"',
    "Last-Modified": "Tue, 05 Jan 2016 10:11:12 GMT",
    "Date": "Wed, 06 Jan 2016 10:11:12 GMT",
    "x-ms-request-id": "00000000-0000-0000-0000-000000000001",
    "x-ms-version": "2019-02-02",
    "x-ms-lease-id": _LEASE,
    "x-ms-lease-time": "12",
    "x-ms-lease-status": "locked",
    "x-ms-lease-state": "leased",
    "x-ms-lease-duration": "fixed",
    "x-ms-meta-Hello": "World",
    "x-ms-meta-number": "42",
    "x-ms-snapshot": "2019-05-06T07:08:09.1234567Z",
    "x-ms-copy-id": "00000000-0000-0000-0000-00000000000e",
    "x-ms-copy-status": "success",
    "x-ms-copy-source": "https://other.blob.core.windows.net/c/b",
    "x-ms-copy-progress": "11/11",
    "x-ms-copy-completion-time": "Tue, 05 Jan 2016 10:11:12 GMT",
    "x-ms-copy-status-description": "all is well",
    "x-ms-blob-type": "BlockBlob",
    "x-ms-blob-sequence-number": "5",
    "x-ms-blob-append-offset": "0",
    "x-ms-blob-committed-block-count": "1",
    "x-ms-blob-content-length": "2048",
    "x-ms-blob-public-access": "container",
    "x-ms-has-immutability-policy": "false",
    "x-ms-has-legal-hold": "true",
    "x-ms-request-server-encrypted": "true",
    "x-ms-server-encrypted": "true",
    "x-ms-encryption-key-sha256": "SGFzaA==",
    "x-ms-access-tier": "Cool",
    "x-ms-access-tier-change-time": "Tue, 05 Jan 2016 10:11:12 GMT",
    "x-ms-access-tier-inferred": "true",
    "x-ms-archive-status": "rehydrate-pending-to-hot",
    "x-ms-creation-time": "Tue, 05 Jan 2016 10:11:11 GMT",
    "x-ms-sku-name": "Standard_LRS",
    "x-ms-account-kind": "StorageV2",
    "Content-Type": "text/x-special",
    "Content-Language": "de",
    "Content-Disposition": "inline",
    "Cache-Control": "max-age=9",
}

_XML = '<?xml version="1.0" encoding="utf-8"?>'
_BODIES = {
    "get_user_delegation_key": _XML + "<UserDelegationKey><SignedOid>an-oid</SignedOid><SignedTid>a-tid</SignedTid>"
    "<SignedStart>2019-01-02T03:04:05Z</SignedStart><SignedExpiry>2019-01-03T00:00:00Z</SignedExpiry>"
    "<SignedService>b</SignedService><SignedVersion>2019-02-02</SignedVersion><Value>S2V5</Value></UserDelegationKey>",
    "list_containers": _XML + "<EnumerationResults><Prefix>a prefix/</Prefix><Containers><Container><Name>c1</Name>"
    "<Properties><Last-Modified>Tue, 05 Jan 2016 10:11:12 GMT</Last-Modified><Etag>the-etag</Etag>"
    "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><PublicAccess>blob</PublicAccess>"
    "<HasImmutabilityPolicy>false</HasImmutabilityPolicy><HasLegalHold>true</HasLegalHold></Properties>"
    "<Metadata><Hello>World</Hello><empty/></Metadata></Container></Containers><NextMarker/></EnumerationResults>",
    "get_container_acl": _XML + "<SignedIdentifiers><SignedIdentifier><Id>an-id</Id><AccessPolicy>"
    "<Start>2018-01-01T00:00:00.0000000Z</Start><Expiry>2030-01-01T00:00:00Z</Expiry><Permission>rw</Permission>"
    "</AccessPolicy></SignedIdentifier><SignedIdentifier><Id>bare</Id></SignedIdentifier></SignedIdentifiers>",
    "list_blobs": _XML + "<EnumerationResults><Blobs><Blob><Name>a prefix/é &amp; b</Name><Properties>"
    "<Last-Modified>Tue, 05 Jan 2016 10:11:12 GMT</Last-Modified><Etag>the-etag</Etag>"
    "<Content-Length>11</Content-Length><Content-Type>text/plain</Content-Type><Content-MD5>bWQ1</Content-MD5>"
    "<BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>"
    "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>"
    "<SomethingNew>else</SomethingNew></Properties><Metadata><Hello>World</Hello></Metadata></Blob>"
    "<BlobPrefix><Name>a prefix/more/</Name></BlobPrefix></Blobs><NextMarker/></EnumerationResults>",
    "get_blob_service_stats": _XML + "<StorageServiceStats><GeoReplication><Status>live</Status>"
    "<LastSyncTime>Tue, 05 Jan 2016 10:11:12 GMT</LastSyncTime></GeoReplication></StorageServiceStats>",
    "get_blob_service_properties": _XML + "<StorageServiceProperties><Logging><Version>1.0</Version>"
    "<Delete>true</Delete><Read>false</Read><Write>true</Write><RetentionPolicy><Enabled>true</Enabled><Days>5</Days>"
    "</RetentionPolicy></Logging><HourMetrics><Version>1.0</Version><Enabled>true</Enabled>"
    "<IncludeAPIs>true</IncludeAPIs><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></HourMetrics>"
    "<MinuteMetrics><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled>"
    "</RetentionPolicy></MinuteMetrics><Cors><CorsRule><AllowedOrigins>http://a.example,*</AllowedOrigins>"
    "<AllowedMethods>GET,PUT</AllowedMethods><MaxAgeInSeconds>10</MaxAgeInSeconds><ExposedHeaders>x-a</ExposedHeaders>"
    "<AllowedHeaders/></CorsRule></Cors><DefaultServiceVersion>2017-11-09</DefaultServiceVersion>"
    "<DeleteRetentionPolicy><Enabled>true</Enabled><Days>7</Days></DeleteRetentionPolicy><StaticWebsite>"
    "<Enabled>true</Enabled><IndexDocument>index.html</IndexDocument><ErrorDocument404Path>missing.html"
    "</ErrorDocument404Path></StaticWebsite></StorageServiceProperties>",
    "get_block_list": _XML + "<BlockList><CommittedBlocks><Block><Name>YmxvY2sgMQ==</Name><Size>7</Size></Block>"
    "</CommittedBlocks><UncommittedBlocks><Block><Name>Mg==</Name><Size>8</Size></Block></UncommittedBlocks></BlockList>",
    "get_page_ranges": _XML + "<PageList><PageRange><Start>0</Start><End>511</End></PageRange>"
    "<PageRange><Start>1024</Start><End>2047</End></PageRange></PageList>",
    "get_page_ranges_diff": _XML + "<PageList><PageRange><Start>0</Start><End>511</End></PageRange>"
    "<ClearRange><Start>512</Start><End>1023</End></ClearRange></PageList>",
}
_BODIES |= {"list_blob_names": _BODIES["list_blobs"]}

_BATCH = (
    b"--batch_answer\r\nContent-Type: application/http\r\nContent-ID: 0\r\n\r\n"
    b"HTTP/1.1 202 Accepted\r\nx-ms-request-id: one\r\nx-ms-version: 2019-02-02\r\n\r\n"
    b"--batch_answer\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n"
    b"HTTP/1.1 404 The specified blob does not exist.\r\nx-ms-error-code: BlobNotFound\r\n"
    b"Content-Length: 16\r\n\r\n<Error>no</Error>\r\n"
    b"--batch_answer--\r\n"
)


def answer_to(method: str, status: int = 200) -> Answer:
    """Return an answer that a method can read to the end."""
    if method.startswith("batch_"):
        return Answer(202, _HEADERS | {"Content-Type": "multipart/mixed; boundary=batch_answer"}, _BATCH)
    if method in ("get_blob_to_path", "get_blob_to_stream", "get_blob_to_bytes", "get_blob_to_text"):
        ranged = {"Content-Range": "bytes 0-11/12", "Content-MD5": "/D/5joxqDTCH1RXARz+Gdw=="}
        return Answer(206, _HEADERS | ranged, b"hello world!")
    if "container" in method:
        kept = {name: value for name, value in _HEADERS.items() if not name.startswith("x-ms-copy")}
        return Answer(status, kept, _BODIES.get(method, "").encode())
    return Answer(status, _HEADERS, _BODIES.get(method, "").encode())
