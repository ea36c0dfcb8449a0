"""What subclasses and tests reach for behind the public methods."""

from __future__ import annotations

from typing import Any

import requests
from azure.storage.blob import BlockBlobService
from azure.storage.common._auth import (
    _StorageNoAuthentication,
    _StorageSASAuthentication,
    _StorageSharedKeyAuthentication,
)
from azure.storage.common._http import HTTPRequest, HTTPResponse
from azure.storage.common._http.httpclient import _HTTPClient
from azure.storage.common.storageclient import StorageClient

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import Answer


def _request(service: Any, method: str = "GET", path: str = "/c/b", **query: str) -> Any:
    request = HTTPRequest()
    request.method = method
    request.host_locations = service._get_host_locations(secondary=method == "GET")
    request.path = path
    request.query = dict(query)
    return request


def an_operation_of_ones_own(env: Environment) -> Any:
    service = env.over_https()
    env.answer(Answer(200, FINE, b"told"))
    return service._perform_request(_request(service, comp="new"), lambda response: (response.status, response.body))


def an_operation_of_ones_own_with_arguments_for_its_parser(env: Environment) -> Any:
    service = env.over_https()
    env.answer(Answer(200, FINE, b"told"))
    return service._perform_request(_request(service), lambda response, *more: (response.body, more), [1, 2])


def an_operation_of_ones_own_with_a_body(env: Environment) -> Any:
    service = env.over_https()
    request = _request(service, "PUT", "/c/a b+é", timeout="5")
    request.headers = {"x-ms-blob-type": "BlockBlob", "x-ms-meta-a": None, "Content-Type": "text/plain"}
    request.body = b"hello"
    env.answer(Answer(201, FINE))
    return service._perform_request(request), request.headers.get("Content-Length"), request.path, request.host


def an_operation_of_ones_own_that_fails(env: Environment) -> Any:
    service = env.over_https()
    env.answer(Answer(404, {"x-ms-error-code": "Mine"}), Answer(404, {"x-ms-error-code": "Other"}))
    told: list[Any] = []
    service.retry = lambda context: told.append(context.response.status)
    expected = tried(service._perform_request, _request(service), expected_errors=["Mine"])
    return expected, tried(service._perform_request, _request(service), expected_errors=["Mine"]), told


def performing_is_replaced(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block
    service._perform_request = lambda request, *args, **kwargs: told.append((request.method, request.path))
    service.delete_blob("c", "b")
    service.exists("c", "b")
    service.create_container("c")
    service.create_blob_from_bytes("c", "b", b"x")
    service.put_block("c", "b", b"x", "1")
    return told


def performing_is_overridden(env: Environment) -> Any:
    told: list[Any] = []

    class Mine(BlockBlobService):
        def _perform_request(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            told.append(request.method)
            return super()._perform_request(request, *args, **kwargs)

    service = env.service(Mine)
    return service.create_container(env.other_name), service.exists(env.other_name), told


def the_client_is_replaced(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block

    def perform(request: Any) -> Any:
        told.append((request.method, request.path, "Authorization" in request.headers))
        return HTTPResponse(200, "OK", {"etag": "e", "last-modified": FINE["Last-Modified"], "x-ms-meta-a": "b"}, b"")

    service._httpclient.perform_request = perform
    return service.get_blob_metadata("c", "b"), told


def the_client_by_itself(env: Environment) -> Any:
    client = _HTTPClient(protocol="http", session=requests.Session(), timeout=5)
    request = HTTPRequest()
    request.method, request.host, request.path = "PUT", env.netloc, "/p"
    request.query, request.headers, request.body = {"a": "b", "none": None}, {"x": "y", "none": None}, b"text"
    env.answer(Answer(418, {"X-A": "b", "x-ms-meta-Up": "Case"}, b"teapot", "Odd"))
    response = client.perform_request(request)
    return response.status, response.message, response.body, response.headers.get("x-a"), sorted(response.headers)


def signing_by_itself(env: Environment) -> Any:
    told = []
    for authentication in (
        _StorageSharedKeyAuthentication("acct", "a2V5", False),
        _StorageSharedKeyAuthentication("devstoreaccount1", "a2V5", True),
        _StorageSASAuthentication("?sv=1&sig=a%3D"),
        _StorageSASAuthentication("sv=1&sig=a%3D"),
        _StorageNoAuthentication(),
    ):
        request = HTTPRequest()
        request.method, request.path = "PUT", "/c/b"
        request.query = {"comp": "block", "timeout": "3", "blockid": "a b="}
        request.headers = {"x-ms-date": "Tue, 05 Jan 2016 10:11:12 GMT", "Content-Length": "3", "x-ms-meta-b": " x "}
        outcome = tried(authentication.sign_request, request)
        told.append((outcome, request.headers.get("Authorization", ""), request.path, request.query))
    return [(outcome, len(key), path, query) for outcome, key, path, query in told], told[0][1][16:]


def authentication_is_replaced(env: Environment) -> Any:
    class Mine:
        def sign_request(self, request: Any) -> None:
            request.headers["Authorization"] = "Mine"

    service = env.block
    service.authentication = Mine()
    env.answer_ok()
    return service.exists("c", "b")


def versions_are_attributes(env: Environment) -> Any:
    service = env.block
    service._X_MS_VERSION = "2018-03-28"
    service._update_user_agent_string("9.9")
    env.answer_ok()
    return service.exists("c", "b"), service._USER_AGENT_STRING


def scrubbing(env: Environment) -> Any:
    headers = {"Authorization": "secret", "x-ms-copy-source": "https://x.example/b?sig=secret&sv=1", "a": "b"}
    return (
        StorageClient._scrub_headers(headers),
        StorageClient._scrub_query_parameters({"sig": "secret", "sv": "1"}),
        headers["Authorization"],
    )


def hosts(env: Environment) -> Any:
    service = env.over_https()
    return [
        service._get_host_locations(),
        service._get_host_locations(secondary=True),
        service._get_host_locations(primary=False, secondary=True),
    ]


def version_of_the_package(env: Environment) -> Any:
    from azure.storage import blob

    return blob.__version__


def putting_without_choosing(env: Environment) -> Any:
    made = env.block._put_blob(env.container, "blob", b"hello")
    return made, env.read(), tried(env.block._put_blob, env.container, "blob", None)


def reading_without_choosing(env: Environment) -> Any:
    env.put()
    return env.block._get_blob(env.container, "blob"), env.block._get_blob(
        env.container, "blob", start_range=1, end_range=3
    )
