"""Calls of every method of `BlobService`, and what each sends and returns, the same way for the real one and for ours.

`golden_early.json` is what azure-storage 0.20.3 sent and returned, and the parameters of its methods. Written by
`python -m tests.legacy.models.early_calls > FILE` in an environment that has it; nothing of blobprep is imported for
that. The answers are canned; the emulator refuses the signatures of that version.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter

from tests.legacy.lines import in_lines

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # the emulator's

# What differs from call to call, between versions of the service, or is not the caller's business.
_UNSEEN = {
    "authorization", "user-agent", "connection", "accept", "accept-encoding",
    "x-ms-date", "x-ms-version", "x-ms-client-request-id", "content-length",
}  # fmt: skip
_PROPERTIES = (
    "<Last-Modified>Thu, 01 Jan 2026 00:00:00 GMT</Last-Modified><Etag>0x8</Etag><Content-Length>12</Content-Length>"
    "<Content-Type>text/csv</Content-Type><Content-Encoding /><Content-Language>de</Content-Language>"
    "<Content-MD5>AAAA</Content-MD5><Cache-Control /><BlobType>BlockBlob</BlobType>"
    "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><CopyId>1-2</CopyId>"
    "<CopySource>http://x/y</CopySource><CopyStatus>success</CopyStatus><CopyProgress>12/12</CopyProgress>"
)
ANSWERS = {
    "list": (
        '\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://a/" ContainerName="c">'
        "<Prefix>p</Prefix><Marker>m</Marker><MaxResults>2</MaxResults><Delimiter>/</Delimiter><Blobs><Blob>"
        f"<Name>p/ä b.csv</Name><Snapshot>2026</Snapshot><Properties>{_PROPERTIES}</Properties></Blob><Blob>"
        "<Name>q</Name><Properties><Content-Length>0</Content-Length></Properties></Blob>"
        "<BlobPrefix><Name>p/q/</Name></BlobPrefix></Blobs><NextMarker>next</NextMarker></EnumerationResults>"
    ),
    "containers": (
        '<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Prefix>p</Prefix><MaxResults>3</MaxResults>'
        "<Containers><Container><Name>one</Name><Properties><Last-Modified>Thu</Last-Modified><Etag>0x9</Etag>"
        "</Properties></Container><Container><Name>two</Name><Properties /></Container></Containers><NextMarker />"
        "</EnumerationResults>"
    ),
    "acl": (
        '<?xml version="1.0" encoding="utf-8"?><SignedIdentifiers><SignedIdentifier><Id>one</Id><AccessPolicy>'
        "<Start>2030-01-01T00:00:00.0000000Z</Start><Expiry>2030-01-02T00:00:00.0000000Z</Expiry>"
        "<Permission>rw</Permission></AccessPolicy></SignedIdentifier></SignedIdentifiers>"
    ),
    "blocks": (
        '<?xml version="1.0" encoding="utf-8"?><BlockList><CommittedBlocks><Block><Name>YQ==</Name><Size>3</Size>'
        "</Block></CommittedBlocks><UncommittedBlocks><Block><Name>Yg==</Name><Size>4</Size></Block>"
        "</UncommittedBlocks></BlockList>"
    ),
    "pages": (
        '<?xml version="1.0" encoding="utf-8"?><PageList><PageRange><Start>0</Start><End>511</End></PageRange>'
        "<PageRange><Start>1024</Start><End>2047</End></PageRange></PageList>"
    ),
    "service": (
        '<?xml version="1.0" encoding="utf-8"?><StorageServiceProperties><Logging><Version>1.0</Version>'
        "<Delete>true</Delete><Read>false</Read><Write>true</Write><RetentionPolicy><Enabled>true</Enabled>"
        "<Days>5</Days></RetentionPolicy></Logging><HourMetrics><Version>1.0</Version><Enabled>true</Enabled>"
        "<IncludeAPIs>true</IncludeAPIs><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></HourMetrics>"
        "<MinuteMetrics><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled>"
        "</RetentionPolicy></MinuteMetrics></StorageServiceProperties>"
    ),
    "missing": '\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>ContainerNotFound</Code></Error>',
}


class Answering(BaseAdapter):
    """Takes down each request and gives it the answer that was laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[dict[str, Any]] = []
        self.status, self.body, self.headers = 200, b"", {"ETag": '"0x8"', "Server": "x", "x-ms-meta-Key": "Value"}

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        url = urlsplit(str(request.url))
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        self.requests.append(
            {
                "method": request.method,
                "url": f"{url.scheme}://{url.netloc}{url.path}",
                "query": sorted(parse_qsl(url.query, keep_blank_values=True)),
                "headers": {name: value for name, value in sorted(headers.items()) if name not in _UNSEEN},
                "body": _text(request.body or b"").replace("\n", "").replace("'", '"').lower(),
            }
        )
        answer = requests.Response()
        answer.status_code, answer.reason, answer.url, answer.request = self.status, "Told so.", url.geturl(), request
        answer.headers.update(self.headers)
        answer.raw = io.BytesIO(b"" if request.method == "HEAD" else self.body)
        return answer

    def close(self) -> None:
        """Nothing is open."""


def calls(models: Any) -> Iterator[tuple[str, str, tuple[Any, ...], dict[str, Any], str]]:
    """Yield each case: its name, the method, what it is called with, and which answer it gets."""
    yield from _of_containers(models)
    yield from _of_blobs()
    yield from _of_pieces()
    yield from _transfers()
    policy = models.AccessPolicy("2030-01-01", "2030-01-02", "rw")
    for name, given in {
        "blob": ("c", "a b/ü.csv", models.SharedAccessPolicy(policy)),
        "container": ("c", None, models.SharedAccessPolicy(policy)),
        "stored": ("c", "b", models.SharedAccessPolicy(signed_identifier="an id")),
        "nothing": ("c", "b"),
        "headers": ("c", "b", models.SharedAccessPolicy(policy), "2014-02-14", "no-cache", "a; b", "gzip", "de", "x/y"),
    }.items():
        yield f"token for {name}", "generate_shared_access_signature", given, {}, ""


def _of_containers(models: Any) -> Iterator[tuple[str, str, tuple[Any, ...], dict[str, Any], str]]:
    metadata = {"x_ms_meta_name_values": {"A": "b", "c": "D"}}
    yield "list containers", "list_containers", (), {}, "containers"
    yield "list some containers", "list_containers", ("p", "m", 3, "metadata"), {}, "containers"
    yield "create", "create_container", ("c",), metadata | {"x_ms_blob_public_access": "blob"}, ""
    yield "create, there is one", "create_container", ("c",), {}, "409"
    yield "create, must not be there", "create_container", ("c", None, None, True), {}, "409"
    yield "create, none", "create_container", (None,), {}, ""
    yield "delete container", "delete_container", ("c",), {"x_ms_lease_id": "id"}, ""
    yield "delete container, none", "delete_container", ("c",), {}, "404"
    yield "delete container, must be there", "delete_container", ("c", True), {}, "404"
    for what in ("properties", "metadata"):
        yield f"container {what}", f"get_container_{what}", ("c", "id"), {}, ""
        yield f"container {what}, none", f"get_container_{what}", ("c",), {}, "404"
    yield "set metadata", "set_container_metadata", ("c",), metadata, ""
    yield "acl", "get_container_acl", ("c",), {}, "acl"
    identifier = models.SignedIdentifier()
    identifier.id = "one"
    identifier.access_policy.start, identifier.access_policy.permission = "2030-01-01", "r"
    identifiers = models.SignedIdentifiers()
    identifiers.signed_identifiers.append(identifier)
    yield "set acl", "set_container_acl", ("c", identifiers, "container"), {}, ""
    yield "set no acl", "set_container_acl", ("c",), {}, ""
    for action in ("acquire", "renew", "break"):
        yield f"{action} container", "lease_container", ("c", action, "id"), {"x_ms_proposed_lease_id": "p"}, ""
    yield "list", "list_blobs", ("c",), {}, "list"
    yield "list some", "list_blobs", ("c", "p", "m", 2, "snapshots", "/"), {}, "list"
    yield "list, none", "list_blobs", ("c",), {}, "404"
    yield "service", "get_blob_service_properties", (5,), {}, "service"
    wanted = models.StorageServiceProperties()
    wanted.logging.delete, wanted.logging.retention_policy.enabled, wanted.logging.retention_policy.days = True, True, 5
    wanted.hour_metrics.enabled, wanted.hour_metrics.include_apis = True, False
    yield "set service", "set_blob_service_properties", (wanted, 5), {}, ""
    yield "set no service", "set_blob_service_properties", (None,), {}, ""


def _of_blobs() -> Iterator[tuple[str, str, tuple[Any, ...], dict[str, Any], str]]:
    yield "properties", "get_blob_properties", ("c", "a b/ü.csv"), {"x_ms_lease_id": "id"}, ""
    yield "properties, none", "get_blob_properties", ("c", "b"), {}, "404"
    yield "set properties", "set_blob_properties", ("c", "b", "1", "2", "3", "4", "5", "6", "7"), {}, ""
    every = ("BlockBlob", "1", "2", "3", "4", "5", "6", "7", "8", "9", {"k": "v"}, "id", "512", 7)
    yield "put", "put_blob", ("c", "b", b"abc", *every), {}, ""
    yield "put text", "put_blob", ("c", "b", "abc", "BlockBlob"), {}, ""
    yield "put nothing", "put_blob", ("c", "b", None, "BlockBlob"), {}, ""
    yield "put no kind", "put_blob", ("c", "b", b"", None), {}, ""
    yield "get", "get_blob", ("c", "b"), {}, "content"
    yield "get nothing", "get_blob", ("c", "b"), {}, ""
    yield "get a range", "get_blob", ("c", "b", "2026", "bytes=0-3", "id", "true"), {}, "content"
    yield "get, none", "get_blob", ("c", "b"), {}, "404"
    yield "metadata", "get_blob_metadata", ("c", "b", "2026", "id"), {}, ""
    yield "set blob metadata", "set_blob_metadata", ("c", "b", {"A": "b"}, "id"), {}, ""
    for action in ("acquire", "change", "release"):
        yield f"{action} blob", "lease_blob", ("c", "b", action, "id", 30, 5, "p"), {}, ""
    yield "snapshot", "snapshot_blob", ("c", "b", {"A": "b"}, "Thu", "Fri", '"m"', '"n"', "id"), {}, ""
    yield "copy", "copy_blob", ("c", "b", "http://x/y", {"A": "b"}, *"12345678", "id", "source"), {}, ""
    yield "copy a path", "copy_blob", ("c", "b", "/other/c/b d"), {}, ""
    yield "abort", "abort_copy_blob", ("c", "b", "1-2", "id"), {}, ""
    yield "delete", "delete_blob", ("c", "b", "2026", 5, "id", "include"), {}, ""
    yield "delete, none", "delete_blob", ("c", "b"), {}, "404"


def _of_pieces() -> Iterator[tuple[str, str, tuple[Any, ...], dict[str, Any], str]]:
    yield "put block", "put_block", ("c", "b", b"abc", "a block", "md5", "id"), {}, ""
    yield "put block of text", "put_block", ("c", "b", "abc", "1"), {}, ""
    yield "put blocks", "put_block_list", ("c", "b", ["a", "b"], *"123456", {"k": "v"}, "id"), {}, ""
    yield "put no blocks", "put_block_list", ("c", "b", None), {}, ""
    yield "blocks", "get_block_list", ("c", "b", "2026", "all", "id"), {}, "blocks"
    yield "put page", "put_page", ("c", "b", b"a" * 512, "bytes=0-511", "update", 5, *"123456789"), {}, ""
    yield "clear page", "put_page", ("c", "b", b"", "bytes=0-511", "clear"), {}, ""
    yield "pages", "get_page_ranges", ("c", "b", "2026"), {"x_ms_range": "bytes=0-1023"}, "pages"
    yield "url", "make_blob_url", ("c", "a b/ü.csv"), {}, ""
    yield "url elsewhere", "make_blob_url", ("c", "b", "other", "http", ".blob.x", "sig=1"), {}, ""


def _transfers() -> Iterator[tuple[str, str, tuple[Any, ...], dict[str, Any], str]]:
    headers = {"cache_control": "1", "x_ms_blob_content_type": "text/csv", "x_ms_meta_name_values": {"k": "v"}}
    for kind, piece in {"block": b"a,b\n", "page": b"x" * 512}.items():
        for size, data in {"small": piece, "large": piece * 3}.items():
            yield f"{kind}, {size}", f"put_{kind}_blob_from_bytes", ("c", "b", data), headers, size
            yield f"{kind}, {size}, file", f"put_{kind}_blob_from_file", ("c", "b", _Stream(data), len(data)), {}, size
    yield "part", "put_block_blob_from_bytes", ("c", "b", b"0123456789", 2, 3), {}, "small"
    yield "no bytes", "put_block_blob_from_bytes", ("c", "b", b""), {}, "small"
    yield "negative", "put_block_blob_from_bytes", ("c", "b", b"0", -1), {}, ""
    yield "not bytes", "put_block_blob_from_bytes", ("c", "b", "text"), {}, ""
    yield "text", "put_block_blob_from_text", ("c", "b", "ä,b"), {}, "small"
    yield "text, other encoding", "put_block_blob_from_text", ("c", "b", "ä,b", "latin-1"), {}, "small"
    yield "text that is bytes", "put_block_blob_from_text", ("c", "b", b"a,b"), {}, "small"
    yield "half a page", "put_page_blob_from_bytes", ("c", "b", b"x"), {}, ""
    yield "less than no page", "put_page_blob_from_file", ("c", "b", _Stream(b""), -1), {}, ""
    yield "to bytes", "get_blob_to_bytes", ("c", "b"), {}, "content"
    yield "to text", "get_blob_to_text", ("c", "b", "latin-1"), {}, "content"
    yield "to text, none", "get_blob_to_text", ("c", "b"), {}, "404"


class _Stream(io.BytesIO):
    """A stream that says what it holds."""

    def __repr__(self) -> str:
        return f"stream of {len(self.getvalue())}"


def said(service: Any, models: Any) -> dict[str, Any]:
    """Make every call, and say what it sent and returned or raised, with its progress."""
    told = {}
    for name, method, args, kwargs, answer in calls(models):
        adapter = Answering()
        made = service(adapter)
        made._BLOB_MAX_DATA_SIZE, made._BLOB_MAX_CHUNK_DATA_SIZE = (8, 512) if answer == "large" else (10**6, 10**6)
        _lay_out(adapter, answer)
        progress: list[list[int]] = []
        moves = "_from_" in method or "_to_" in method
        telling = {"progress_callback": lambda *told, seen=progress: seen.append(list(told))} if moves else {}
        result = _outcome(getattr(made, method), args, kwargs | telling)
        told[name] = {"result": result, "requests": adapter.requests, "progress": progress}
    return told


def parameters(service: type) -> dict[str, str]:
    """List the public methods of a class and what each takes, with its defaults."""
    methods = inspect.getmembers(service, inspect.isfunction)
    taken = {name: inspect.signature(method).parameters.values() for name, method in methods}
    return {
        name: ", ".join(each.name if each.default is each.empty else f"{each.name}={each.default!r}" for each in every)
        for name, every in taken.items()
        if name == "__init__" or not name.startswith("_")
    }


def _lay_out(adapter: Answering, answer: str) -> None:
    if answer in ("404", "409"):
        adapter.status, adapter.body = int(answer), ANSWERS["missing"].encode()
        adapter.headers = {"x-ms-error-code": "ContainerNotFound" if answer == "404" else "ContainerAlreadyExists"}
    elif answer == "content":
        adapter.body, adapter.headers = b"some \xe4 text", {**adapter.headers, "Content-Length": "11"}
    else:
        adapter.body = ANSWERS.get(answer, "").encode()
        adapter.headers = {**adapter.headers, "x-ms-lease-id": "id", "x-ms-snapshot": "2026", "Date": "today"}


def _outcome(method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return plain(method(*args, **kwargs))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def plain(value: Any) -> Any:
    """Write a value of whatever class as JSON can."""
    if isinstance(value, bytes):
        return {type(value).__name__: value.decode("latin-1"), "properties": plain(getattr(value, "properties", None))}
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, dict):
        return {name: plain(item) for name, item in sorted(value.items())}
    if isinstance(value, list):
        return [plain(item) for item in value]
    attributes = {
        name: plain(item) for name, item in sorted(vars(value).items()) if not name.startswith(("start_", "end_"))
    }
    return {type(value).__name__: attributes}


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    import azure.storage
    from azure.storage.blob import BlobService

    def real(adapter: Answering) -> Any:
        session = requests.Session()
        session.mount("https://", adapter)
        return BlobService(ACCOUNT, KEY, request_session=session)

    every = SimpleNamespace(**vars(azure.storage))
    recorded = {"calls": said(real, every), "parameters": parameters(BlobService)}
    print(in_lines(recorded, 2), end="")
