"""What people replace in tests of their scripts, and in subclasses: names, methods, answers without headers."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any
from unittest import mock

import requests
from azure.storage.blob import AppendBlobService, BlockBlobService, PageBlobService
from azure.storage.common import CloudStorageAccount, ExponentialRetry, LinearRetry
from requests.adapters import HTTPAdapter

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import Answer

_CLIENT = "azure.storage.common.storageclient"


class _Plain(HTTPAdapter):
    """Answers with a body and no header but those given, as the mocks of `requests` do."""

    def __init__(self, body: bytes, status: int = 200, **headers: str) -> None:
        super().__init__()
        self.body, self.status, self.headers = body, status, headers

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = requests.Response()
        response.status_code, response.reason, response.request, response.url = self.status, None, request, request.url
        response.headers.update({name.replace("_", "-"): value for name, value in self.headers.items()})
        response.raw = io.BytesIO(self.body)
        return response


def _mocked(env: Environment, body: bytes, kind: type = BlockBlobService, **answer: Any) -> Any:
    session = requests.Session()
    session.mount("http://", _Plain(body, **answer))
    return env.service(kind, request_session=session)


def blobs_of_answers_without_headers(env: Environment) -> Any:
    progress: list[Any] = []
    stream, service = io.BytesIO(b"before"), _mocked(env, b"hello")
    stream.seek(6)
    return [
        service.get_blob_to_text("c", "b"),
        service.get_blob_to_bytes("c", "b", max_connections=1),
        service.get_blob_to_stream("c", "b", stream, progress_callback=lambda *now: progress.append(now)),
        stream.getvalue(),
        progress,
        tried(service.get_blob_to_bytes, "c", "b", start_range=0).__class__.__name__,
        tried(service.get_blob_to_bytes, "c", "b", start_range=1, end_range=2).__class__.__name__,
        _mocked(env, b"").get_blob_to_text("c", "b").content,
        tried(_mocked(env, b"hello", Content_Length="5").get_blob_to_text, "c", "b").__class__.__name__,
    ]


def answers_without_a_body(env: Environment) -> Any:
    session = mock.Mock(spec=requests.Session)
    session.request.return_value = mock.Mock(status_code=200, reason="OK", headers={}, content=None)
    service, pages = (env.service(kind, request_session=session) for kind in (BlockBlobService, PageBlobService))
    calls = ("get_container_acl", "list_blobs", "list_blob_names", "list_containers", "get_blob_service_properties")
    told = [
        tried(getattr(service, name), *(["c"] if name.endswith(("acl", "blobs", "names")) else ())) for name in calls
    ]
    return told, service.get_block_list("c", "b"), pages.get_page_ranges("c", "b"), service.get_blob_service_stats()


def other_answers_without_headers(env: Environment) -> Any:
    service = _mocked(env, b"")
    told = [tried(getattr(service, name), "c", "b") for name in ("exists", "get_blob_properties", "get_blob_metadata")]
    told += [tried(service.delete_blob, "c", "b"), tried(service.create_container, "c")]
    told += [tried(service.create_blob_from_text, "c", "b", "x"), tried(service.acquire_blob_lease, "c", "b")]
    listed = _mocked(env, b"<EnumerationResults><Blobs/></EnumerationResults>").list_blobs("c")
    return told, list(listed), [tried(_mocked(env, b"no", status=status).exists, "c") for status in (404, 409)]


def sleep(env: Environment) -> Any:
    told: list[Any] = []
    env.answer(*[Answer(503)] * 4)
    service = env.block
    service.retry = LinearRetry(5, 2, random_jitter_range=0).retry
    with mock.patch(f"{_CLIENT}.sleep", told.append):
        failed = tried(service.exists, "c")
    return failed, told


def names_of_the_client(env: Environment) -> Any:
    env.answer_ok()
    dated = mock.patch(f"{_CLIENT}._add_date_header", lambda request: request.headers.update({"x-ms-date": "now"}))
    with dated:
        env.block.exists("c")
    with mock.patch(f"{_CLIENT}.ExponentialRetry") as policy:
        service = BlockBlobService("acct", env.key)
    with mock.patch(f"{_CLIENT}.requests.Session") as session:
        session.return_value.headers = {}
        other = BlockBlobService("acct", env.key)
    with mock.patch(f"{_CLIENT}.logger") as logger:
        env.answer_ok()
        env.block.exists("c")
    kept = BlockBlobService("acct", env.key)
    return [
        service.retry is policy.return_value.retry,
        other.request_session is session.return_value,
        logger.info.called,
        type(kept.retry.__self__).__name__,
        type(kept.request_session).__name__,
    ]


def methods_of_the_client(env: Environment) -> Any:
    from azure.storage.common._http import HTTPResponse

    service = env.block
    with mock.patch(f"{_CLIENT}.StorageClient._perform_request", return_value="performed"):
        performed = service.get_blob_properties("c", "b")
    answer = HTTPResponse(200, "OK", {"x-ms-meta-a": "b"}, b"")
    with mock.patch("azure.storage.common._http.httpclient._HTTPClient.perform_request", return_value=answer):
        answered = service.get_blob_metadata("c", "b")
    return performed, answered


def classes(env: Environment) -> Any:
    account = CloudStorageAccount("acct", env.key)
    with mock.patch("azure.storage.blob.blockblobservice.BlockBlobService") as service:
        made = account.create_block_blob_service()
    told = [made is service.return_value, type(account.create_block_blob_service()).__name__]
    with mock.patch("azure.storage.blob.BlockBlobService") as service:
        from azure.storage.blob import BlockBlobService as Mocked
    with mock.patch.object(BlockBlobService, "create_blob_from_text") as create:
        env.block.create_blob_from_text("c", "b", text="x")
    return told, Mocked is service, create.call_args.args, create.call_args.kwargs


def global_random_numbers(env: Environment) -> Any:
    random.seed(7)
    state = random.getstate()
    env.answer(*[Answer(503)] * 6)
    for policy in (ExponentialRetry(1, 2, 1), LinearRetry(1, 1)):
        service = env.block
        service.retry = policy.retry
        with mock.patch(f"{_CLIENT}.sleep"):
            tried(service.exists, "c")
    return random.getstate() == state


def _noting(kind: type, name: str, told: list[Any]) -> type:
    """Make a subclass whose method notes how it was called: the values by position, the names of those by name."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        # What only later versions took is left out where it is not used, so that overrides of earlier ones do too.
        names = sorted(key for key, value in kwargs.items() if value is not None or key not in _LATER)
        told.append((name, [type(value).__name__ for value in args], names))
        return getattr(kind, name)(self, *args, **kwargs)

    return type(f"Mine{kind.__name__}", (kind,), {name: method})


_LATER = ("cpk", "standard_blob_tier", "premium_page_blob_tier")
_PAGES = bytes(1024)
_CALLS: dict[str, tuple[type, Callable[[Any, Any], Any], tuple[str, ...]]] = {
    "create_blob_from_path": (
        BlockBlobService,
        lambda s, env: ("c", "b", env.file(b"x")),
        ("create_blob_from_stream",),
    ),
    "create_blob_from_bytes": (BlockBlobService, lambda s, env: ("c", "b", b"x"), ("create_blob_from_stream",)),
    "create_blob_from_text": (BlockBlobService, lambda s, env: ("c", "b", "x"), ("create_blob_from_bytes",)),
    "create_blob_from_stream": (
        BlockBlobService,
        lambda s, env: ("c", "b", io.BytesIO(b"x")),
        ("_put_block", "_put_block_list"),
    ),
    "put_block": (BlockBlobService, lambda s, env: ("c", "b", b"x", "id"), ("_put_block",)),
    "put_block_list": (BlockBlobService, lambda s, env: ("c", "b", []), ("_put_block_list",)),
    "get_blob_to_path": (BlockBlobService, lambda s, env: ("c", "b", str(env.folder / "got")), ("get_blob_to_stream",)),
    "get_blob_to_bytes": (BlockBlobService, lambda s, env: ("c", "b"), ("get_blob_to_stream",)),
    "get_blob_to_text": (BlockBlobService, lambda s, env: ("c", "b"), ("get_blob_to_bytes",)),
    "get_blob_to_stream": (BlockBlobService, lambda s, env: ("c", "b", io.BytesIO()), ("_get_blob",)),
    "list_blobs": (BlockBlobService, lambda s, env: ("c",), ("_list_blobs",)),
    "list_containers": (BlockBlobService, lambda s, env: (), ("_list_containers",)),
    "append_blob_from_path": (
        AppendBlobService,
        lambda s, env: ("c", "b", env.file(b"x")),
        ("append_blob_from_stream",),
    ),
    "append_blob_from_bytes": (AppendBlobService, lambda s, env: ("c", "b", b"x"), ("append_blob_from_stream",)),
    "append_blob_from_text": (AppendBlobService, lambda s, env: ("c", "b", "x"), ("append_blob_from_bytes",)),
    "append_blob_from_stream": (AppendBlobService, lambda s, env: ("c", "b", io.BytesIO(b"x" * 9)), ("append_block",)),
    "create_blob": (PageBlobService, lambda s, env: ("c", "b", 512), ("_create_blob",)),
    "update_page": (PageBlobService, lambda s, env: ("c", "b", _PAGES, 0, 1023), ("_update_page",)),
}


def _within(method: str) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        kind, arguments, within = _CALLS[method]
        told: list[Any] = []
        for name in within:
            service = env.service(_noting(kind, name, told))
            service.MAX_BLOCK_SIZE = 4
            ranged = {"Content-Range": "bytes 0-1/2"} if "get_" in method else {}
            body = b"<EnumerationResults><Blobs/><Containers/></EnumerationResults>" if "list" in method else b"hi"
            env.answer(*[Answer(206 if ranged else 201, FINE | ranged | {"x-ms-blob-append-offset": "0"}, body)] * 6)
            tried(getattr(service, method), *arguments(service, env))
            env.forget()
        return told

    return probe


def overrides_with_other_names(env: Environment) -> Any:
    class Mine(BlockBlobService):
        def get_blob_to_stream(self, box: str, path: str, sink: Any, *rest: Any, **more: Any) -> Any:
            sink.write(b"of mine")
            return super().get_blob_to_stream(box, path, sink, *rest, **more)

        def get_blob_to_bytes(self, box: str, path: str, *rest: Any, **more: Any) -> Any:
            return super().get_blob_to_bytes(box, path, *rest, **more)

        def _put_block(self, box: str, path: str, data: Any, number: str, **more: Any) -> Any:
            return super()._put_block(box, path, data, number, **more)

    class Log(AppendBlobService):
        def append_blob_from_stream(self, box: str, path: str, lines: Any, **more: Any) -> Any:
            return super().append_blob_from_stream(box, path, lines, **more)

        def append_block(self, box: str, path: str, line: bytes, **more: Any) -> Any:
            return super().append_block(box, path, line.upper(), **more)

    service, log = env.service(Mine), env.service(Log)
    service.put_block(env.container, "z", b"one", "1")
    service.create_blob_from_stream(env.container, "a", io.BytesIO(b" two"))
    log.create_blob(env.container, "log")
    log.append_blob_from_text(env.container, "log", "line")
    return service.get_blob_to_text(env.container, "a").content, env.read("log")


TABLE = {f"calls_within_{method}": _within(method) for method in _CALLS}


class _OfEarlierVersions(BlockBlobService):
    """Overrides the method that sends, as it was before it was told the expected errors."""

    def _perform_request(
        self, request: Any, parser: Any = None, parser_args: Any = None, operation_context: Any = None
    ) -> Any:
        self.sent = [*getattr(self, "sent", []), request.method]
        return super()._perform_request(request, parser, parser_args, operation_context)


def overrides_of_the_method_that_sends(env: Environment) -> Any:
    container, service = env.container, env.service(_OfEarlierVersions)
    service.create_blob_from_text(container, "a", "text")
    service.set_blob_metadata(container, "a", {"k": "v"})
    told = service.get_blob_to_text(container, "a").content, service.get_blob_properties(container, "a").metadata
    return told, service.list_blobs(container).items[0].name, tried(service.exists, container, "a"), service.sent
