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
from urllib.parse import unquote, urlsplit

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
        def sort(names: tuple[str, ...]) -> tuple[str, ...]:
            headers = dict.fromkeys(names, "")
            text = policy._get_canonicalized_headers(SimpleNamespace(http_request=SimpleNamespace(headers=headers)))
            return tuple(line.partition(":")[0] for line in text.splitlines())

        self._sort = sort

    def send(self, request: Any) -> Any:
        """Sign a request and send it."""
        made = request.http_request
        digest = hmac.digest(self._key, self._text(made.method, made.url, made.headers).encode(), "sha256")
        made.headers["Authorization"] = f"SharedKey {self._account}:{b64encode(digest).decode()}"
        return self.next.send(request)

    def _text(self, method: str, url: str, headers: Mapping[str, str]) -> str:
        """Return what is signed of a request."""
        given = {name.lower(): value for name, value in headers.items()}
        if given.get("content-length") == "0":
            del given["content-length"]
        names = self._sort(tuple(name for name in given if name.startswith("x-ms-")))
        parts = urlsplit(url)
        query = sorted(item.partition("=")[::2] for item in parts.query.split("&") if item)
        lines = [method, *(given.get(name, "") for name in _SIGNED)]
        lines += [f"{name}:{given[name]}" for name in names]
        lines.append(f"/{self._account}{parts.path}")
        lines += [f"{name.lower()}:{unquote(value)}" for name, value in query]
        return "\n".join(lines)
