"""Tests that people have for their scripts: HTTP that requests_mock or responses answers, and patched names."""

from __future__ import annotations

import io
from typing import Any
from unittest import mock

import requests
import requests_mock
import responses
from azure.storage.blob import BlockBlobService
from azure.storage.queue import QueueService

from tests.legacy.probes.environment import Environment, tried

_HOST = "https://acct.blob.core.windows.net"
_LIST = (
    "<EnumerationResults><Blobs><Blob><Name>a</Name><Properties><Content-Length>5</Content-Length></Properties></Blob>"
    "</Blobs><NextMarker/></EnumerationResults>"
)


def _service(kind: type = BlockBlobService) -> Any:
    made = kind("acct", "a2V5")
    made.retry = lambda context: None
    return made


def _got(service: Any) -> Any:
    progress: list[Any] = []
    stream = io.BytesIO()
    return [
        tried(service.get_blob_to_text, "c", "b"),
        tried(service.get_blob_to_bytes, "c", "b", max_connections=1),
        tried(service.get_blob_to_bytes, "c", "b", validate_content=True),
        tried(service.get_blob_to_stream, "c", "b", stream, progress_callback=lambda *now: progress.append(now)),
        stream.getvalue(),
        progress,
    ]


def requests_mock_answers_without_headers(env: Environment) -> Any:
    with requests_mock.Mocker() as mocked:
        mocked.get(f"{_HOST}/c/b", text="hä")
        mocked.get(f"{_HOST}/c?restype=container&comp=list", text=_LIST)
        mocked.put(requests_mock.ANY, status_code=201, headers={"last-modified": "Tue, 05 Jan 2016 10:11:12 GMT"})
        mocked.head(f"{_HOST}/c/none", status_code=404)
        service = _service()
        told = [
            *_got(service),
            [(blob.name, blob.properties.content_length) for blob in service.list_blobs("c")],
            service.create_blob_from_text("c", "b", "x"),
            service.create_container("c"),
            service.exists("c", "none"),
        ]
        return told, [(one.method, one.url) for one in mocked.request_history]


def requests_mock_answers_with_headers(env: Environment) -> Any:
    with requests_mock.Mocker() as mocked:
        mocked.get(f"{_HOST}/c/b", content=b"hello", headers={"content-length": "5", "content-range": "bytes 0-4/5"})
        whole = _got(_service())
        mocked.get(f"{_HOST}/c/b", content=b"", headers={"content-length": "0"}, status_code=200)
        return whole, tried(_service().get_blob_to_bytes, "c", "b", 3).__class__.__name__


def requests_mock_raises(env: Environment) -> Any:
    with requests_mock.Mocker() as mocked:
        mocked.get(f"{_HOST}/c/b", exc=requests.exceptions.ConnectTimeout)
        mocked.get(f"{_HOST}/c/other", status_code=500, text="told")
        return [tried(_service().get_blob_to_text, "c", name) for name in ("b", "other", "unknown")]


def requests_mock_as_the_adapter_of_a_session(env: Environment) -> Any:
    session, adapter = requests.Session(), requests_mock.Adapter()
    session.mount("mock://", adapter)
    adapter.register_uri("GET", "mock://acct.blob.core.windows.net/c/b", text="hi")
    service = _service()
    service.request_session, service.protocol = session, "mock"
    return tried(service.get_blob_to_text, "c", "b")


def responses_answers_without_headers(env: Environment) -> Any:
    with responses.RequestsMock() as mocked:
        mocked.add(responses.GET, f"{_HOST}/c/b", body="hä")
        mocked.add(responses.GET, f"{_HOST}/c", body=_LIST)
        service = _service()
        told = [*_got(service), [blob.name for blob in service.list_blobs("c")]]
        return told, [one.request.url for one in mocked.calls]


def responses_answers_for_queues(env: Environment) -> Any:
    with responses.RequestsMock() as mocked:
        mocked.add(responses.HEAD, "https://acct.queue.core.windows.net/q", status=200)
        mocked.add(responses.GET, "https://acct.queue.core.windows.net/q", status=200)
        mocked.add(responses.PUT, "https://acct.queue.core.windows.net/q", status=204)
        mocked.assert_all_requests_are_fired = False
        service = _service(QueueService)
        return service.exists("q"), service.create_queue("q"), service.create_queue("q", {"a": "b"})


def patched_names(env: Environment) -> Any:
    from azure.storage.common.retry import LinearRetry

    told: list[Any] = []
    service = _service(QueueService)
    service.retry = LinearRetry(7, 2, random_jitter_range=0).retry
    with mock.patch("azure.storage.common.storageclient.sleep", told.append), requests_mock.Mocker() as mocked:
        mocked.get(requests_mock.ANY, status_code=503)
        failed = tried(service.get_queue_metadata, "q")
    with mock.patch("azure.storage.queue.queueservice.QueueService.list_queues", return_value=["q"]):
        return failed, told, service.list_queues()
