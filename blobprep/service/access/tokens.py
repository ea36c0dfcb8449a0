"""Tokens of Microsoft Entra: checked against the keys of their issuer, which are fetched and kept.

Checking is pure: it knows the keys that were fetched, and waits for nothing. Fetching is apart, for a thread that may
wait (`fetch`): once at the start, now and then, and where a token names a key that is not known, though not more often
than once a minute, whatever tokens come.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jwt

from blobprep.errors import SettingError

__all__ = ["TokenRefused", "TokenRules", "Tokens", "is_token"]

_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256")
"""By a pair of keys; one that is signed with a secret shared by all would be signed by anyone."""

_LEEWAY: Final = 60.0  # seconds that clocks may differ
_OFTEN: Final = 60.0  # seconds between two fetches
_AGE: Final = 12 * 3600.0  # seconds after which keys are fetched anew
_TIMEOUT: Final = 10.0
_MOST: Final = 1 << 20  # bytes of a document
_LONGEST: Final = 16 * 1024  # characters of a token
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class TokenRefused(Exception):
    """A token that is not accepted; the message is for a log and has nothing of the token."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Which tokens a service accepts.

    Attributes:
        issuers: the `iss` of a token; of Entra `https://login.microsoftonline.com/TENANT/v2.0`, and
            `https://sts.windows.net/TENANT/` for tokens of version 1.
        audiences: the `aud` of a token: the service's application id, or `api://` and that.
        roles: of which a token must have one; none for any.
        keys: the address of the issuer's keys; empty to ask the first issuer for it.
    """

    issuers: tuple[str, ...]
    audiences: tuple[str, ...]
    roles: tuple[str, ...] = ()
    keys: str = ""

    @classmethod
    def of_tenant(cls, tenant: str, audiences: Collection[str], roles: Collection[str] = ()) -> TokenRules:
        """Return the rules for a tenant of Microsoft Entra."""
        issuers = (f"https://login.microsoftonline.com/{tenant}/v2.0", f"https://sts.windows.net/{tenant}/")
        return cls(issuers, tuple(audiences), tuple(roles))


def _read(address: str) -> bytes:
    """Read a document of an issuer; over http on this machine only."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise SettingError(f"{address!r} is no https address", remedy="use https for an issuer of tokens")
    with urllib.request.urlopen(address, timeout=_TIMEOUT) as answer:  # noqa: S310  the scheme was checked
        data: bytes = answer.read(_MOST + 1)
    if len(data) > _MOST:
        raise ValueError("the document is too long")
    return data


@dataclass(slots=True)
class Tokens:
    """The tokens of one set of rules, and the keys that were fetched for them.

    Attributes:
        rules: which tokens are accepted.
        read: reads the document at an address.
        now: the clock of fetches, in seconds.
    """

    rules: TokenRules
    read: Callable[[str], bytes] = _read
    now: Callable[[], float] = time.monotonic
    _keys: Mapping[str, Any] = field(default_factory=dict)
    _fetched: float | None = None  # when that was last tried
    _renewed: float | None = None  # when it last succeeded
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wants_keys(self, token: str) -> bool:
        """Return whether keys should be fetched before this token is checked; waits for nothing."""
        moment = self.now()
        if self._fetched is not None and moment - self._fetched < _OFTEN:
            return False
        if self._renewed is None or moment - self._renewed > _AGE:
            return True
        return _key_id(token) not in self._keys

    def fetch(self) -> str:
        """Fetch the keys; return why that failed, or nothing. The keys that were there before stay then."""
        with self._lock:
            moment = self.now()
            if self._fetched is not None and moment - self._fetched < _OFTEN:
                return ""
            self._fetched = moment
            try:
                self._keys = self._read_keys()
                self._renewed = self.now()
            except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError, SettingError) as error:
                return f"the keys of {self.rules.issuers[0]} cannot be fetched: {type(error).__name__}"
        return ""

    def _read_keys(self) -> dict[str, Any]:
        address = self.rules.keys
        if not address:
            place = f"{self.rules.issuers[0].rstrip('/')}/.well-known/openid-configuration"
            address = json.loads(self.read(place))["jwks_uri"]
        found = jwt.PyJWKSet.from_dict(json.loads(self.read(address)))
        return {key.key_id: key for key in found.keys if key.key_id and key.public_key_use in (None, "sig")}

    def check(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token that is accepted.

        Raises:
            TokenRefused: it is not.
        """
        if len(token) > _LONGEST:
            raise TokenRefused("the token is too long")
        key = self._keys.get(_key_id(token))
        if key is None:
            raise TokenRefused("the token is signed with a key that its issuer does not show")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name] if key.algorithm_name in _ALGORITHMS else [],
                audience=self.rules.audiences,
                issuer=self.rules.issuers,
                leeway=_LEEWAY,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise TokenRefused(f"the token is not valid: {type(error).__name__}") from None
        roles = claims.get("roles", [])
        if self.rules.roles and not (isinstance(roles, list) and set(self.rules.roles).intersection(map(str, roles))):
            raise TokenRefused("the token has none of the roles that the service asks for")
        return claims


def is_token(text: str) -> bool:
    """Return whether a credential has the form of a token, which no key has."""
    return text.startswith("eyJ") and text.count(".") == 2


def _key_id(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("kid", ""))
    except (jwt.PyJWTError, ValueError, TypeError):
        return ""
