"""What request, response and retry callbacks are given, and what they may change."""

from __future__ import annotations

import io
from typing import Any

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import CUT, Answer


def _seen(request: Any) -> Any:
    headers = {name: value for name, value in request.headers.items() if name != "x-ms-date" and value is not None}
    body = request.body if isinstance(request.body, (bytes, str, type(None))) else type(request.body).__name__
    return {
        "method": request.method,
        "host": request.host,
        "path": request.path,
        "query": {name: value for name, value in request.query.items() if value is not None},
        "headers": headers,
        "body": body,
        "host_locations": dict(request.host_locations),
    }


def _answered(response: Any) -> Any:
    kept = {name: value for name, value in response.headers.items() if name not in ("keep-alive", "connection")}
    return {"status": response.status, "message": response.message, "headers": sorted(kept), "body": response.body}


def request(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block
    service.request_callback = lambda request: told.append(_seen(request))
    service.create_blob_from_text(env.container, "a b/é", "hello", metadata={"a": "b"}, timeout=7)
    service.list_blobs(env.container, "p", num_results=3)
    service.get_blob_to_text(env.container, "a b/é")
    service.exists(env.container)
    return told


def request_of_every_kind_of_service(env: Environment) -> Any:
    told: list[Any] = []
    append, page = env.append, env.page
    append.request_callback = page.request_callback = lambda request: told.append(_seen(request))
    append.create_blob(env.container, "a")
    append.append_block(env.container, "a", b"x")
    page.create_blob(env.container, "p", 512)
    page.update_page(env.container, "p", b"x" * 512, 0, 511)
    page.clear_page(env.container, "p", 0, 511)
    return told


def request_may_add_headers_that_are_signed(env: Environment) -> Any:
    def add(request: Any) -> None:
        request.headers["x-ms-meta-added"] = "yes"
        request.headers["Content-Language"] = "de"

    service = env.block
    service.request_callback = add
    service.create_blob_from_text(env.container, "blob", "x")
    return env.block.get_blob_metadata(env.container, "blob")


def request_may_change_the_request_id(env: Environment) -> Any:
    def change(request: Any) -> None:
        request.headers["x-ms-client-request-id"] = "mine"

    service = env.block
    service.request_callback = change
    return service.exists(env.container)


def request_may_add_query(env: Environment) -> Any:
    service = env.block
    service.request_callback = lambda request: request.query.update({"timeout": "33"})
    return service.exists(env.container)


def request_may_change_the_body(env: Environment) -> Any:
    def change(request: Any) -> None:
        if request.method == "PUT":
            request.body = b"changed"
            request.headers["Content-Length"] = "7"

    service = env.block
    service.request_callback = change
    service.create_blob_from_text(env.container, "blob", "original")
    return env.read()


def request_that_raises(env: Environment) -> Any:
    def fail(request: Any) -> None:
        raise KeyError("no")

    service = env.block
    service.request_callback = fail
    return tried(service.exists, "c")


def request_is_called_for_each_attempt(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block
    service.request_callback = lambda request: told.append(request.headers.get("x-ms-client-request-id"))
    env.answer(Answer(500), Answer(200, FINE))
    service.exists("c", "b")
    return len(told), told[0] == told[1]


def request_is_called_for_each_chunk(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block
    service.MAX_SINGLE_GET_SIZE = service.MAX_CHUNK_GET_SIZE = 4
    service.request_callback = lambda request: told.append(
        {name: value for name, value in request.headers.items() if value and name.startswith(("x-ms-range", "If-"))}
    )
    service.get_blob_to_bytes(env.container, env.put(), max_connections=1)
    return told


def response(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block
    service.response_callback = lambda response: told.append(_answered(response))
    service.create_blob_from_text(env.container, "blob", "x", metadata={"CamelCase": "Kept"})
    service.get_blob_to_text(env.container, "blob")
    service.get_blob_metadata(env.container, "blob")
    tried(service.get_blob_to_text, env.container, "missing")
    return told


def response_headers_have_lower_case_names_but_for_metadata(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block
    service.response_callback = lambda response: told.append(dict(response.headers))
    env.answer_ok(X_MS_META_Mixed="Case", X_Custom="Value")
    service.get_blob_metadata("c", "b")
    return told


def response_may_change_the_status(env: Environment) -> Any:
    def change(response: Any) -> None:
        response.status = 404

    service = env.block
    service.response_callback = change
    return service.exists(env.container), tried(service.get_blob_metadata, env.container, "x")


def response_may_change_headers_and_body(env: Environment) -> Any:
    def change(response: Any) -> None:
        response.headers["x-ms-meta-added"] = "here"
        response.body = b"changed"

    service = env.block
    service.response_callback = change
    got = service.get_blob_to_bytes(env.container, env.put())
    return got.content, got.metadata


def response_that_raises(env: Environment) -> Any:
    def fail(response: Any) -> None:
        raise ValueError("no")

    service = env.block
    service.response_callback = fail
    return tried(service.exists, env.container)


def response_that_fails_a_chunk_once(env: Environment) -> Any:
    count: list[int] = []

    def change(response: Any) -> None:
        count.append(response.status)
        if len(count) == 2:
            response.status = 408

    service = env.block
    service.MAX_SINGLE_GET_SIZE = service.MAX_CHUNK_GET_SIZE = 4
    service.response_callback = change
    return service.get_blob_to_text(env.container, env.put(), max_connections=1).content, count


def retry(env: Environment) -> Any:
    told: list[Any] = []

    def note(context: Any) -> None:
        told.append(
            {
                "attributes": sorted(vars(context)),
                "count": context.count,
                "location_mode": context.location_mode,
                "exception": context.exception,
                "is_emulated": context.is_emulated,
                "body_position": context.body_position,
                "status": context.response.status,
                "method": context.request.method,
            }
        )

    service = env.block
    service.retry_callback = note
    env.answer(Answer(503, {"x-ms-error-code": "ServerBusy"}, b"<Error/>"), Answer(200, FINE))
    service.exists("c", "b")
    return told


def retry_of_a_cut_connection(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block
    service.retry_callback = lambda context: told.append((context.response, context.exception, context.count))
    env.answer(CUT, Answer(200, FINE))
    service.exists("c", "b")
    return told


def retry_with_a_stream_for_a_body(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block
    service.retry_callback = lambda context: told.append((context.body_position, context.request.body.tell()))
    env.answer(Answer(500), Answer(201, FINE))
    stream = io.BytesIO(b"..AAA")
    stream.seek(2)
    service.put_block("c", "b", stream, "1")
    return told


def retry_that_raises(env: Environment) -> Any:
    def fail(context: Any) -> None:
        raise KeyError("stop")

    service = env.block
    service.retry_callback = fail
    env.answer(Answer(500), Answer(500))
    return tried(service.exists, "c", "b")


def all_three_in_order(env: Environment) -> Any:
    told: list[str] = []
    service = env.block
    service.request_callback = lambda request: told.append(f"request {request.method}")
    service.response_callback = lambda response: told.append(f"response {response.status}")
    service.retry_callback = lambda context: told.append(f"retry {context.count}")
    env.answer(Answer(500), Answer(201, FINE))
    service.set_blob_metadata("c", "b", {"a": "b"})
    return told


def set_to_none_again(env: Environment) -> Any:
    service = env.block
    service.request_callback = service.response_callback = lambda what: 1 / 0
    service.request_callback = service.response_callback = None
    return service.exists(env.container)
