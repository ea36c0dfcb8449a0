"""What becomes of a body that was not read to its end: the connection is closed after the answer, not read for ever.

A client that is still sending would have its connection reset, and lose the answer, if it were closed at once. So a
little more is read and thrown away first.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ClosesUnread"]

_SMALL: Final = 64 * 1024  # bytes: what is announced as no more than this is soon over
_MOST: Final = 8 * 1024 * 1024  # bytes that are thrown away
_SECONDS: Final = 5.0


class ClosesUnread:
    """Middleware that closes a connection on which a long body was left.

    Args:
        app: answers requests.
        most: bytes that are thrown away first.
        seconds: in which that is done.
    """

    def __init__(self, app: ASGIApp, *, most: int = _MOST, seconds: float = _SECONDS) -> None:
        self._app, self._most, self._seconds = app, most, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not _is_long(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        left, closes = True, False

        async def received() -> Message:
            nonlocal left
            message = await receive()
            left = left and bool(message.get("more_body", False))
            return message

        async def drain() -> None:
            thrown = 0
            while left and thrown < self._most:
                thrown += len((await received()).get("body", b""))

        async def sent(message: Message) -> None:
            nonlocal closes
            if message["type"] == "http.response.start" and left:
                closes = True
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not (closes and is_last):
                await send(message)
                return
            await send({**message, "more_body": True})  # the client has its answer now
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await drain()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, received, sent)


def _is_long(headers: Headers) -> bool:
    """Return whether a body may be long, or may never come: a client that asks whether to send it need not any more."""
    length = headers.get("content-length", "")
    return (
        "transfer-encoding" in headers
        or "expect" in headers
        or (length.isdecimal() and (len(length) > 9 or int(length) > _SMALL))
    )
