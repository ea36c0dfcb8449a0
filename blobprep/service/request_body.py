"""The body of a request, taken within limits: as many bytes as it may have, in the time that it may take.

A length that a client announces is believed only to refuse it. What comes is counted, so that a body that lies about
its length, or has none, is cut off as soon as it is too long.
"""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request

from blobprep.service.failures import FailureDetail, ServiceFailure, failure

__all__ = ["SECONDS", "receive_body"]

SECONDS: Final = 60.0
"""That the body of a request may take to arrive."""


async def receive_body(request: Request, most: int, *, seconds: float = SECONDS) -> bytes:
    """Return the body of a request.

    Args:
        request: whose body has not been read.
        most: bytes that it may have.
        seconds: that it may take to arrive, however slowly it is sent.

    Raises:
        ServiceFailure: it is too long (413), does not come in time (408), or has a length that is no number (400).
    """
    announced = request.headers.get("content-length")
    if announced is not None:
        if not (announced.isascii() and announced.isdecimal()):
            raise failure("BadArgument", "RequestBodyInvalid", more="Content-Length is no number.")
        if len(announced) > 20 or int(announced) > most:
            raise _too_long(most)
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > most:
                    raise _too_long(most)
                pieces.append(piece)
    except TimeoutError:
        raise failure("RequestTimeout", "RequestCanceled", more=f"Its body did not arrive in {seconds:g} s.") from None
    except ClientDisconnect:
        raise failure("RequestTimeout", "RequestCanceled") from None
    return b"".join(pieces)


def _too_long(most: int) -> ServiceFailure:
    """Return the failure of a body that is too long. The classic service had no code of its own for it."""
    text = f"No request body provided or error in deserializing the request body. It may have {most} bytes at most."
    return ServiceFailure(
        413, "BadArgument", "Invalid argument provided.", (FailureDetail("RequestBodyInvalid", text),)
    )
