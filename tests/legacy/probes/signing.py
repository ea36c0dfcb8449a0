"""Sign with a shared key, by the rule of the Blob service since version 2015-02-21."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import unquote

__all__ = ["ACCOUNT", "KEY", "signature"]

# The account that every Azurite has; its key is published and opens nothing else.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_SIGNED = (
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


def signature(method: str, target: str, headers: Iterable[tuple[str, str]], key: str = KEY) -> str:
    """Tell the value of the Authorization header that belongs to a request.

    Args:
        target: path and query as sent, without scheme and host.
        headers: as sent; those that the rule leaves out may be among them.
    """
    folded = {name.lower(): value for name, value in headers}
    if folded.get("content-length") == "0":
        folded["content-length"] = ""
    path, _, query = target.partition("?")
    lines = [method, *(folded.get(name, "") for name in _SIGNED)]
    lines += sorted(f"{name}:{value}" for name, value in folded.items() if name.startswith("x-ms-"))
    lines.append(f"/{ACCOUNT}{path}" + "".join(_canonical(query)))
    digest = hmac.new(base64.b64decode(key), "\n".join(lines).encode(), hashlib.sha256).digest()
    return f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"


def _canonical(query: str) -> list[str]:
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return sorted(f"\n{unquote(name).lower()}:{unquote(value.replace('+', ' '))}" for name, _, value in pairs)
