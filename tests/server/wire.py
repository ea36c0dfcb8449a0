"""What the service's answers look like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree

from blobprep.stores import BlobPrefix, BlobProperties
from tests.server.signing import delegation_key

__all__ = [
    "Answer",
    "Refused",
    "blobs_answer",
    "block_ids",
    "blocks_answer",
    "containers_answer",
    "delegation_key_answer",
    "refusal_answer",
]

_UNAUTHENTICATED: Final = (
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."
)
_UNAUTHORIZED: Final = "This request is not authorized to perform this operation"

# Status and words are the service's own. Microsoft: "Common REST API error codes", "Blob Storage error codes", "Shared
# access signature error codes".
REFUSALS: Final[Mapping[str, tuple[int, str]]] = {
    "AccountIsDisabled": (403, "The specified account is disabled."),
    "AccountRequiresHttps": (400, "The account being accessed does not support http."),
    "AuthenticationFailed": (
        403,
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly "
        "including the signature.",
    ),
    "AuthorizationFailure": (403, f"{_UNAUTHORIZED}."),
    "AuthorizationPermissionMismatch": (403, f"{_UNAUTHORIZED} using this permission."),
    "AuthorizationProtocolMismatch": (403, f"{_UNAUTHORIZED} using this protocol."),
    "AuthorizationResourceTypeMismatch": (403, f"{_UNAUTHORIZED} using this resource type."),
    "AuthorizationServiceMismatch": (403, f"{_UNAUTHORIZED} using this service."),
    "AuthorizationSourceIPMismatch": (403, f"{_UNAUTHORIZED} using this source IP 127.0.0.1."),
    "BlobAlreadyExists": (409, "The specified blob already exists."),
    "BlobNotFound": (404, "The specified blob does not exist."),
    "CannotVerifyCopySource": (404, "The specified resource does not exist."),
    "ConditionNotMet": (412, "The condition specified using HTTP conditional header(s) is not met."),
    "ContainerBeingDeleted": (409, "The specified container is being deleted. Try operation later."),
    "ContainerAlreadyExists": (409, "The specified container already exists."),
    "ContainerNotFound": (404, "The specified container does not exist."),
    "InternalError": (500, "The server encountered an internal error. Please retry the request."),
    "LeaseIdMissing": (412, "There is currently a lease on the blob and no lease ID was specified in the request."),
    "InvalidAuthenticationInfo": (401, _UNAUTHENTICATED),
    "InvalidBlockList": (400, "The specified block list is invalid."),
    "InvalidRange": (416, "The range specified is invalid for the current size of the resource."),
    "InvalidResourceName": (400, "The specified resource name contains invalid characters."),
    "KeyBasedAuthenticationNotPermitted": (
        403,
        "Key based authentication is not permitted on this storage account.",
    ),
    "Md5Mismatch": (400, "The MD5 value specified in the request did not match with the MD5 value calculated."),
    "NoAuthenticationInformation": (401, _UNAUTHENTICATED),
    "PublicAccessNotPermitted": (409, "Public access is not permitted on this storage account."),
    "ResourceNotFound": (404, "The specified resource does not exist."),
    "ServerBusy": (503, "The server is currently unable to receive requests. Please retry your request."),
    "SourceConditionNotMet": (412, "The source condition specified using HTTP conditional header(s) is not met."),
    "UnauthorizedBlobOverwrite": (403, "This request is not authorized to perform blob overwrites."),
    "UnsupportedHttpVerb": (405, "The resource doesn't support specified Http Verb."),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back: status, headers beyond those of every answer, body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Refused(Exception):
    """A refusal of the service.

    Args:
        code: the service's.
        details: further elements of the body, by name.
        headers: further headers.
        status: where it is not the code's usual one.
    """

    def __init__(
        self,
        code: str,
        details: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status or REFUSALS[code][0]
        self.details = dict(details or {})
        self.headers = dict(headers or {})


def refusal_answer(refused: Refused, request_id: str, now: datetime) -> Answer:
    """Return the answer for a refusal; a 304 has no body."""
    headers = {**refused.headers, "x-ms-error-code": refused.code}
    if refused.status == 304:
        return Answer(304, headers)
    _, message = REFUSALS[refused.code]
    root = ElementTree.Element("Error")
    _text(root, "Code", refused.code)
    _text(root, "Message", f"{message}\nRequestId:{request_id}\nTime:{now:%Y-%m-%dT%H:%M:%S.%f}0Z")
    for name, value in refused.details.items():
        _text(root, name, value)
    return _xml(root, refused.status, headers)


def containers_answer(endpoint: str, page: Iterable[tuple[str, datetime]], following: str) -> Answer:
    """Return a page of a listing of containers: names and when they were made."""
    root = ElementTree.Element("EnumerationResults", ServiceEndpoint=endpoint)
    listed = ElementTree.SubElement(root, "Containers")
    for name, made in page:
        container = ElementTree.SubElement(listed, "Container")
        _text(container, "Name", name)
        properties = ElementTree.SubElement(container, "Properties")
        _text(properties, "Last-Modified", format_datetime(made, usegmt=True))
        _text(properties, "Etag", f'"0x{int(made.timestamp() * 1_000_000):X}"')
        _text(properties, "LeaseStatus", "unlocked")
        _text(properties, "LeaseState", "available")
    _text(root, "NextMarker", following)
    return _xml(root)


def blobs_answer(
    endpoint: str, container: str, asked: Mapping[str, str], page: Iterable[BlobProperties | BlobPrefix], following: str
) -> Answer:
    """Return a page of a listing of blobs; `asked` is the query, which is echoed."""
    root = ElementTree.Element("EnumerationResults", ServiceEndpoint=endpoint, ContainerName=container)
    for name, parameter in {"Prefix": "prefix", "Marker": "marker", "Delimiter": "delimiter"}.items():
        if parameter in asked:
            _text(root, name, asked[parameter])
    listed = ElementTree.SubElement(root, "Blobs")
    for item in page:
        if isinstance(item, BlobPrefix):
            _text(ElementTree.SubElement(listed, "BlobPrefix"), "Name", item.prefix)
        else:
            _blob(listed, item)
    _text(root, "NextMarker", following)
    return _xml(root)


def _blob(listed: ElementTree.Element, found: BlobProperties) -> None:
    blob = ElementTree.SubElement(listed, "Blob")
    _text(blob, "Name", found.blob)
    properties = ElementTree.SubElement(blob, "Properties")
    _text(properties, "Last-Modified", format_datetime(found.last_modified, usegmt=True))
    _text(properties, "Etag", found.etag)  # the one place where the service leaves its quotes out
    _text(properties, "Content-Length", str(found.size))
    _text(properties, "Content-Type", found.content_type)
    if found.md5:
        _text(properties, "Content-MD5", found.md5)
    _text(properties, "BlobType", "BlockBlob")
    _text(properties, "LeaseStatus", "unlocked")
    _text(properties, "LeaseState", "available")
    if found.metadata:
        metadata = ElementTree.SubElement(blob, "Metadata")
        for name, value in found.metadata.items():
            _text(metadata, name, value)


def delegation_key_answer(body: bytes, key: str) -> Answer:
    """Return a key for an identity, for the time that the request's body asks for."""
    asked = ElementTree.fromstring(body)
    fields = {
        "skoid": "99999999-8888-7777-6666-555555555555",
        "sktid": "11111111-2222-3333-4444-555555555555",
        "skt": asked.findtext("Start") or "",
        "ske": asked.findtext("Expiry") or "",
    }
    root = ElementTree.Element("UserDelegationKey")
    for name, text in zip(("SignedOid", "SignedTid", "SignedStart", "SignedExpiry"), fields.values(), strict=True):
        _text(root, name, text)
    _text(root, "SignedService", "b")
    _text(root, "SignedVersion", "2024-11-04")
    _text(root, "Value", delegation_key(key, fields))
    return _xml(root, 200)


def blocks_answer(committed: Iterable[tuple[str, int]], headers: Mapping[str, str]) -> Answer:
    """Return a list of committed blocks: ids and sizes."""
    root = ElementTree.Element("BlockList")
    listed = ElementTree.SubElement(root, "CommittedBlocks")
    for identity, size in committed:
        block = ElementTree.SubElement(listed, "Block")
        _text(block, "Name", identity)
        _text(block, "Size", str(size))
    return _xml(root, 200, headers)


def block_ids(body: bytes) -> list[tuple[str, str]]:
    """Read a block list that is to be committed: where each block is looked for, and its id."""
    return [(element.tag, element.text or "") for element in ElementTree.fromstring(body)]


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def _xml(root: ElementTree.Element, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    body = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return Answer(status, {**(headers or {}), "Content-Type": "application/xml"}, body)
