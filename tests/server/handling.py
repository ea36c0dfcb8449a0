"""The operations of the service: from a request to its answer."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, TypeVar

from blobprep.errors import BlobNotFound, ContainerNotFound, StoreError
from blobprep.stores import BlobPrefix, BlobProperties
from tests.server.access import Grant, Keys, Scope, admit, authorize
from tests.server.behaviour import Behaviour
from tests.server.conditions import asked_range, require_conditions
from tests.server.copying import fetch_source
from tests.server.recording import Request
from tests.server.shelf import Kept, Shelf
from tests.server.wire import (
    Answer,
    Refused,
    blobs_answer,
    block_ids,
    blocks_answer,
    containers_answer,
    delegation_key_answer,
)

__all__ = ["answer", "is_read"]

_CONTENT_HEADERS: Final = {
    "x-ms-blob-cache-control": "Cache-Control",
    "x-ms-blob-content-disposition": "Content-Disposition",
    "x-ms-blob-content-encoding": "Content-Encoding",
    "x-ms-blob-content-language": "Content-Language",
    "x-ms-blob-content-md5": "Content-MD5",
}
_FALLBACK_TYPE: Final = "application/octet-stream"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Call:
    """One request, with everything an operation may look at."""

    request: Request
    body: bytes
    grant: Grant
    shelf: Shelf
    page_size: int
    key: str

    @property
    def place(self) -> tuple[str, str]:
        return self.request.container, self.request.blob


@dataclass(frozen=True, slots=True)
class _Operation:
    """What an operation is on, which permissions allow it (any of them), and what it does."""

    scope: Scope
    needs: str
    run: Callable[[_Call], Answer]


def answer(request: Request, body: bytes, behaviour: Behaviour, shelf: Shelf, key: Keys, now: datetime) -> Answer:
    """Answer a request as the account would.

    Raises:
        Refused: it does not.
    """
    if request.account != shelf.store.account:
        raise Refused("ResourceNotFound")
    grant = admit(request, behaviour, key, now)
    operation = _operation(request)
    authorize(grant, operation.scope, operation.needs)
    page_size = min(behaviour.page_size, int(request.parameters.get("maxresults", behaviour.page_size)))
    try:
        return operation.run(_Call(request, body, grant, shelf, page_size, key.key))
    except BlobNotFound:
        raise Refused("BlobNotFound") from None
    except ContainerNotFound:
        raise Refused("ContainerNotFound") from None


def is_read(request: Request) -> bool:
    """Tell whether a request asks for a blob's bytes."""
    return request.method == "GET" and bool(request.blob) and "comp" not in request.parameters


def _operation(request: Request) -> _Operation:
    level = "blob" if request.blob else "container" if request.container else "service"
    parameters = request.parameters
    try:
        return _OPERATIONS[request.method, level, parameters.get("restype", ""), parameters.get("comp", "")]
    except KeyError:
        raise Refused("UnsupportedHttpVerb") from None


# The account


def _account_information(call: _Call) -> Answer:
    return Answer(
        200, {"x-ms-sku-name": "Standard_LRS", "x-ms-account-kind": "StorageV2", "x-ms-is-hns-enabled": "false"}
    )


def _list_containers(call: _Call) -> Answer:
    prefix = call.request.parameters.get("prefix", "")
    names = [name for name in call.shelf.store.list_containers() if name.startswith(prefix)]
    page, following = _page(((name, name) for name in names), call)
    made = call.shelf.made
    return containers_answer(_endpoint(call), ((name, made.get(name, datetime.now(UTC))) for name in page), following)


def _give_delegation_key(call: _Call) -> Answer:
    if call.request.client_header != "Bearer":
        raise Refused("AuthenticationFailed")
    return delegation_key_answer(call.body, call.key)


# Containers


def _create_container(call: _Call) -> Answer:
    name = call.request.container
    with call.shelf.lock:
        try:
            is_new = call.shelf.store.create_container(name)
        except StoreError:
            raise Refused("InvalidResourceName") from None
        if not is_new:
            raise Refused("ContainerAlreadyExists")
        if public := call.request.headers.get("x-ms-blob-public-access"):
            call.shelf.public[name] = public
        call.shelf.made[name] = datetime.now(UTC)
    return Answer(201, _container_headers(call))


def _container_properties(call: _Call) -> Answer:
    call.shelf.require_container(call.request.container)
    lease = {"x-ms-lease-status": "unlocked", "x-ms-lease-state": "available"}
    return Answer(200, {**_container_headers(call), **lease, "x-ms-has-immutability-policy": "false"})


def _delete_container(call: _Call) -> Answer:
    with call.shelf.lock:
        call.shelf.store.delete_container(call.request.container)
        call.shelf.public.pop(call.request.container, None)
    return Answer(202)


def _list_blobs(call: _Call) -> Answer:
    container, asked = call.request.container, call.request.parameters
    found = call.shelf.store.list(container, asked.get("prefix", ""), delimiter=asked.get("delimiter", ""))
    page, following = _page(((_key(item), item) for item in found), call)
    if "metadata" not in asked.get("include", "").split(","):
        page = [item if isinstance(item, BlobPrefix) else replace(item, metadata={}) for item in page]
    page = [item if isinstance(item, BlobPrefix) else replace(item, md5=_stated_md5(call, item)) for item in page]
    return blobs_answer(_endpoint(call), container, asked, page, following)


def _stated_md5(call: _Call, found: BlobProperties) -> str:
    return call.shelf.kept(found).headers.get("Content-MD5", "")


def _page(items: Iterable[tuple[str, Item]], call: _Call) -> tuple[list[Item], str]:
    """Return the items behind the marker, as many as a page holds, and the marker of the next page."""
    marker = call.request.parameters.get("marker", "")
    behind = [(key, item) for key, item in items if not marker or key > marker]
    page = behind[: call.page_size]
    return [item for _, item in page], page[-1][0] if len(behind) > len(page) else ""


def _key(item: BlobProperties | BlobPrefix) -> str:
    return item.prefix if isinstance(item, BlobPrefix) else item.blob


def _container_headers(call: _Call) -> dict[str, str]:
    made = call.shelf.made.setdefault(call.request.container, datetime.now(UTC))
    return {
        "ETag": f'"0x{int(made.timestamp() * 1_000_000):X}"',
        "Last-Modified": format_datetime(made, usegmt=True),
    }


def _endpoint(call: _Call) -> str:
    return f"{call.request.scheme}://{call.request.host}/"


# Blobs


def _get_blob(call: _Call) -> Answer:
    with call.shelf.lock:
        found = call.shelf.store.properties(*call.place)
        require_conditions(call.request.headers, found.etag, reading=True)
        asked = asked_range(call.request.headers, found.size)
        first, last = asked or (0, found.size - 1)
        data = call.shelf.store.read(*call.place, offset=first, length=last - first + 1)
        headers = _blob_headers(call, found)
    if asked is None:
        return Answer(200, headers, data)
    if whole := headers.pop("Content-MD5", ""):
        headers["x-ms-blob-content-md5"] = whole
    if call.request.headers.get("x-ms-range-get-content-md5") == "true":
        headers["Content-MD5"] = _md5(data)
    return Answer(206, {**headers, "Content-Range": f"bytes {first}-{last}/{found.size}"}, data)


def _head_blob(call: _Call) -> Answer:
    with call.shelf.lock:
        found = call.shelf.store.properties(*call.place)
        require_conditions(call.request.headers, found.etag, reading=True)
        return Answer(200, {**_blob_headers(call, found), "Content-Length": str(found.size)})


def _put_blob(call: _Call) -> Answer:
    headers = call.request.headers
    if "x-ms-copy-source" in headers:
        call = replace(call, body=fetch_source(headers))
    _require_md5(call)
    content_type = headers.get("x-ms-blob-content-type") or headers.get("content-type") or _FALLBACK_TYPE
    with call.shelf.lock:
        _require_writable(call)
        stated = {"Content-MD5": _md5(call.body), **_content_headers(headers)}  # the service computes it itself
        return _written(call, call.body, content_type, Kept(headers=stated))


def _put_block(call: _Call) -> Answer:
    if "x-ms-copy-source" in call.request.headers:
        data = fetch_source(call.request.headers)
        with call.shelf.lock:
            call.shelf.require_container(call.request.container)
            call.shelf.staged.setdefault(call.place, {})[call.request.parameters["blockid"]] = data
        return Answer(201, {"Content-MD5": _md5(data)})
    _require_md5(call)
    with call.shelf.lock:
        call.shelf.require_container(call.request.container)
        call.shelf.staged.setdefault(call.place, {})[call.request.parameters["blockid"]] = call.body
    return Answer(201)


def _put_block_list(call: _Call) -> Answer:
    _require_md5(call)
    headers = call.request.headers
    with call.shelf.lock:
        _require_writable(call)
        blocks = [(identity, _block(call, source, identity)) for source, identity in block_ids(call.body)]
        committed = tuple((identity, len(data)) for identity, data in blocks)
        kept = Kept(headers=_content_headers(headers), blocks=committed)
        content_type = headers.get("x-ms-blob-content-type") or _FALLBACK_TYPE
        return _written(call, b"".join(data for _, data in blocks), content_type, kept)


def _block(call: _Call, source: str, identity: str) -> bytes:
    """Return a block that is to be committed: a staged one, else one of the blob as it is."""
    staged = call.shelf.staged.get(call.place, {})
    if source != "Committed" and identity in staged:
        return staged[identity]
    found = call.shelf.existing(*call.place) if source != "Uncommitted" else None
    offset = 0
    for committed, size in call.shelf.kept(found).blocks if found else ():
        if committed == identity:
            return call.shelf.store.read(*call.place, offset=offset, length=size)
        offset += size
    raise Refused("InvalidBlockList")


def _get_block_list(call: _Call) -> Answer:
    with call.shelf.lock:
        found = call.shelf.store.properties(*call.place)
        require_conditions(call.request.headers, found.etag, reading=True)
        headers = {"ETag": f'"{found.etag}"', "x-ms-blob-content-length": str(found.size)}
        return blocks_answer(call.shelf.kept(found).blocks, headers)


def _set_metadata(call: _Call) -> Answer:
    with call.shelf.lock:
        found = call.shelf.store.properties(*call.place)
        require_conditions(call.request.headers, found.etag, reading=False)
        etag = call.shelf.describe(*call.place, call.request.metadata)
    return Answer(200, {"ETag": f'"{etag}"'})


def _delete_blob(call: _Call) -> Answer:
    with call.shelf.lock:
        found = call.shelf.store.properties(*call.place)
        require_conditions(call.request.headers, found.etag, reading=False)
        call.shelf.store.delete(*call.place)
    return Answer(202, {"x-ms-delete-type-permanent": "true"})


def _require_writable(call: _Call) -> None:
    existing = call.shelf.existing(*call.place)
    require_conditions(call.request.headers, existing.etag if existing else None, reading=False)
    if existing and "w" not in call.grant.permissions:
        raise Refused("UnauthorizedBlobOverwrite")


def _written(call: _Call, data: bytes, content_type: str, kept: Kept) -> Answer:
    etag = call.shelf.write(call.place, data, content_type, call.request.metadata, kept)
    modified = call.shelf.store.properties(*call.place).last_modified
    headers = {"ETag": f'"{etag}"', "Last-Modified": format_datetime(modified, usegmt=True)}
    return Answer(201, {**headers, "x-ms-request-server-encrypted": "true"})


def _require_md5(call: _Call) -> None:
    given = call.request.headers.get("content-md5")
    if given and given != _md5(call.body):
        raise Refused("Md5Mismatch")


def _md5(data: bytes) -> str:
    return b64encode(hashlib.md5(data).digest()).decode()


def _content_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[given] for given, name in _CONTENT_HEADERS.items() if given in headers}


def _blob_headers(call: _Call, found: BlobProperties) -> dict[str, str]:
    return {
        **call.shelf.kept(found).headers,
        **{f"x-ms-meta-{name}": value for name, value in found.metadata.items()},
        "Content-Type": found.content_type,
        "Accept-Ranges": "bytes",
        "ETag": f'"{found.etag}"',
        "Last-Modified": format_datetime(found.last_modified, usegmt=True),
        "x-ms-blob-type": "BlockBlob",
        "x-ms-lease-status": "unlocked",
        "x-ms-lease-state": "available",
        "x-ms-server-encrypted": "true",
    }


_OPERATIONS: Final[Mapping[tuple[str, str, str, str], _Operation]] = {
    ("GET", "service", "account", "properties"): _Operation("service", "racwdl", _account_information),
    ("HEAD", "service", "account", "properties"): _Operation("service", "racwdl", _account_information),
    ("GET", "service", "", "list"): _Operation("service", "l", _list_containers),
    ("POST", "service", "service", "userdelegationkey"): _Operation("service", "racwdl", _give_delegation_key),
    ("PUT", "container", "container", ""): _Operation("container", "cw", _create_container),
    ("GET", "container", "container", ""): _Operation("container", "r", _container_properties),
    ("HEAD", "container", "container", ""): _Operation("container", "r", _container_properties),
    ("DELETE", "container", "container", ""): _Operation("container", "d", _delete_container),
    ("GET", "container", "container", "list"): _Operation("listing", "l", _list_blobs),
    ("GET", "blob", "", ""): _Operation("blob", "r", _get_blob),
    ("HEAD", "blob", "", ""): _Operation("blob", "r", _head_blob),
    ("PUT", "blob", "", ""): _Operation("blob", "cw", _put_blob),
    ("PUT", "blob", "", "block"): _Operation("blob", "cw", _put_block),
    ("PUT", "blob", "", "blocklist"): _Operation("blob", "cw", _put_block_list),
    ("GET", "blob", "", "blocklist"): _Operation("blob", "r", _get_block_list),
    ("PUT", "blob", "", "metadata"): _Operation("blob", "w", _set_metadata),
    ("DELETE", "blob", "", ""): _Operation("blob", "d", _delete_blob),
}
