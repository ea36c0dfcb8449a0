"""The SDK's transport, with a short way for requests whose answers this package reads itself.

A request through `requests` costs 0.6 ms of processor time above what urllib3 takes for it; two thousand small blobs
are most of a second of that. The short way takes the pool of connections that `requests` made for the account, with
its proxy and certificates, and sends on it.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, Final

import requests
from azure.core.exceptions import (
    IncompleteReadError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from azure.core.pipeline.transport import HttpResponse, RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, Retry, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    IncompleteRead,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from blobprep.stores.azure.answer_head import with_quick_heads

__all__ = ["CONNECTIONS", "DirectAnswer", "Transport"]

CONNECTIONS: Final = 32
"""Connections that are kept open; more threads than that would open new ones all the time."""

_PIECE: Final = 64 * 1024
_NO_RETRIES: Final = Retry(total=False, redirect=False, raise_on_status=False)


class _Adapter(HTTPAdapter):
    """An adapter whose connections send what is read from a file in pieces of 64 kB, and not of 16."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Make the pools; as `HTTPAdapter.init_poolmanager`."""
        super().init_poolmanager(connections, maxsize, block, **options, blocksize=_PIECE)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Return the pools of a proxy; as `HTTPAdapter.proxy_manager_for`."""
        return super().proxy_manager_for(proxy, **options, blocksize=_PIECE)

    def find_route(self, url: str, verify: bool | str, cert: Any, proxies: Any) -> _Route:
        """Return the route to the host of a URL, as `send` takes it."""
        prepared = requests.Request("GET", url).prepare()
        pool = self.get_connection_with_tls_context(prepared, verify, proxies=proxies, cert=cert)
        self.cert_verify(pool, url, verify, cert)
        pool.ConnectionCls = with_quick_heads(pool.ConnectionCls)
        scheme, _, rest = url.partition("://")
        origin = f"{scheme}://{rest.partition('/')[0]}"
        return _Route(origin, pool, origin if self.request_url(prepared, proxies).startswith(origin) else "")


@dataclass(frozen=True, slots=True)
class _Route:
    """How an account is reached: its scheme and host, the pool, and what stands before a path in a request's line."""

    origin: str
    pool: HTTPConnectionPool
    before: str


class DirectAnswer(HttpResponse):
    """An answer that came the short way.

    Attributes:
        raw: urllib3's response; its body is read by `Body`, or by `read` into memory.
    """

    def __init__(self, request: Any, raw: Any) -> None:
        super().__init__(request, raw)
        self.raw = raw
        self.status_code, self.headers, self.reason = raw.status, raw.headers, raw.reason
        self.content_type = raw.headers.get("Content-Type")
        self._data = b""

    def read(self) -> None:
        """Read the body into memory, and give the connection back."""
        try:
            self._data = self.raw.read(decode_content=False)
        finally:
            self.close()

    def close(self) -> None:
        """Give the connection back; if its body has not been read to the end, close it."""
        self.raw.close()
        self.raw.release_conn()

    def body(self) -> bytes:
        """Return what was read."""
        return self._data

    def text(self, encoding: str | None = None) -> str:
        """Return what was read as text."""
        return self._data.decode(encoding or "utf-8-sig", "replace")


class Transport(RequestsTransport):  # type: ignore[misc]  # it is not typed where its package imports it lazily
    """A transport that sends a request with the option `direct` the short way, and all others through `requests`.

    Args:
        options: of `RequestsTransport`.
    """

    def __init__(self, **options: Any) -> None:
        session = requests.Session()
        adapter = _Adapter(pool_connections=4, pool_maxsize=CONNECTIONS, max_retries=_NO_RETRIES)
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)
        super().__init__(session=session, **options)
        self._adapter = adapter
        self._own: requests.Session = session
        self._route: _Route | None = None

    def send(self, request: Any, *, proxies: MutableMapping[str, str] | None = None, **options: Any) -> Any:
        """Send a request; as `RequestsTransport.send`."""
        if not options.pop("direct", False):
            return super().send(request, proxies=proxies, **options)
        route = self._route
        if not route:  # two threads may find the same route at once, and one of them is kept
            route = self._route = self._find_route(request.url, proxies)
        config = self.connection_config
        try:
            raw = route.pool.urlopen(
                request.method,
                route.before + request.url[len(route.origin) :],
                body=request.data,
                headers=request.headers,
                retries=_NO_RETRIES,
                redirect=False,
                assert_same_host=False,
                timeout=Timeout(connect=config.timeout, read=config.read_timeout),
                preload_content=False,
                decode_content=False,
            )
            answer = DirectAnswer(request, raw)
            if not (options.get("stream") and raw.status in (200, 206)):
                answer.read()
        except NewConnectionError as error:
            raise ServiceRequestError(error, error=error) from error
        except ConnectTimeoutError as error:
            raise ServiceRequestTimeoutError(error, error=error) from error
        except ReadTimeoutError as error:
            raise ServiceResponseTimeoutError(error, error=error) from error
        except IncompleteRead as error:
            raise IncompleteReadError(error, error=error) from error
        except ProtocolError as error:
            raise ServiceResponseError(error, error=error) from error
        except (HTTPError, OSError) as error:
            raise ServiceRequestError(error, error=error) from error
        return answer

    def _find_route(self, url: str, proxies: MutableMapping[str, str] | None) -> _Route:
        """Let `requests` choose the way to a host, from the options, the environment and the certificates it knows."""
        config: Any = self.connection_config
        found = self._own.merge_environment_settings(url, dict(proxies or {}), True, config.verify, config.cert)
        return self._adapter.find_route(url, found["verify"], found["cert"], found["proxies"])
