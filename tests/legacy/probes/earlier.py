"""What earlier versions took and did, told by the interpreter at hand with whichever version comes first on its path.

python -m tests.legacy.probes.earlier FILE
"""

from __future__ import annotations

import inspect
import io
import json
import logging
import sys
import tempfile
import warnings
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import requests
from azure.storage.blob import AppendBlobService, BlobBlock, BlockBlobService, ContentSettings, PageBlobService
from requests.adapters import HTTPAdapter

from blobprep.legacy.names import ALIASES
from tests.legacy.probes.describing import described

_KINDS = {kind.__name__: kind for kind in (BlockBlobService, AppendBlobService, PageBlobService)}
_MODULES = ("azure.storage", "azure.storage.common", "azure.storage.blob")
_SUBMODULES = "models retry cloudstorageaccount sharedaccesssignature"
_OWN = ("User-Agent", "x-ms-version", "x-ms-date", "x-ms-client-request-id", "Authorization", "Connection")
_LEASE = "00000000-0000-0000-0000-00000000000a"
_HEADERS = {
    "ETag": '"the-etag"',
    "Last-Modified": "Tue, 05 Jan 2016 10:11:12 GMT",
    "x-ms-lease-id": _LEASE,
    "x-ms-lease-time": "12",
    "x-ms-snapshot": "2019-05-06T07:08:09.1234567Z",
    "x-ms-copy-id": "an-id",
    "x-ms-copy-status": "success",
    "x-ms-blob-append-offset": "0",
    "x-ms-blob-committed-block-count": "1",
    "x-ms-blob-sequence-number": "5",
    "x-ms-blob-public-access": "container",
    "x-ms-blob-type": "BlockBlob",
    "x-ms-meta-Hello": "World",
    "Content-Type": "text/csv",
}
_BODIES = {
    "list_containers": "<EnumerationResults><Containers><Container><Name>c</Name><Properties>"
    "<Last-Modified>Tue, 05 Jan 2016 10:11:12 GMT</Last-Modified><Etag>e</Etag></Properties></Container></Containers>"
    "<NextMarker/></EnumerationResults>",
    "list_blob": "<EnumerationResults><Blobs><Blob><Name>b</Name><Properties><Content-Length>5</Content-Length>"
    "</Properties></Blob><BlobPrefix><Name>p/</Name></BlobPrefix></Blobs><NextMarker/></EnumerationResults>",
    "acl": "<SignedIdentifiers/>",
    "block_list": "<BlockList><CommittedBlocks><Block><Name>MQ==</Name><Size>4</Size></Block></CommittedBlocks>"
    "<UncommittedBlocks/></BlockList>",
    "page_ranges": "<PageList><PageRange><Start>0</Start><End>511</End></PageRange></PageList>",
    "properties": "<StorageServiceProperties><Cors/></StorageServiceProperties>",
    "stats": "<StorageServiceStats><GeoReplication><Status>live</Status>"
    "<LastSyncTime>Tue, 05 Jan 2016 10:11:12 GMT</LastSyncTime></GeoReplication></StorageServiceStats>",
}


class _Answering(HTTPAdapter):
    """Answers every request alike, and notes it."""

    def __init__(self, body: bytes, headers: dict[str, str], status: int) -> None:
        super().__init__()
        self.body, self.headers, self.status = body, headers, status
        self.told: list[Any] = []

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        sent = request.body.read() if hasattr(request.body, "read") else request.body or b""
        headers = {name: value for name, value in request.headers.items() if name not in _OWN}
        path, _, query = request.url.partition("?")
        self.told.append([request.method, path, sorted(query.split("&")), headers, sent.decode("latin-1")])
        response = requests.Response()
        response.status_code, response.reason, response.request, response.url = self.status, "OK", request, request.url
        response.headers.update(self.headers)
        response.raw = io.BytesIO(b"" if request.method == "HEAD" else self.body)
        return response


def _values(folder: Path, kind: str) -> dict[str, Any]:
    content = b"x" * 512 if kind == "PageBlobService" else b"hello"
    (folder / "file").write_bytes(content)
    return {
        "container_name": "c",
        "blob_name": "a b/é",
        "file_path": str(folder / "file"),
        "stream": io.BytesIO(content),
        "count": len(content),
        "blob": content,
        "text": "hä",
        "block": b"data",
        "block_id": "1",
        "block_list": [BlobBlock("1")],
        "content_settings": ContentSettings("text/csv"),
        "metadata": {"a": "b"},
        "copy_source": "/acct/c/s",
        "copy_source_url": "https://acct.blob.core.windows.net/c/s",
        "copy_id": "an-id",
        "target_version": "2017-04-17",
        "lease_id": _LEASE,
        "proposed_lease_id": _LEASE,
        "content_length": 512,
        "page": b"x" * 512,
        "previous_snapshot": "2018-01-02T03:04:05.1234567Z",
        "sequence_number_action": "increment",
        "standard_blob_tier": "Cool",
        "premium_page_blob_tier": "P10",
        "timeout": 7,
        "if_match": "e",
        "if_modified_since": datetime(2019, 1, 2),
        "source_range_start": 0,
        "source_range_end": 511,
        "start_range": 0,
        "end_range": 511,
    }


def _called(kind: str, method: str, full: bool, status: int) -> Any:
    body = next((body for word, body in _BODIES.items() if word in method), "hello" if "get_blob_to" in method else "")
    headers = {} if method == "exists" else _HEADERS
    ranged = {"Content-Range": "bytes 0-4/5", "Content-Length": "5"} if "get_blob_to" in method else {}
    adapter = _Answering(body.encode(), headers | ranged, status)
    session = requests.Session()
    session.mount("https://", adapter)
    service = _KINDS[kind]("acct", "a2V5", request_session=session)
    service.retry = lambda context: None
    with tempfile.TemporaryDirectory() as folder:
        values = _values(Path(folder), kind)
        taken = inspect.signature(getattr(service, method)).parameters
        chosen = {
            name: values[name]
            for name, p in taken.items()
            if name in values and (full or p.default is p.empty or "source_range" in name)
        }
        try:
            value = getattr(service, method)(**chosen)
        except Exception as error:
            value = error
        listed = list(value) if type(value).__name__ == "ListGenerator" else None
        places = {folder: "<folder>"}
        stream = chosen["stream"].getvalue().hex() if "stream" in chosen else None
        return {
            "value": described(value, places),
            "listed": described(listed, places),
            "sent": adapter.told,
            "got": stream,
        }


def _methods() -> dict[str, Any]:
    told = {}
    for kind, made in _KINDS.items():
        for method, _ in inspect.getmembers(made, inspect.isfunction):
            if not method.startswith(("_", "generate_", "extract_")):
                for how, status in (("plain", 200), ("full", 200), ("missing", 404), ("there", 409)):
                    told[f"{kind}.{method} {how}"] = _called(kind, method, how == "full", status)
    return told


def _signatures() -> dict[str, Any]:
    told = {}
    modules = [*_MODULES, *(f"{module}.{name}" for module in _MODULES for name in _SUBMODULES.split())]
    for name in modules:
        try:
            module = import_module(name)
        except ImportError:
            continue
        for public in {*dir(module), *ALIASES}:
            value = getattr(module, public, None)
            if public[0] == "_" or not inspect.isclass(value) or not value.__module__.startswith(("azure", "blobprep")):
                continue
            told[f"{name}.{public}"] = _parameters(value)
            for method, function in inspect.getmembers(value, callable):
                if method[0] != "_" and not inspect.isclass(function) and not isinstance(value, type(Exception)):
                    told[f"{name}.{public}.{method}"] = _parameters(function)
    return told


def _parameters(function: Callable[..., Any]) -> Any:
    try:
        return [name for name in inspect.signature(function).parameters if name != "self"]
    except ValueError:
        return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    Path(sys.argv[1]).write_text(json.dumps({"methods": _methods(), "signatures": _signatures()}))
