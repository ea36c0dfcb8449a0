"""Requests that go through the SDK's pipeline without its models.

The pipeline repeats, signs and authenticates, by the SDK's policies and ours. What the SDK does around it, a client for
each blob and a model for each answer, takes as long as the request itself, and for a listing forty times as long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline import Pipeline
from azure.core.pipeline.transport import HttpRequest
from azure.storage.blob import BlobServiceClient

from blobprep.stores.azure.headers import condition_headers
from blobprep.stores.base import ANY, Condition

__all__ = ["ServicePipeline"]

_CODE: Final = re.compile(rb"<Code>(\w+)</Code>")


class ServicePipeline:
    """The pipeline of an account's client. Threads may send at once; the pool of connections has its own lock.

    Args:
        service: the client.
        url: the account's address.
    """

    def __init__(self, service: BlobServiceClient, url: str) -> None:
        self._run, self._version = _shortened(service).run, service.api_version
        self._url = url.rstrip("/")

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
        sent = {"x-ms-version": self._version, "Accept": "application/xml"}
        request = HttpRequest(
            method,
            f"{path}?{'&'.join(given)}" if given else path,
            headers=sent | condition_headers(condition) | dict(headers or {}),
        )
        if body is not None:
            request.set_bytes_body(body)  # type: ignore[arg-type]
        # Of its own: the SDK's come from uuid1, which asks a daemon for each.
        answer: Any = self._run(request, direct=True, client_request_id=str(uuid4()), **options).http_response
        if answer.status_code not in (200, 201, 206):
            raise _refusal(answer)
        return answer


def _shortened(service: BlobServiceClient) -> Pipeline[Any, Any]:
    """Return a client's pipeline without the half of its policies that serve the SDK's models, logging and tracing.

    A redirection is not followed: the service sends none, and it would take the signature along.
    """
    config: Any = service._config
    # Copies, for a policy knows the one behind it.
    kept = (config.retry_policy, config.headers_policy, service._credential_policy)
    policies: list[Any] = [config.proxy_policy, config.user_agent_policy, *map(copy, kept)]
    return Pipeline(config.transport, policies)


def _refusal(answer: Any) -> HttpResponseError:
    """Return the SDK's error for an answer, with the service's code."""
    error: Any = HttpResponseError(response=answer)
    found = _CODE.search(answer.body())
    error.error_code = answer.headers.get("x-ms-error-code") or (found[1].decode() if found else "")
    return error  # type: ignore[no-any-return]
