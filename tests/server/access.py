"""Who asks, and what he may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from ipaddress import ip_address
from typing import Final, Literal

from tests.server.behaviour import Behaviour
from tests.server.recording import Request
from tests.server.signing import (
    account_sas_text,
    delegation_key,
    delegation_sas_text,
    matches,
    service_sas_text,
    shared_key_text,
)
from tests.server.wire import Refused

__all__ = ["AUDIENCE", "TENANT", "Grant", "Keys", "Role", "Scope", "Token", "admit", "authorize"]

AUDIENCE: Final = "https://storage.azure.com"
TENANT: Final = "11111111-2222-3333-4444-555555555555"

Role = Literal["none", "reader", "contributor"]
Scope = Literal["service", "container", "listing", "blob"]

_ROLES: Final[Mapping[Role, str]] = {"none": "", "reader": "rl", "contributor": "racwdl"}
_EVERYWHERE: Final[frozenset[Scope]] = frozenset(("service", "container", "listing", "blob"))
_RESOURCE_TYPES: Final[Mapping[str, frozenset[Scope]]] = {
    "s": frozenset(("service",)),
    "c": frozenset(("container", "listing")),
    "o": frozenset(("blob",)),
}
_RESOURCES: Final[Mapping[str, frozenset[Scope]]] = {"c": frozenset(("listing", "blob")), "b": frozenset(("blob",))}
_PUBLIC: Final[Mapping[str, frozenset[Scope]]] = {
    "container": frozenset(("container", "listing", "blob")),
    "blob": frozenset(("blob",)),
}
_CLOCK_TOLERANCE: Final = timedelta(minutes=15)
_CHALLENGE: Final = (
    f"Bearer authorization_uri=https://login.microsoftonline.com/{TENANT}/oauth2/authorize resource_id={AUDIENCE}"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token that was issued."""

    role: Role
    expires: datetime
    tenant: str = TENANT
    audience: str = AUDIENCE


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the account: its key, its tokens, and the containers that are open to everybody."""

    key: str
    tokens: Mapping[str, Token]
    public: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may do.

    Attributes:
        permissions: letters of SAS tokens.
        scopes: on what.
        outside: the service's code where it is something else.
    """

    permissions: str
    scopes: frozenset[Scope] = _EVERYWHERE
    outside: str = "AuthorizationFailure"


def admit(request: Request, behaviour: Behaviour, keys: Keys, now: datetime) -> Grant:
    """Hold a request against the account's settings and its credential, as the service does before anything else.

    Raises:
        Refused: the account, or the credential, does not let it in.
    """
    if behaviour.requires_https and request.scheme == "http":
        raise Refused("AccountRequiresHttps")
    if behaviour.disabled:
        raise Refused("AccountIsDisabled")
    if behaviour.firewall:
        raise Refused("AuthorizationFailure")
    kind = request.client_header
    if kind in ("SharedKey", "sas") and behaviour.shared_key_disabled and "skoid" not in request.parameters:
        raise Refused("KeyBasedAuthenticationNotPermitted")
    if kind == "SharedKey":
        return _by_key(request, keys.key, now)
    if kind == "Bearer":
        return _by_token(request, keys.tokens, now)
    if kind == "sas":
        return _by_sas(request, keys.key, now)
    if kind:
        raise _unauthenticated(f"Authentication scheme {kind} is not supported in this version")
    return _anonymous(request, behaviour, keys.public)


def authorize(grant: Grant, scope: Scope, needs: str) -> None:
    """Hold an operation against what is granted; one of the permissions it needs is enough.

    Raises:
        Refused: it is more.
    """
    if scope not in grant.scopes:
        raise Refused(grant.outside)
    if set(needs).isdisjoint(grant.permissions):
        raise Refused("AuthorizationPermissionMismatch")


def _unauthenticated(detail: str) -> Refused:
    return Refused("AuthenticationFailed", {"AuthenticationErrorDetail": detail})


def _by_key(request: Request, key: str, now: datetime) -> Grant:
    _, _, given = request.headers["authorization"].partition(" ")
    account, _, signature = given.partition(":")
    date = request.headers.get("x-ms-date") or request.headers.get("date", "")
    try:
        sent = parsedate_to_datetime(date)
    except ValueError:
        raise _unauthenticated(f"Request date header not specified or invalid: '{date}'") from None
    if abs(now - sent) > _CLOCK_TOLERANCE:
        raise _unauthenticated(f"Request date header too old: '{date}'")
    text = shared_key_text(request)
    if account != request.account or not matches(signature, text, key):
        raise _unauthenticated(
            f"The MAC signature found in the HTTP request '{signature}' is not the same as any computed signature. "
            f"Server used following string to sign: '{text}'."
        )
    return Grant(_ROLES["contributor"])


def _by_token(request: Request, tokens: Mapping[str, Token], now: datetime) -> Grant:
    if request.scheme == "http":
        raise _unauthenticated("Authentication scheme Bearer is not allowed over http")
    token = tokens.get(request.headers["authorization"].partition(" ")[2])
    wrong = ""
    if token is None:
        wrong = "Signature validation failed. Signature key not found."
    elif token.expires <= now:
        wrong = "Lifetime validation failed. The token is expired."
    elif token.tenant != TENANT:
        wrong = "Issuer validation failed. Issuer did not match."
    elif token.audience != AUDIENCE:
        wrong = "Audience validation failed. Audience did not match."
    if token is None or wrong:
        details = {"AuthenticationErrorDetail": wrong}
        raise Refused("InvalidAuthenticationInfo", details, headers={"WWW-Authenticate": _CHALLENGE})
    return Grant(_ROLES[token.role])


def _by_sas(request: Request, key: str, now: datetime) -> Grant:
    parameters = request.parameters
    start, expiry = (_moment(parameters.get(name, "")) for name in ("st", "se"))
    if expiry is None:
        raise _unauthenticated("se is mandatory. Cannot be empty")
    if now >= expiry or (start and now < start):
        frame = (format_datetime(moment, usegmt=True) for moment in (start or now, expiry, now))
        told = "Start [{}] - Expiry [{}] - Current [{}]".format(*frame)
        raise _unauthenticated(f"Signature not valid in the specified time frame: {told}")
    is_of_account = "srt" in parameters
    if "skoid" in parameters:
        text, key = delegation_sas_text(request), delegation_key(key, parameters)
    else:
        text = account_sas_text(request.account, parameters) if is_of_account else service_sas_text(request)
    if not matches(parameters["sig"], text, key):
        raise _unauthenticated(f"Signature did not match. String to sign used was {text}")
    if parameters.get("spr") == "https" and request.scheme == "http":
        raise Refused("AuthorizationProtocolMismatch")
    if not _is_from(parameters.get("sip", "")):
        raise Refused("AuthorizationSourceIPMismatch")
    permissions = parameters.get("sp", "")
    if not is_of_account:
        return Grant(permissions, _RESOURCES.get(parameters.get("sr", ""), frozenset()))
    if "b" not in parameters.get("ss", ""):
        raise Refused("AuthorizationServiceMismatch")
    scopes = frozenset(scope for letter in parameters["srt"] for scope in _RESOURCE_TYPES.get(letter, ()))
    return Grant(permissions, scopes, outside="AuthorizationResourceTypeMismatch")


def _anonymous(request: Request, behaviour: Behaviour, public: Mapping[str, str]) -> Grant:
    if request.method not in ("GET", "HEAD"):
        raise Refused("NoAuthenticationInformation", headers={"WWW-Authenticate": _CHALLENGE})
    if behaviour.public_access_disabled:
        raise Refused("PublicAccessNotPermitted")
    # What is private, and what is not there, look the same to a stranger.
    if request.container not in public:
        raise Refused("ResourceNotFound")
    return Grant(_ROLES["reader"], _PUBLIC[public[request.container]], outside="ResourceNotFound")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_from(addresses: str) -> bool:
    """Tell whether this machine is one of `FIRST-LAST`, or of everything where that is empty."""
    first, _, last = addresses.partition("-")
    if not first:
        return True
    return int(ip_address(first)) <= int(ip_address("127.0.0.1")) <= int(ip_address(last or first))
