"""For each public method an answer that it can read to the end."""

from __future__ import annotations

from tests.legacy.probes.recorder import Answer
from tests.legacy.probes.samples import LEASE

__all__ = ["answer_to"]

_HEADERS = {
    "ETag": '"the-etag"',
    "Last-Modified": "Tue, 05 Jan 2016 10:11:12 GMT",
    "Date": "Wed, 06 Jan 2016 10:11:12 GMT",
    "x-ms-request-id": "00000000-0000-0000-0000-000000000001",
    "x-ms-version": "2019-02-02",
    "x-ms-lease-id": LEASE,
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
