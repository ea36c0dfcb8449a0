"""Conversions, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.wire.conversions import (
    base64_bytes as _decode_base64_to_bytes,
    base64_text as _decode_base64_to_text,
    boolean as _bool_to_str,
    content_md5 as _get_content_md5,
    http_date as _datetime_to_utc_string,
    iso_date as _to_utc_datetime,
    lower as _lower,
    number as _int_to_str,
    signature as _sign_string,
    text as _to_str,
    to_base64 as _encode_base64,
)
from blobprep.legacy.wire.failures import (
    VALUE_SHOULD_BE_BYTES_OR_STREAM as _ERROR_VALUE_SHOULD_BE_BYTES_OR_STREAM,
    VALUE_SHOULD_BE_SEEKABLE_STREAM as _ERROR_VALUE_SHOULD_BE_SEEKABLE_STREAM,
)

_str = str
