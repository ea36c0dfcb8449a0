"""The bodies of requests: bytes and their MD5, parts and texts, and ranges of other blobs."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, Final

from blobprep.legacy.arguments import header
from blobprep.legacy.methods import Arguments
from blobprep.legacy.operations import ranged
from blobprep.legacy.wire.conversions import content_md5, http_date
from blobprep.legacy.wire.failures import VALUE_NEGATIVE, not_none, only_bytes, only_bytes_or_stream
from blobprep.legacy.wire.messages import Headers, HTTPRequest

__all__ = ["SOURCE_CONDITIONS", "bytes_of", "encoded", "file_of", "part_of", "source_range", "summed"]

SOURCE_CONDITIONS: Final = {
    "source_if_modified_since": header("x-ms-source-if-Modified-Since", http_date),
    "source_if_unmodified_since": header("x-ms-source-if-Unmodified-Since", http_date),
    "source_if_match": header("x-ms-source-if-Match"),
    "source_if_none_match": header("x-ms-source-if-None-Match"),
}
"""Where the conditions on a source go."""


def bytes_of(name: str, value: bytes | None) -> bytes:
    """Return the bytes of the argument `name`, empty for None; refuse anything else with TypeError."""
    if value is None:
        return b""
    only_bytes(name, value)
    return value


def summed(body: bytes | IO[bytes], is_wanted: bool) -> Headers:
    """Return the header by which the service checks that a body arrived unchanged, if that is wanted."""
    return {"Content-MD5": content_md5(body)} if is_wanted else {}


def source_range(asked: Arguments) -> Headers:
    """Write the header of the range of a source; without a start, the range is all of it."""
    start, end = asked["source_range_start"], asked["source_range_end"]
    return ranged(start, end, needs_start=False, needs_end=False, name="x-ms-source-range")


@contextmanager
def file_of(asked: Arguments) -> Iterator[Arguments]:
    """Take out `file_path`, open the file, and return its `stream` and `count`."""
    with open(asked.pop("file_path"), "rb") as stream:  # noqa: PTH123  # descriptors will do too
        yield {"stream": stream, "count": os.fstat(stream.fileno()).st_size}


def part_of(asked: Arguments) -> Arguments:
    """Take out `blob`, `index` and `count`, and return the part of the bytes as a `stream` and its `count`.

    Raises:
        TypeError: `blob` is not bytes.
        IndexError: `index` is negative.
    """
    blob, index, count = asked.pop("blob"), asked.pop("index"), asked.pop("count")
    only_bytes("blob", blob)
    if index < 0:
        raise IndexError(VALUE_NEGATIVE.format("index"))
    if count is None or count < 0:
        count = len(blob) - index
    stream = io.BytesIO(blob)
    stream.seek(index)
    return {"stream": stream, "count": count}


def encoded(text: Any, encoding: str | None) -> bytes:
    """Encode a text; bytes are taken as they are."""
    if isinstance(text, bytes):
        return text
    not_none("encoding", encoding)
    content: bytes = text.encode(encoding)
    return content


# These are for scripts alone, which import them from `azure.storage.common._serialization`.


def _add_metadata_headers(metadata: Mapping[str, str] | None, request: HTTPRequest) -> None:
    request.headers.update({"x-ms-meta-" + name: value for name, value in (metadata or {}).items()})


def _get_data_bytes_or_stream_only(param_name: str, param_value: bytes | IO[bytes] | None) -> bytes | IO[bytes]:
    if param_value is None:
        return b""
    only_bytes_or_stream(param_name, param_value)
    return param_value


def _get_request_body(request_body: Any) -> Any:
    if request_body is None:
        return b""
    return request_body if isinstance(request_body, bytes | io.IOBase) else str(request_body).encode()
