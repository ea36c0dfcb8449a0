"""What a request demands of a blob's state, and which bytes it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tests.server.wire import Refused

__all__ = ["asked_range", "require_conditions"]

_RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)\Z")


def require_conditions(headers: Mapping[str, str], etag: str | None, *, reading: bool) -> None:
    """Hold a blob's state against `If-Match` and `If-None-Match`.

    Args:
        headers: of the request, by names in lower case.
        etag: of the blob, None where there is none.
        reading: whether a blob that has not changed is a 304.

    Raises:
        Refused: it is not what is demanded.
    """
    if (demanded := headers.get("if-match")) and not _is(demanded, etag):
        raise Refused("ConditionNotMet")
    if (unwanted := headers.get("if-none-match")) and _is(unwanted, etag):
        if reading:
            raise Refused("ConditionNotMet", status=304, headers={"ETag": f'"{etag}"'})
        raise Refused("BlobAlreadyExists" if unwanted == "*" else "ConditionNotMet")


def _is(given: str, etag: str | None) -> bool:
    return etag is not None and given.strip('"') in ("*", etag)


def asked_range(headers: Mapping[str, str], size: int) -> tuple[int, int] | None:
    """Return the first and the last byte that are asked for; None for all.

    Raises:
        Refused: the blob ends before them.
    """
    match = _RANGE.match(headers.get("x-ms-range") or headers.get("range", ""))
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or size - 1)
    if first >= size:
        raise Refused("InvalidRange", headers={"Content-Range": f"bytes */{size}"})
    return first, min(last, size - 1)
