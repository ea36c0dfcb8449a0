"""What the service signs with an account's key, written from its documentation and not from the SDK.

Microsoft: "Authorize with Shared Key", "Create an account SAS", "Create a service SAS", "Create a user delegation SAS"
(versions since 2020-12-06).
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping

from tests.server.recording import Request

__all__ = [
    "account_sas_text",
    "delegation_key",
    "delegation_sas_text",
    "matches",
    "service_sas_text",
    "shared_key_text",
]

_HEADERS = (
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
_ACCOUNT_SAS = ("sp", "ss", "srt", "st", "se", "sip", "spr", "sv", "ses")
_SERVICE_SAS_BEFORE = ("sp", "st", "se")
_SERVICE_SAS_BEHIND = ("si", "sip", "spr", "sv", "sr", "snapshot", "ses", "rscc", "rscd", "rsce", "rscl", "rsct")
_DELEGATION_KEY = ("skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid")
_DELEGATED_USER = ("skdutid", "sduoid")  # since 2025-07-05
_BOUND_REQUEST = ("srh", "srq")  # in versions of 2026


def matches(signature: str, text: str, key: str) -> bool:
    """Tell whether a signature is that of the text."""
    digest = hmac.new(b64decode(key), text.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(signature.encode(), b64encode(digest))


def shared_key_text(request: Request) -> str:
    """Return what the signature of the `Authorization` header is made of."""
    headers = dict(request.headers)
    if headers.get("content-length") == "0":
        headers["content-length"] = ""
    if "x-ms-date" in headers:
        headers["date"] = ""
    lines = [request.method, *(headers.get(name, "") for name in _HEADERS)]
    lines += [f"{name}:{headers[name].strip()}" for name in sorted(headers, key=_order) if name.startswith("x-ms-")]
    lines.append(f"/{request.account}{request.path}")
    lines += [f"{name.lower()}:{value}" for name, value in sorted(request.parameters.items())]
    return "\n".join(lines)


def _order(name: str) -> tuple[str, str]:
    """Sort as the service does: by the rules of a language, where `-` counts last and `_` is before digits."""
    return name.replace("-", "").replace("_", " "), name


def account_sas_text(account: str, parameters: Mapping[str, str]) -> str:
    """Return what the signature of an account SAS token is made of."""
    return "".join(f"{line}\n" for line in (account, *(parameters.get(name, "") for name in _ACCOUNT_SAS)))


def service_sas_text(request: Request) -> str:
    """Return what the signature of a SAS token for the request's container or blob is made of."""
    parameters = request.parameters
    resource = f"/blob/{request.account}/{request.container}"
    if parameters.get("sr") != "c":
        resource += f"/{request.blob}"
    before = [parameters.get(name, "") for name in _SERVICE_SAS_BEFORE]
    return "\n".join([*before, resource, *(parameters.get(name, "") for name in _SERVICE_SAS_BEHIND)])


def delegation_key(key: str, fields: Mapping[str, str]) -> str:
    """Return the key that the service gives an identity for a time; a service knows it again by its fields."""
    text = "\n".join(fields.get(name, "") for name in ("skoid", "sktid", "skt", "ske"))
    return b64encode(hmac.new(b64decode(key), text.encode(), hashlib.sha256).digest()).decode()


def delegation_sas_text(request: Request) -> str:
    """Return what the signature of a user delegation SAS token for the request's container or blob is made of."""
    parameters = request.parameters
    version = parameters.get("sv", "")
    resource = f"/blob/{request.account}/{request.container}"
    if parameters.get("sr") != "c":
        resource += f"/{request.blob}"
    names = [
        *_DELEGATION_KEY,
        *(_DELEGATED_USER if version >= "2025-07-05" else ()),
        "sip",
        "spr",
        "sv",
        "sr",
        "snapshot",
    ]
    names += ["ses", *(_BOUND_REQUEST if version >= "2026" else ()), "rscc", "rscd", "rsce", "rscl", "rsct"]
    before = [parameters.get(name, "") for name in _SERVICE_SAS_BEFORE]
    return "\n".join([*before, resource, *(parameters.get(name, "") for name in names)])
