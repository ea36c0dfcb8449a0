"""When requests are sent again, after which pauses, and where to."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from azure.storage.common import ExponentialRetry, LinearRetry, LocationMode, RetryContext, no_retry

from tests.legacy.probes.environment import FINE, Environment, tried
from tests.legacy.probes.recorder import CUT, Answer

__all__ = ["TABLE"]

_STATUSES = (304, 400, 403, 404, 408, 409, 412, 416, 429, 500, 501, 502, 503, 504, 505, 509)

# What a policy looks at.
_REQUEST = SimpleNamespace(host_locations={"primary": "p", "secondary": "s"}, host="p", path="/", body=None)
_FAILED = SimpleNamespace(status=500)


def _exact(kind: Any, **settings: Any) -> Any:
    return kind(random_jitter_range=0, **settings).retry


def _status(status: int) -> Callable[[Environment], Any]:
    def probe(env: Environment) -> Any:
        env.answer(*[Answer(status, {"x-ms-error-code": "ACode"}, b"<Error/>")] * 3)
        return tried(env.block.get_blob_metadata, "c", "b")

    return probe


def rewritten_by_a_response_callback(env: Environment) -> Any:
    count: list[int] = []

    def rewrite(response: Any) -> None:
        count.append(response.status)
        if len(count) < 3:
            response.status = 408

    service = env.block
    service.retry = _exact(LinearRetry, backoff=2, max_attempts=5)
    service.response_callback = rewrite
    made = service.create_container(env.other_name)
    return made, count


def rewritten_for_ever(env: Environment) -> Any:
    def rewrite(response: Any) -> None:
        response.status = 500

    service = env.block
    service.retry = _exact(ExponentialRetry, initial_backoff=1, increment_base=3, max_attempts=3)
    service.response_callback = rewrite
    return tried(service.get_blob_metadata, env.container, env.put())


def linear(env: Environment) -> Any:
    service = env.block
    service.retry = _exact(LinearRetry, backoff=3, max_attempts=2)
    env.answer(*[Answer(500)] * 4)
    return tried(service.get_blob_metadata, "c", "b")


def exponential(env: Environment) -> Any:
    service = env.block
    service.retry = _exact(ExponentialRetry, initial_backoff=15, increment_base=3, max_attempts=4)
    env.answer(*[Answer(500)] * 6)
    return tried(service.get_blob_metadata, "c", "b")


def none(env: Environment) -> Any:
    service = env.block
    service.retry = no_retry
    env.answer(*[Answer(500)] * 2)
    return tried(service.get_blob_metadata, "c", "b")


def defaults(env: Environment) -> Any:
    return vars(ExponentialRetry()), vars(LinearRetry()), no_retry(RetryContext())


def default_of_a_service(env: Environment) -> Any:
    from azure.storage.blob import BlockBlobService

    service = BlockBlobService("acct", "a2V5")
    return vars(service.retry.__self__), type(service.retry.__self__)


def a_function(env: Environment) -> Any:
    told: list[Any] = []

    def policy(context: Any) -> Any:
        told.append((getattr(context, "count", "none"), context.response.status, context.location_mode))
        context.count = getattr(context, "count", 0) + 1
        return 0.5 if len(told) < 3 else None

    service = env.block
    service.retry = policy
    env.answer(*[Answer(409)] * 4)
    return tried(service.get_blob_metadata, "c", "b"), told


def a_function_without_a_count(env: Environment) -> Any:
    service = env.block
    told: list[int] = []
    service.retry = lambda context: (told.append(1), 0.25)[1] if len(told) < 1 else None
    env.answer(Answer(500), Answer(200, FINE))
    return tried(service.get_blob_metadata, "c", "b")


def a_policy_that_raises(env: Environment) -> Any:
    class Raising(ExponentialRetry):
        def retry(self, context: Any) -> Any:
            raise RuntimeError("enough")

    service = env.block
    service.retry = Raising().retry
    env.answer(Answer(500))
    return tried(service.get_blob_metadata, "c", "b")


def of_a_pause_of_zero(env: Environment) -> Any:
    service = env.block
    service.retry = _exact(LinearRetry, backoff=0, max_attempts=1)
    env.answer(Answer(500), Answer(200, FINE))
    return service.get_blob_metadata("c", "b")


def to_the_secondary(env: Environment) -> Any:
    service = env.over_https()
    service.retry = _exact(LinearRetry, backoff=1, max_attempts=3, retry_to_secondary=True)
    env.answer(Answer(500), Answer(404), Answer(500), Answer(200, FINE))
    return service.get_blob_metadata("c", "b")


def to_the_secondary_is_for_reads(env: Environment) -> Any:
    service = env.over_https()
    service.retry = _exact(LinearRetry, backoff=1, max_attempts=2, retry_to_secondary=True)
    env.answer(Answer(500), Answer(200, FINE))
    return service.set_blob_metadata("c", "b", {"a": "b"})


def from_the_secondary(env: Environment) -> Any:
    service = env.over_https()
    service.location_mode = LocationMode.SECONDARY
    service.retry = _exact(
        ExponentialRetry, initial_backoff=1, increment_base=1, max_attempts=3, retry_to_secondary=True
    )
    env.answer(Answer(404), Answer(500), Answer(200, FINE))
    return service.get_blob_metadata("c", "b")


def to_the_secondary_of_the_emulator(env: Environment) -> Any:
    from azure.storage.blob import BlockBlobService

    service = BlockBlobService(is_emulated=True, custom_domain=env.netloc)
    service.retry = _exact(LinearRetry, backoff=1, max_attempts=3, retry_to_secondary=True)
    env.answer(Answer(500), Answer(500), Answer(200, FINE))
    return service.get_blob_metadata("c", "b")


def secondary_404_is_tried_again(env: Environment) -> Any:
    service = env.over_https()
    service.location_mode = LocationMode.SECONDARY
    env.answer(Answer(404), Answer(200, FINE))
    return service.get_blob_metadata("c", "b")


def expected_codes_are_not(env: Environment) -> Any:
    service = env.block
    told: list[Any] = []
    service.retry = lambda context: told.append(context.response.status)
    env.answer(Answer(404, {"x-ms-error-code": "BlobNotFound"}))
    env.answer(Answer(404, {"x-ms-error-code": "ContainerNotFound"}))
    env.answer(Answer(404, {"x-ms-error-code": "ContainerNotFound"}))
    env.answer(Answer(409, {"x-ms-error-code": "ContainerAlreadyExists"}))
    env.answer(Answer(404, {"x-ms-error-code": "Another"}))
    values = [
        service.exists("c", "b"),
        service.exists("c", "b"),
        service.delete_container("c"),
        service.create_container("c"),
        service.exists("c", "b"),
    ]
    return values, told


def cut_connections(env: Environment) -> Any:
    service = env.block
    service.retry = _exact(LinearRetry, backoff=1, max_attempts=3)
    env.answer(CUT, CUT, Answer(200, FINE))
    return service.get_blob_metadata("c", "b")


def a_body_that_cannot_be_parsed(env: Environment) -> Any:
    env.answer(Answer(200, {}, b"<not xml"), Answer(200, {}, b"<BlockList/>"))
    return env.block.get_block_list("c", "b")


def a_header_that_is_missing(env: Environment) -> Any:
    env.answer(Answer(201, {}), Answer(201, FINE))
    return env.block.set_blob_metadata("c", "b")


def a_stream_is_sent_from_where_it_was(env: Environment) -> Any:
    stream = io.BytesIO(b"..AAAA")
    stream.seek(2)
    env.answer(Answer(500), Answer(201, FINE))
    return env.block.put_block("c", "b", stream, "1"), stream.tell()


def a_stream_that_does_not_seek(env: Environment) -> Any:
    class Once(io.RawIOBase):
        def __init__(self) -> None:
            self.inner = io.BytesIO(b"AAAA")

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self.inner.read(size)

    env.answer(Answer(500), Answer(201, FINE))
    return tried(env.block.put_block, "c", "b", Once(), "1")


def echoed_request_id_that_differs(env: Environment) -> Any:
    wrong = FINE | {"x-ms-client-request-id": "another"}
    env.answer(Answer(200, wrong), Answer(200, wrong))
    refused = tried(env.block.get_blob_metadata, "c", "b")
    service = env.block
    service._is_validating_request_id = False
    env.answer(Answer(200, wrong))
    return refused, service.get_blob_metadata("c", "b")


def date_is_new_each_time(env: Environment) -> Any:
    told: list[Any] = []
    service = env.block

    def note(request: Any) -> None:
        told.append("x-ms-date" in request.headers)
        request.headers["x-ms-date"] = "Thu, 01 Jan 1970 00:00:00 GMT"

    service.request_callback = note
    env.answer(Answer(500), Answer(200, FINE))
    service.get_blob_metadata("c", "b")
    return told


def policies_called_directly(env: Environment) -> Any:
    told = []
    for kind in (ExponentialRetry, LinearRetry):
        for to_secondary in (False, True):
            context = RetryContext()
            context.request, context.response, context.location_mode = _REQUEST, _FAILED, LocationMode.PRIMARY
            policy = kind(max_attempts=3, retry_to_secondary=to_secondary, random_jitter_range=0)
            told.append([(policy.retry(context), context.count, context.location_mode) for _ in range(4)])
    return told


def jitter_stays_in_its_range(env: Environment) -> Any:
    told = []
    for policy, low, high in (
        (ExponentialRetry(initial_backoff=10, increment_base=2, random_jitter_range=3), 7, 13),
        (LinearRetry(backoff=2, random_jitter_range=5), 0, 7),
    ):
        context = RetryContext()
        context.request, context.response = _REQUEST, _FAILED
        pause = policy.retry(context)
        told.append(low <= pause <= high)
    return told


def context_of_defaults(env: Environment) -> Any:
    return vars(RetryContext())


TABLE = {f"status_{status}": _status(status) for status in _STATUSES}
