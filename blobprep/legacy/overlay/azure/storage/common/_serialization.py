"""Writers of requests, under the old SDK's names and with its order of arguments."""

from __future__ import annotations

from collections.abc import Mapping
from io import IOBase
from typing import IO, Any

from blobprep.legacy.wire.conversions import iso_date as _to_utc_datetime, size_of as _len_plus
from blobprep.legacy.wire.documents import (
    write_policies as _convert_signed_identifiers_to_xml,
    write_properties as _convert_service_properties_to_xml,
)
from blobprep.legacy.wire.failures import (
    VALUE_SHOULD_BE_BYTES as _ERROR_VALUE_SHOULD_BE_BYTES,
    VALUE_SHOULD_BE_BYTES_OR_STREAM as _ERROR_VALUE_SHOULD_BE_BYTES_OR_STREAM,
    VALUE_SHOULD_BE_SEEKABLE_STREAM as _ERROR_VALUE_SHOULD_BE_SEEKABLE_STREAM,
    only_bytes,
    only_bytes_or_stream,
)
from blobprep.legacy.wire.messages import HTTPRequest
from blobprep.legacy.wire.sending import add_date as _add_date_header, prepare as _update_request


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
