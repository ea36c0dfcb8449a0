"""A request is sent until it succeeds or the retry policy gives up, and whoever listens is told."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests
from azure.common import AzureConflictHttpError, AzureException, AzureHttpError, AzureMissingResourceHttpError

from blobprep.legacy.models import LocationMode, OperationContext, RetryContext
from blobprep.legacy.retry import LinearRetry, no_retry
from blobprep.legacy.services.base import BaseBlobService
from blobprep.legacy.wire.failures import AzureSigningError
from blobprep.legacy.wire.messages import HTTPRequest, HTTPResponse
from tests.legacy.core.conftest import ACCOUNT, Answer, Answering, offline, refusal, written
from tests.server import Behaviour, Server

PAGE = (
    b"<EnumerationResults><Blobs><Blob><Name>%b</Name></Blob></Blobs><NextMarker>%b</NextMarker></EnumerationResults>"
)


def patient(service: BaseBlobService, times: int = 3, to_secondary: bool = False) -> BaseBlobService:
    service.retry = LinearRetry(0, times, to_secondary, 0).retry
    return service


def page(name: bytes, marker: bytes = b"") -> Answer:
    return Answer(200, "OK", content=PAGE % (name, marker))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, AzureMissingResourceHttpError),
        (409, AzureConflictHttpError),
        (412, AzureHttpError),
        (403, AzureHttpError),
        (304, AzureHttpError),
    ],
)
def test_an_answer_of_300_or_above_is_an_error_of_its_status(status: int, kind: type[AzureHttpError]) -> None:
    service = offline(Answering(refusal(status, "TheCode", body=b"\xef\xbb\xbf<Error/>")))

    with pytest.raises(AzureHttpError) as caught:
        service.get_blob_metadata("c", "b")

    assert type(caught.value) is kind
    assert (caught.value.status_code, caught.value.error_code) == (status, "TheCode")
    assert str(caught.value) == "It is refused. ErrorCode: TheCode\n<Error/>"


def test_an_error_without_a_code_says_so() -> None:
    service = offline(Answering(refusal(403, body=b"")))

    with pytest.raises(AzureHttpError) as caught:
        service.get_blob_metadata("c", "b")

    assert (caught.value.error_code, str(caught.value)) == (None, "It is refused.\n")


def test_a_failure_of_the_network_is_an_azure_exception_with_its_text() -> None:
    service = offline(Answering(requests.ConnectionError("no route")))

    with pytest.raises(AzureException) as caught:
        service.create_container("c")

    assert type(caught.value) is AzureException
    assert str(caught.value) == "no route"
    assert isinstance(caught.value.__cause__, requests.ConnectionError)


def test_what_the_service_throttles_is_sent_again(server: Server) -> None:
    service = patient(BaseBlobService(server.name, server.key, custom_domain=server.endpoint()))
    contexts: list[int] = []
    service.retry_callback = lambda context: contexts.append(context.count)

    with server.behave(Behaviour(throttling=2)):
        assert service.create_container("raw")

    assert [request.method for request in server.requests] == ["PUT"] * 3
    assert contexts == [1, 2]


def test_a_connection_that_is_lost_is_tried_again_on_a_new_one(server: Server) -> None:
    service = patient(BaseBlobService(server.name, server.key, custom_domain=server.endpoint()))

    with server.behave(Behaviour(resetting=1)):
        assert service.create_container("raw")

    assert len(server.requests) == 2


def test_an_account_that_wants_https_says_so(server: Server) -> None:
    service = offline(Answering(), account_name=server.name, account_key=server.key, custom_domain=server.endpoint())
    service.request_session = requests.Session()

    with server.behave(Behaviour(requires_https=True)), pytest.raises(AzureHttpError) as caught:
        service.create_container("raw")

    assert caught.value.error_code == "AccountRequiresHttps"


@pytest.mark.parametrize(("status", "attempts"), [(500, 4), (503, 4), (408, 4), (501, 1), (505, 1), (404, 1), (412, 1)])
def test_only_what_may_help_is_tried_again(status: int, attempts: int) -> None:
    session = Answering(refusal(status))

    with pytest.raises(AzureHttpError):
        patient(offline(session)).get_blob_metadata("c", "b")

    assert len(session.asked) == attempts


def test_the_policy_sees_everything_about_a_failure() -> None:
    contexts: list[RetryContext] = []
    service = offline(Answering(refusal(500)))
    service.retry = contexts.append  # type: ignore[assignment]  # None: no retry

    with pytest.raises(AzureHttpError) as caught:
        service.set_blob_metadata("c", "b")

    (context,) = contexts
    assert context.exception is caught.value
    assert (context.response.status, context.location_mode, context.is_emulated) == (500, "primary", False)
    assert context.request.path == "/c/b"


def test_the_policy_sees_errors_of_lower_layers_as_they_are() -> None:
    contexts: list[RetryContext] = []
    failure = requests.ConnectionError("no route")
    service = offline(Answering(failure))
    service.retry = contexts.append  # type: ignore[assignment]

    with pytest.raises(AzureException):
        service.set_blob_metadata("c", "b")

    assert (contexts[0].exception, contexts[0].response) == (failure, None)


def test_expected_codes_are_answers_and_never_tried_again() -> None:
    session = Answering(refusal(409, "ContainerAlreadyExists"))
    service = offline(session)
    service.retry = lambda context: pytest.fail("it was asked")

    assert service.create_container("c") is False
    assert len(session.asked) == 1


def test_a_key_that_is_none_fails_at_the_first_request_without_a_retry() -> None:
    session = Answering()
    service = offline(session, account_key="key")
    service.retry = lambda context: pytest.fail("it was asked")

    with pytest.raises(AzureSigningError):
        service.create_container("c")

    assert session.asked == []


def test_metadata_that_is_no_text_is_an_azure_exception() -> None:
    with pytest.raises(AzureException, match="expected str instance, int found"):
        offline(Answering()).create_container("c", {"size": 5})  # type: ignore[dict-item]


def test_callbacks_are_called_for_each_attempt_the_request_before_it_is_signed() -> None:
    happened: list[str] = []
    session = Answering(refusal(500), written())
    service = patient(offline(session))
    service.request_callback = lambda request: happened.append(f"request {'Authorization' in request.headers}")
    service.response_callback = lambda response: happened.append(f"response {response.status}")
    service.retry_callback = lambda context: happened.append(f"retry {context.count}")

    service.create_container("c")

    assert happened == ["request False", "response 500", "retry 1", "request True", "response 201"]
    assert (
        session.asked[0][2]["headers"]["x-ms-client-request-id"]
        == (session.asked[1][2]["headers"]["x-ms-client-request-id"])
    )


def test_a_response_callback_may_change_the_answer() -> None:
    def succeed(response: HTTPResponse) -> None:
        response.status = 200
        response.headers.clear()

    service = offline(Answering(refusal(404)))
    service.response_callback = succeed

    assert service.exists("c") is True


def test_an_error_of_a_callback_goes_through_the_policy_as_an_azure_exception() -> None:
    def fail(request: HTTPRequest) -> None:
        raise RuntimeError("mine")

    contexts: list[RetryContext] = []
    service = offline(Answering())
    service.request_callback = fail
    service.retry = contexts.append  # type: ignore[assignment]

    with pytest.raises(AzureException, match=r"^mine$"):
        service.create_container("c")
    assert type(contexts[0].exception) is RuntimeError


def test_an_answer_to_another_request_is_refused_unless_that_is_switched_off() -> None:
    answer = Answer(headers={"x-ms-client-request-id": "other", "x-ms-request-id": "service"})
    service = offline(Answering(answer))

    with pytest.raises(
        AzureException, match=r"^Echoed client request ID: other does not match .* request ID: service$"
    ):
        service.create_container("c")

    service._is_validating_request_id = False
    assert service.create_container("c")


def test_reads_go_to_the_secondary_when_asked_and_writes_never_do() -> None:
    session = Answering(written())
    service = offline(session)
    service.location_mode = LocationMode.SECONDARY

    service.get_blob_metadata("c", "b")
    service.set_blob_metadata("c", "b")

    assert session.urls == [
        f"http://{ACCOUNT}-secondary.blob.core.windows.net/c/b",
        f"http://{ACCOUNT}.blob.core.windows.net/c/b",
    ]


def test_a_read_is_tried_again_at_the_other_location() -> None:
    session = Answering(refusal(500), refusal(404), written())

    patient(offline(session), to_secondary=True).get_blob_metadata("c", "b")

    assert [url.split(".")[0] for url in session.urls] == [
        "http://contoso",
        "http://contoso-secondary",
        "http://contoso",
    ]


def test_the_emulator_changes_the_path_instead_of_the_host() -> None:
    session = Answering(refusal(500), written())
    service = patient(BaseBlobService(is_emulated=True, request_session=session), to_secondary=True)

    service.get_blob_metadata("c", "b")

    host = "http://127.0.0.1:10000"
    assert session.urls == [f"{host}/devstoreaccount1/c/b", f"{host}/devstoreaccount1-secondary/c/b"]


def test_a_listing_stays_at_the_location_of_its_first_page() -> None:
    session = Answering(refusal(500), page(b"a", b"2"), page(b"b"))
    service = patient(offline(session), to_secondary=True)

    assert [blob.name for blob in service.list_blobs("c")] == ["a", "b"]

    assert [url.split(".")[0] for url in session.urls] == [
        "http://contoso",
        "http://contoso-secondary",
        "http://contoso-secondary",
    ]


def test_an_operation_tells_its_location_to_the_next_request() -> None:
    context = OperationContext(location_lock=True)

    offline(Answering(page(b"a")))._list_blobs("c", _context=context)

    assert context.host_location == {"primary": "contoso.blob.core.windows.net"}


def test_a_subclass_may_put_itself_between() -> None:
    """As public code does, to renew a token or to choose a host."""

    class Mine(BaseBlobService):
        def _apply_host(self, request: HTTPRequest, operation_context: Any, retry_context: Any) -> None:
            super()._apply_host(request, operation_context, retry_context)
            request.host = "mine"

        def _perform_request(self, request: HTTPRequest, *given: Any, **named: Any) -> Any:
            request.headers["x-ms-mine"] = "1"
            return super()._perform_request(request, *given, **named)

    session = Answering()
    service = Mine("contoso", "a2V5", request_session=session)

    assert service.create_container("c")

    ((_, url, options),) = session.asked
    assert (url, options["headers"]["x-ms-mine"]) == ("https://mine/c", "1")


def _put(service: BaseBlobService, body: Any, method: str = "PUT") -> None:
    request = HTTPRequest()
    request.method, request.path, request.body = method, "/c/b", body
    request.host_locations = service._get_host_locations()
    service._perform_request(request)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "GET"])
def test_a_body_says_how_long_it_is_where_bodies_are_sent(method: str) -> None:
    session = Answering()

    _put(offline(session), b"four", method)

    assert session.asked[0][2]["headers"].get("Content-Length") == (None if method == "GET" else "4")


def test_a_stream_is_sent_again_from_where_it_stood() -> None:
    read: list[bytes] = []

    class Reading(Answering):
        def request(self, method: str, url: str, **options: Any) -> Answer:
            read.append(options["data"].read())
            return super().request(method, url, **options)

    stream = io.BytesIO(b"not this, this")
    stream.seek(10)

    _put(patient(offline(Reading(refusal(500), written()))), stream)

    assert read == [b"this", b"this"]


def test_a_body_that_is_neither_bytes_nor_a_stream_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^request\.body should be of type bytes or a readable file-like"):
        _put(offline(Answering()), "text")


def test_a_body_of_unknown_length_is_refused() -> None:
    class Endless:
        def read(self, size: int = -1) -> bytes:
            return b"x"

    with pytest.raises(ValueError, match="seekable file-like"):
        _put(offline(Answering()), Endless())


def test_what_cannot_be_read_in_an_answer_is_asked_for_again() -> None:
    session = Answering(Answer(200, "OK", content=b"<broken"), page(b"a"))

    assert [blob.name for blob in patient(offline(session)).list_blobs("c")] == ["a"]


def test_attributes_count_from_the_next_request_on() -> None:
    first, second = Answering(), Answering()
    service = offline(first)
    service.create_container("c")

    service.request_session = second
    service.protocol = "https"
    service.primary_endpoint = "other"
    service.socket_timeout = (1, 2)
    service.set_proxy("proxy", 8080, "me", "secret")
    service.create_container("c")

    method, url, options = second.asked[0]
    assert (method, url) == ("PUT", "https://other/c")
    assert options["timeout"] == (1, 2)
    assert options["proxies"] == {"http": "http://me:secret@proxy:8080", "https": "https://me:secret@proxy:8080"}
    assert first.asked[0][2]["proxies"] is None


def test_a_session_is_asked_as_the_old_sdk_asked_it() -> None:
    session = Answering()

    offline(session).create_container("c", timeout=3)

    ((_, url, options),) = session.asked
    assert url == "http://contoso.blob.core.windows.net/c"
    assert set(options) == {"params", "headers", "data", "timeout", "proxies"}
    assert options["params"] == {"restype": "container", "timeout": "3"}
    assert (options["data"], options["timeout"]) == (None, (20, 2000))
    assert session.headers == {"Connection": "keep-alive"}


def test_requests_go_through_a_proxy(server: Server) -> None:
    service = BaseBlobService(server.name, server.key, protocol="http")
    service.retry = no_retry
    service.set_proxy("127.0.0.1", server.port)

    assert service.create_container("raw")

    assert server.requests[0].proxied


def test_a_read_timeout_is_told_in_the_words_of_requests(server: Server) -> None:
    service = BaseBlobService(server.name, server.key, custom_domain=server.endpoint(), socket_timeout=(5, 0.01))
    service.retry = no_retry

    with server.behave(Behaviour(latency=0.5)), pytest.raises(AzureException, match="read timeout"):
        service.create_container("raw")


def test_a_connection_that_this_machine_forbids_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "the sandbox says no")

    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    service = patient(BaseBlobService("contoso", "a2V5", protocol="http"))
    retried: list[RetryContext] = []
    service.retry_callback = retried.append

    with pytest.raises(AzureException, match="the sandbox says no"):
        service.create_container("c")

    assert retried == []
