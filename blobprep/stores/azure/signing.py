"""Signatures of requests by an account's key.

The SDK's policy sorts the names of a request's headers by tables of the service's own, in Python, which takes longer
than the signature itself. Requests have the same few sets of names, so that each is sorted once, and by the SDK.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import unquote

from azure.core.pipeline.policies import HTTPPolicy

__all__ = ["KeySigner"]

_SIGNED: Final = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)
_LENGTH: Final = 1 + _SIGNED.index("content-length")  # the method comes first
_SETS: Final = 256  # of names that are remembered; metadata have names of the user's


class KeySigner(HTTPPolicy):  # type: ignore[type-arg]
    """A policy that signs as the SDK's does.

    Args:
        policy: the SDK's.

    Raises:
        ValueError: the key is not base64.
    """

    def __init__(self, policy: Any) -> None:
        super().__init__()
        self._account: str = policy.account_name
        self._key = b64decode(policy.account_key)

        @lru_cache(maxsize=_SETS)
        def choose(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
            given = {name.lower(): name for name in names}
            headers = dict.fromkeys((name for name in given if name.startswith("x-ms-")), "")
            text = policy._get_canonicalized_headers(SimpleNamespace(http_request=SimpleNamespace(headers=headers)))
            sorted_names = [line.partition(":")[0] for line in text.splitlines()]
            return tuple(given.get(name, "") for name in _SIGNED), tuple((name, given[name]) for name in sorted_names)

        self._choose = choose

    def send(self, request: Any) -> Any:
        """Sign a request and send it."""
        made = request.http_request
        digest = hmac.digest(self._key, self._text(made.method, made.url, made.headers).encode(), "sha256")
        made.headers["Authorization"] = f"SharedKey {self._account}:{b64encode(digest).decode()}"
        return self.next.send(request)

    def _text(self, method: str, url: str, headers: Mapping[str, str]) -> str:
        """Return what is signed of a request."""
        signed, own = self._choose(tuple(headers))
        lines = [method, *[headers[name] if name else "" for name in signed]]
        if lines[_LENGTH] == "0":
            lines[_LENGTH] = ""
        lines += [f"{name}:{headers[given]}" for name, given in own]
        address, _, query = url.partition("?")
        lines.append(f"/{self._account}/{address.partition('://')[2].partition('/')[2]}")
        items = sorted(item.partition("=")[::2] for item in query.split("&") if item)
        lines += [f"{name.lower()}:{unquote(value)}" for name, value in items]
        return "\n".join(lines)
