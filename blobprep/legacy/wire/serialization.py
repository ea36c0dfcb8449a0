"""Writers of requests that only scripts use, which import them by these names from `azure.storage.common`."""

from __future__ import annotations

from collections.abc import Mapping
from io import IOBase
from typing import IO, Any

from blobprep.legacy.wire.failures import only_bytes, only_bytes_or_stream
from blobprep.legacy.wire.messages import HTTPRequest

__all__: list[str] = []


def _add_metadata_headers(metadata: Mapping[str, str] | None, request: HTTPRequest) -> None:
    request.headers.update({f"x-ms-meta-{name}": value for name, value in (metadata or {}).items()})


def _get_data_bytes_only(param_name: str, param_value: bytes | None) -> bytes:
    if param_value is None:
        return b""
    only_bytes(param_name, param_value)
    return param_value


def _get_data_bytes_or_stream_only(param_name: str, param_value: bytes | IO[bytes] | None) -> bytes | IO[bytes]:
    if param_value is None:
        return b""
    only_bytes_or_stream(param_name, param_value)
    return param_value


def _get_request_body(request_body: Any) -> Any:
    if request_body is None:
        return b""
    return request_body if isinstance(request_body, bytes | IOBase) else str(request_body).encode()
