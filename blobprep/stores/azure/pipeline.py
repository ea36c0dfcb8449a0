"""Requests that go through the SDK's pipeline without its models.

The pipeline repeats, signs and authenticates, by the SDK's policies and ours. What the SDK does around it, a client for
each blob and a model for each answer, takes as long as the request itself, and for a listing forty times as long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from os import urandom
from time import time
from typing import Any, Final
from urllib.parse import quote
from wsgiref.handlers import format_date_time

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline import Pipeline, PipelineContext, PipelineRequest
from azure.core.pipeline.policies import HTTPPolicy
from azure.core.pipeline.transport import HttpRequest
from azure.storage.blob import BlobServiceClient

from blobprep.account import Account
from blobprep.stores.azure.headers import condition_headers
from blobprep.stores.azure.signing import KeySigner
from blobprep.stores.base import ANY, Condition

__all__ = ["ServicePipeline"]

_CODE: Final = re.compile(rb"<Code>(\w+)</Code>")


class ServicePipeline:
    """The pipeline of an account's client. Threads may send at once; the pool of connections has its own lock.

    Args:
        service: the client.
        account: the account, with its address.
    """

    def __init__(self, service: BlobServiceClient, account: Account) -> None:
        config: Any = service._config
        self._transport = config.transport
        self._first = _shortened(service, has_key=account.credential.kind == "key")
        proxies = config.proxy_policy.proxies
        self._options: dict[str, Any] = {"direct": True} | ({"proxies": proxies} if proxies else {})
        self._headers = {
            **config.headers_policy.headers,
            "x-ms-version": service.api_version,
            "Accept": "application/xml",
            "User-Agent": config.user_agent_policy.user_agent,
        }
        self._url = account.url.rstrip("/")

    def send(
        self,
        method: str,
        container: str,
        blob: str = "",
        *,
        query: Mapping[str, str | None] | None = None,
        headers: Mapping[str, str] | None = None,
        condition: Condition = ANY,
        body: bytes | memoryview | None = None,
        **options: Any,
    ) -> Any:
        """Send a request and return its answer.

        Args:
            method: GET, HEAD or PUT.
            container: the container it is for.
            blob: the blob it is for; empty for the container.
            query: parameters; those that are None are left out.
            headers: besides those that every request has.
            condition: what the blob must meet.
            body: the bytes to send; nothing copies them.
            options: of the pipeline; see `RetryPolicy`.

        Raises:
            HttpResponseError: the service refused.
            AzureError: it gave no answer.
        """
        path = "/".join([self._url, quote(container), *([quote(blob, safe="~/")] if blob else [])])
        given = [f"{name}={quote(value, safe='')}" for name, value in (query or {}).items() if value is not None]
        request = HttpRequest(method, f"{path}?{'&'.join(given)}" if given else path)
        # Of its own: the SDK's ids come from uuid1, which asks a daemon for each.
        request.headers = {
            **self._headers,
            "x-ms-client-request-id": urandom(16).hex(),
            **condition_headers(condition),
            **(headers or {}),
        }
        if body is not None:
            request.set_bytes_body(body)  # type: ignore[arg-type]
        context = PipelineContext(self._transport, **self._options, **options)
        answer: Any = self._first.send(PipelineRequest(request, context)).http_response
        if answer.status_code not in (200, 201, 206):
            raise _refusal(answer)
        return answer


def _shortened(service: BlobServiceClient, *, has_key: bool) -> HTTPPolicy[Any, Any]:
    """Return the first policy of a client's pipeline without those that serve the SDK's models, logging and tracing.

    A redirection is not followed: the service sends none, and it would take the signature along.
    """
    config: Any = service._config
    retries, credential = copy(config.retry_policy), service._credential_policy  # a copy knows another one behind it
    if has_key:
        with suppress(ValueError):  # the SDK's policy has an error for a key that is none
            credential = KeySigner(credential)
    Pipeline(config.transport, [retries, _Dated(), copy(credential)])  # it tells each which one comes next
    return retries  # type: ignore[no-any-return]


class _Dated(HTTPPolicy):  # type: ignore[type-arg]
    """A policy that states the time of each attempt, which is signed."""

    def send(self, request: Any) -> Any:
        request.http_request.headers["x-ms-date"] = format_date_time(time())
        return self.next.send(request)


def _refusal(answer: Any) -> HttpResponseError:
    """Return the SDK's error for an answer, with the service's code."""
    error: Any = HttpResponseError(response=answer)
    found = _CODE.search(answer.body())
    error.error_code = answer.headers.get("x-ms-error-code") or (found[1].decode() if found else "")
    return error  # type: ignore[no-any-return]
