"""Shared access signatures, exactly as the old SDK wrote them.

Source:
    Microsoft, "Create a service SAS", "Create an account SAS" and "Create a user delegation SAS", version 2019-02-02.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import quote

from blobprep.legacy.methods import Arguments, takes
from blobprep.legacy.models import Flags, UserDelegationKey
from blobprep.legacy.wire.constants import X_MS_VERSION
from blobprep.legacy.wire.conversions import moment, signature
from blobprep.legacy.wire.failures import not_none

__all__ = [
    "ACCOUNT_TERMS",
    "ANSWERED_HEADERS",
    "RESOURCE_TERMS",
    "BlobSharedAccessSignature",
    "SharedAccessHelper",
    "SharedAccessSignature",
    "complete_user_delegation_key",
    "permission_may_come_third",
]

P = ParamSpec("P")
R = TypeVar("R")
Fields = dict[str, str]

ACCOUNT_TERMS: Final = "permission, expiry, start=None, ip=None, protocol=None"
"""Parameters of a token for an account, after the services and resource types."""
RESOURCE_TERMS: Final = (
    "permission=None, expiry=None, start=None, id=None, ip=None, protocol=None, cache_control=None,"
    " content_disposition=None, content_encoding=None, content_language=None, content_type=None"
)
"""Parameters of a token for a container or a blob, after its names."""

_ACCOUNT_ORDER = ("sp", "ss", "srt", "st", "se", "sip", "spr", "sv")
_DELEGATION = {"skoid": "oid", "sktid": "tid", "skt": "start", "ske": "expiry", "sks": "service", "skv": "version"}
"""Fields of a user delegation key, and its `signed_…` attributes."""
_RESOURCE_ORDER = ("sip", "spr", "sv", "sr", "snapshot", "rscc", "rscd", "rsce", "rscl", "rsct")
ANSWERED_HEADERS: Final = {
    "cache_control": "rscc",
    "content_disposition": "rscd",
    "content_encoding": "rsce",
    "content_language": "rscl",
    "content_type": "rsct",
}
"""Fields of the headers that the service answers with, by parameter."""
_TERMS = ("permission", "expiry", "start", "ip", "protocol")
_PERMISSION_LETTERS = frozenset("racwdl")


_FIELD_NAMES: Final = """
    SIGNED_SERVICES=ss SIGNED_RESOURCE_TYPES=srt SIGNED_RESOURCE=sr SIGNED_PERMISSION=sp SIGNED_START=st
    SIGNED_EXPIRY=se SIGNED_IDENTIFIER=si SIGNED_IP=sip SIGNED_PROTOCOL=spr SIGNED_VERSION=sv SIGNED_SIGNATURE=sig
    SIGNED_CACHE_CONTROL=rscc SIGNED_CONTENT_DISPOSITION=rscd SIGNED_CONTENT_ENCODING=rsce
    SIGNED_CONTENT_LANGUAGE=rscl SIGNED_CONTENT_TYPE=rsct START_PK=spk START_RK=srk END_PK=epk END_RK=erk
"""
_QueryStringConstants = type("_QueryStringConstants", (), dict(pair.split("=") for pair in _FIELD_NAMES.split()))
"""Names of a token's fields, for sister packages and scripts that write tokens themselves."""


def permission_may_come_third(method: Callable[P, R]) -> Callable[P, R]:
    """Let a method take `(container, blob, permission, ...)` too, as it was before 2.0 put a snapshot in between."""

    @functools.wraps(method)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        given: list[Any] = list(args)
        if len(given) > 3 and _is_permission(given[3]):
            given.insert(3, None)
        return method(*given, **kwargs)

    return called


def _is_permission(value: object) -> bool:
    """Return whether it cannot be a snapshot, which is a time."""
    return isinstance(value, Flags) or (isinstance(value, str) and value != "" and set(value) <= _PERMISSION_LETTERS)


def complete_user_delegation_key(key: UserDelegationKey) -> None:
    """Refuse a user delegation key that lacks a part, with a ValueError that names the part."""
    for part in ("oid", "tid", "start", "expiry", "version", "service"):
        not_none(f"user_delegation_key.signed_{part}", getattr(key, f"signed_{part}"))
    not_none("user_delegation_key.value", key.value)


class SharedAccessHelper:
    """A token in the making: fields in the order in which they were added, then the signature."""

    def __init__(self) -> None:
        self.query_dict: Fields = {}

    def _add_query(self, name: str, val: object) -> None:
        if val:
            self.query_dict[name] = str(val)

    def _add_all(self, **fields: object) -> None:
        for name, value in fields.items():
            self._add_query(name, value)

    @takes("permission, expiry, start, ip, protocol, x_ms_version")
    def add_base(self, asked: Arguments) -> None:
        """Add what every token has."""
        permission, expiry, start, ip, protocol, x_ms_version = asked.values()
        begin, end = (time and moment(time) for time in (start, expiry))
        self._add_all(st=begin, se=end, sp=permission, sip=ip, spr=protocol, sv=x_ms_version)

    def add_id(self, id: object) -> None:  # noqa: A002
        """Add the name of a stored access policy."""
        self._add_query("si", id)

    def add_resource(self, resource: object) -> None:
        """Add the kind of what is opened."""
        self._add_query("sr", resource)

    def add_account(self, services: object, resource_types: object) -> None:
        """Add what of an account is opened."""
        self._add_all(ss=services, srt=resource_types)

    def add_override_response_headers(self, *headers: object) -> None:
        """Add the headers that the service answers with, in the order of `ANSWERED_HEADERS`."""
        self._add_all(**dict(zip(ANSWERED_HEADERS.values(), headers, strict=True)))

    def add_account_signature(self, account_name: str, account_key: str | None) -> None:
        """Sign a token for an account."""
        self._sign(account_key, account_name, *self._values(*_ACCOUNT_ORDER), "")

    def add_resource_signature(self, account_name: str, account_key: str | None, service: str, path: str) -> None:
        """Sign a token for a resource as versions up to 1.4 did for all services; sister packages of then use it."""
        answered = ANSWERED_HEADERS.values() if service in ("blob", "file") else ()
        resource = f"/{service}/{account_name}/{path.removeprefix('/')}"
        self._sign_resource(account_key, resource, "si", "sip", "spr", "sv", *answered)

    def _sign_resource(self, key: str | None, resource: str, *names: str) -> None:
        self._sign(key, *self._values("sp", "st", "se"), resource, *self._values(*names))

    def _values(self, *names: str) -> list[str]:
        return [self.query_dict.get(name, "") for name in names]

    def _sign(self, key: str | None, *lines: str) -> None:
        self._add_query("sig", signature(key, "\n".join(lines)))  # type: ignore[arg-type]

    def get_token(self) -> str:
        """Write the token; a snapshot is signed but not in it, since the URL has it already."""
        return "&".join(f"{name}={quote(value)}" for name, value in self.query_dict.items() if name != "snapshot")


class SharedAccessSignature:
    """A maker of tokens for a whole account. Nothing is sent; the key signs them here."""

    def __init__(self, account_name: str, account_key: str | None, x_ms_version: str = X_MS_VERSION) -> None:
        self.account_name = account_name
        self.account_key = account_key
        self.x_ms_version = x_ms_version

    @takes(f"services, resource_types, {ACCOUNT_TERMS}")
    def generate_account(self, asked: Arguments) -> str:
        """Make a token for the account."""
        making = self._begun(asked)
        making.add_account(asked["services"], asked["resource_types"])
        making.add_account_signature(self.account_name, self.account_key)
        return making.get_token()

    def _begun(self, asked: Arguments) -> SharedAccessHelper:
        making = SharedAccessHelper()
        making.add_base(*(asked[name] for name in _TERMS), self.x_ms_version)
        return making


class BlobSharedAccessSignature(SharedAccessSignature):
    """A maker of tokens for a container or a blob, signed with the account's key or a user delegation key."""

    def __init__(
        self, account_name: str, account_key: str | None = None, user_delegation_key: UserDelegationKey | None = None
    ) -> None:
        super().__init__(account_name, account_key)
        self.user_delegation_key = user_delegation_key

    @permission_may_come_third
    @takes(f"container_name, blob_name, snapshot=None, {RESOURCE_TERMS}")
    def generate_blob(self, asked: Arguments) -> str:
        """Make a token for a blob, or for one of its snapshots."""
        snapshot = asked["snapshot"]
        path = f"{asked['container_name']}/{asked['blob_name']}"
        return self._resource_token(asked, path, "b" if snapshot is None else "bs", snapshot)

    @takes(f"container_name, {RESOURCE_TERMS}")
    def generate_container(self, asked: Arguments) -> str:
        """Make a token for a container."""
        return self._resource_token(asked, asked["container_name"], "c")

    def _resource_token(self, asked: Arguments, path: str, kind: str, snapshot: object = None) -> str:
        making, delegated = self._begun(asked), self.user_delegation_key
        making._add_all(si=asked["id"], sr=kind, snapshot=snapshot)
        making.add_override_response_headers(*(asked[name] for name in ANSWERED_HEADERS))
        if delegated is not None:
            making._add_all(**{field: getattr(delegated, f"signed_{part}") for field, part in _DELEGATION.items()})
        key, signers = (self.account_key, ("si",)) if delegated is None else (delegated.value, tuple(_DELEGATION))
        resource = f"/blob/{self.account_name}/{path.removeprefix('/')}"
        making._sign_resource(key, resource, *signers, *_RESOURCE_ORDER)
        return making.get_token()
