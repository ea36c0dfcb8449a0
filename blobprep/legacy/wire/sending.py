"""Send requests until one succeeds or the retry policy gives up; report to callbacks and the log."""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Callable, Collection, Sequence
from time import sleep, time
from typing import Any, TypeVar
from urllib.parse import quote
from wsgiref.handlers import format_date_time

import requests

from blobprep.legacy.models import LocationMode, OperationContext, RetryContext
from blobprep.legacy.retry import ExponentialRetry
from blobprep.legacy.wire import constants, failures
from blobprep.legacy.wire.conversions import size_of
from blobprep.legacy.wire.messages import HostLocations, HTTPError, HTTPRequest, HTTPResponse
from blobprep.legacy.wire.telling import Teller, scrubbed_headers, scrubbed_query, timestamp_and_id
from blobprep.legacy.wire.transport import HTTPClient

__all__ = ["StorageClient", "add_date", "prepare"]

T = TypeVar("T")

_ID = "x-ms-client-request-id"
_SENDS_A_LENGTH = ("PUT", "POST", "MERGE", "DELETE")
_FAILED = 300
_CHECKING = "Operation failed: checking if the operation should be retried"
_UNQUOTED = "/()$=',~"


def _of_client(name: str, doc: str) -> Any:
    """Make an attribute that is one of the HTTP client's."""
    return property(
        lambda self: getattr(self._httpclient, name),
        lambda self, value: setattr(self._httpclient, name, value),
        doc=doc,
    )


class StorageClient:
    """The base of every service class: an account, how to reach it, and how it deals with failures.

    All attributes may be assigned at any time and count from the next request on. Those of the account are described
    at `ConnectionParameters`.

    Attributes:
        authentication: Signs: an object with `sign_request(request)` or `signed_session(session)`.
        retry: Returns for a `RetryContext` the seconds to wait before another attempt, or None to give up.
        location_mode: Where reads go first.
        request_callback: Called with each request before it is signed; may change it.
        response_callback: Called with each answer; may change it.
        retry_callback: Called with the `RetryContext` when there will be another attempt.
    """

    authentication: Any

    def __init__(self, connection_params: Any) -> None:
        self.account_name: str = connection_params.account_name
        self.account_key: str | None = connection_params.account_key
        self.sas_token: str | None = connection_params.sas_token
        self.token_credential: Any = connection_params.token_credential
        self.is_emulated: bool = connection_params.is_emulated
        self.primary_endpoint: str = connection_params.primary_endpoint
        self.secondary_endpoint: str | None = connection_params.secondary_endpoint
        self._httpclient = HTTPClient(
            protocol=connection_params.protocol,
            session=connection_params.request_session or requests.Session(),
            timeout=connection_params.socket_timeout or constants.DEFAULT_SOCKET_TIMEOUT,
        )
        self.retry: Callable[[RetryContext], float | None] = ExponentialRetry().retry
        self.location_mode: str = LocationMode.PRIMARY
        self.request_callback: Callable[[HTTPRequest], object] | None = None
        self.response_callback: Callable[[HTTPResponse], object] | None = None
        self.retry_callback: Callable[[RetryContext], object] | None = None
        self._X_MS_VERSION = constants.X_MS_VERSION
        self._update_user_agent_string(None)
        self._is_validating_request_id = True

    def _update_user_agent_string(self, service_package_version: str | None) -> None:
        prefix, suffix = constants.USER_AGENT_STRING_PREFIX, constants.USER_AGENT_STRING_SUFFIX
        self._USER_AGENT_STRING = f"{prefix}{service_package_version} {suffix}"

    socket_timeout = _of_client("timeout", "Seconds to wait for the connection and for data, or one number for each.")
    protocol = _of_client("protocol", "`http` or `https`.")
    request_session = _of_client("session", "The session that requests are sent over.")

    def set_proxy(self, host: str, port: int | str, user: str | None = None, password: str | None = None) -> None:
        """Send everything through a proxy, whatever the environment says."""
        self._httpclient.set_proxy(host, port, user, password)

    extract_date_and_request_id = staticmethod(timestamp_and_id)
    _scrub_headers = staticmethod(scrubbed_headers)
    _scrub_query_parameters = staticmethod(scrubbed_query)

    def _get_host_locations(self, primary: bool = True, secondary: bool = False) -> HostLocations:
        locations: HostLocations = {}
        if primary:
            locations[LocationMode.PRIMARY] = self.primary_endpoint
        if secondary:
            locations[LocationMode.SECONDARY] = self.secondary_endpoint
        return locations

    def _apply_host(
        self, request: HTTPRequest, operation_context: OperationContext, retry_context: RetryContext
    ) -> None:
        """Choose the host: that of the operation so far, else the only one, else that of the location mode."""
        if operation_context.location_lock and operation_context.host_location:
            request.host_locations = operation_context.host_location
        if len(request.host_locations) == 1:
            ((retry_context.location_mode, request.host),) = request.host_locations.items()
        else:
            retry_context.location_mode = self.location_mode
            request.host = request.host_locations.get(self.location_mode)  # type: ignore[assignment]  # fails when sent

    def _perform_request(
        self,
        request: HTTPRequest,
        parser: Callable[..., T] | None = None,
        parser_args: Sequence[Any] | None = None,
        operation_context: OperationContext | None = None,
        expected_errors: Collection[str] | None = None,
    ) -> T:
        """Send a request, as often as the retry policy allows, and read its answer.

        Raises:
            AzureException: it failed for good; an `AzureHttpError` where there was an answer.
        """
        operation = operation_context or OperationContext()
        retrying = RetryContext()
        retrying.is_emulated = self.is_emulated
        retrying.body_position = _position(request.body)
        self._apply_host(request, operation, retrying)
        prepare(request, self._X_MS_VERSION, self._USER_AGENT_STRING)
        teller = Teller(request)

        def read(response: HTTPResponse) -> T:
            return parser(response, *(parser_args or ())) if parser else None  # type: ignore[return-value]

        while True:
            try:
                return self._attempt(request, retrying, teller, read)
            except failures.AzureException as error:
                seconds = self._wait_after(error, retrying, teller, expected_errors or ())
                if seconds is None:
                    raise
                sleep(seconds)
            finally:
                if operation.location_lock and not operation.host_location:
                    # From the request's own table: by now, the emulator's path has moved from the host to the path.
                    mode = retrying.location_mode or self.location_mode
                    operation.host_location = {mode: request.host_locations[mode]}

    def _attempt(
        self, request: HTTPRequest, retrying: RetryContext, teller: Teller, read: Callable[[HTTPResponse], T]
    ) -> T:
        """Send a request once and read its answer; whatever goes wrong becomes an AzureException."""
        try:
            response = self._answer(request, retrying, teller)
            if response.status >= _FAILED:
                failures.raise_for_answer(HTTPError(response.status, response.message, response.headers, response.body))
            return read(response)
        except failures.AzureException as error:
            retrying.exception = error
            raise
        except Exception as error:
            retrying.exception = error
            raise failures.wrapped(error, failures.AzureException) from error

    def _answer(self, request: HTTPRequest, retrying: RetryContext, teller: Teller) -> HTTPResponse:
        if self.request_callback:
            self.request_callback(request)
        # After the callback, which may change what is signed; and for each attempt, so that the date is current.
        add_date(request)
        self._sign(request)
        retrying.request = request
        teller.outgoing(request)
        response = self._httpclient.perform_request(request)
        if self.response_callback:
            self.response_callback(response)
        if self._is_validating_request_id:
            self._validate_echoed_client_request_id(request, response)
        retrying.response = response
        teller.receiving(retrying, response)
        return response

    def _sign(self, request: HTTPRequest) -> None:
        try:
            self.authentication.sign_request(request)
        except AttributeError:  # it signs sessions
            self.request_session = self.authentication.signed_session(self.request_session)

    @staticmethod
    def _validate_echoed_client_request_id(request: HTTPRequest, response: HTTPResponse) -> None:
        sent, echoed = request.headers[_ID], response.headers.get(_ID)
        if echoed is not None and echoed != sent:
            raise failures.AzureException(
                f"Echoed client request ID: {echoed} does not match sent client request ID: {sent}.  "
                f"Service request ID: {response.headers['x-ms-request-id']}"
            )

    def _wait_after(
        self, error: Exception, retrying: RetryContext, teller: Teller, expected: Collection[str]
    ) -> float | None:
        """Decide how many seconds after a failure to try again; None for not at all."""
        if isinstance(error, failures.AzureHttpError) and error.error_code in expected:
            teller.failed(logging.INFO, "Received expected http error: ", retrying, error)
            return None
        if isinstance(error, failures.AzureSigningError):
            teller.tell("Unable to sign the request: Exception=%s.", str(error).replace("\n", ""))
            return None
        count = getattr(retrying, "count", 0)
        teller.failed(logging.INFO, f"{_CHECKING}. Current retry count={count}, ", retrying, error)
        if str(error) == failures.DECRYPTION_FAILURE:
            text = "Encountered decryption failure: this cannot be retried. "
            teller.failed(logging.ERROR, text, retrying, error)
            return None
        seconds = None if _is_forbidden_here(error) else self.retry(retrying)
        if seconds is None:
            teller.failed(logging.ERROR, "Retry policy did not allow for a retry: ", retrying, error)
            return None
        if self.retry_callback:
            self.retry_callback(retrying)
        count = getattr(retrying, "count", 0)
        teller.tell("Retry policy is allowing a retry: Retry count=%s, Interval=%s.", count, seconds)
        return seconds


def prepare(request: HTTPRequest, x_ms_version: str | None, user_agent: str) -> None:
    """Complete a request whose host is chosen: its length, the headers that all requests have, and its quoted path.

    Raises:
        TypeError: its body is neither bytes nor a stream.
        ValueError: the size of its body is unknown.
    """
    if request.body:
        failures.only_bytes_or_stream("request.body", request.body)
        length = size_of(request.body)
        if length is None:
            raise ValueError(failures.VALUE_SHOULD_BE_SEEKABLE_STREAM)  # with its placeholder, as in the old SDK
        if request.method in _SENDS_A_LENGTH:
            request.headers["Content-Length"] = str(length)
    request.headers["x-ms-version"] = x_ms_version
    request.headers["User-Agent"] = user_agent
    request.headers[_ID] = str(uuid.uuid1())
    request.host, *account = request.host.split("/", 1)
    if account:  # the emulator and custom domains have a path before the container
        request.path = f"/{account[0]}{request.path}"
    request.path = quote(request.path, _UNQUOTED)


def _is_forbidden_here(error: BaseException | None) -> bool:
    """Return whether this machine refused the connection, as a sandbox does; waiting does not help then."""
    while error is not None and not isinstance(error, PermissionError):
        error = error.__cause__ or error.__context__
    return error is not None


def add_date(request: HTTPRequest) -> None:
    """Add the date to a request."""
    request.headers["x-ms-date"] = format_date_time(time())


def _position(body: Any) -> int | None:
    """Return the position of a stream, for sending it again; None if it has no position."""
    try:
        position: int = body.tell()
    except (AttributeError, io.UnsupportedOperation):
        return None
    return position
