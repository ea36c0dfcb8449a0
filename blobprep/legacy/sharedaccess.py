"""Shared access signatures, exactly as the old SDK wrote them.

Source:
    Microsoft, "Create a service SAS", "Create an account SAS" and "Create a user delegation SAS", version 2019-02-02.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import date
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
    "SharedAccessSignature",
    "complete_user_delegation_key",
    "permission_may_come_third",
]

P = ParamSpec("P")
R = TypeVar("R")
Moment = date | str | None
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
_PERMISSION_LETTERS = frozenset("racwdl")


class _QueryStringConstants:
    """Names of a token's fields, for scripts that write tokens themselves."""

    SIGNED_SERVICES = "ss"
    SIGNED_RESOURCE_TYPES = "srt"
    SIGNED_RESOURCE = "sr"
    SIGNED_PERMISSION = "sp"
    SIGNED_START = "st"
    SIGNED_EXPIRY = "se"
    SIGNED_IDENTIFIER = "si"
    SIGNED_IP = "sip"
    SIGNED_PROTOCOL = "spr"
    SIGNED_VERSION = "sv"
    SIGNED_SIGNATURE = "sig"
    SIGNED_CACHE_CONTROL = "rscc"
    SIGNED_CONTENT_DISPOSITION = "rscd"
    SIGNED_CONTENT_ENCODING = "rsce"
    SIGNED_CONTENT_LANGUAGE = "rscl"
    SIGNED_CONTENT_TYPE = "rsct"


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


class SharedAccessSignature:
    """A maker of tokens for a whole account. Nothing is sent; the key signs them here."""

    def __init__(self, account_name: str, account_key: str | None, x_ms_version: str = X_MS_VERSION) -> None:
        self.account_name = account_name
        self.account_key = account_key
        self.x_ms_version = x_ms_version

    @takes(f"services, resource_types, {ACCOUNT_TERMS}")
    def generate_account(self, asked: Arguments) -> str:
        """Make a token for the account."""
        fields = self._basis(asked) | _given(ss=asked["services"], srt=asked["resource_types"])
        lines = (self.account_name, *_values(fields, _ACCOUNT_ORDER), "")
        return self._token(fields, lines)

    def _basis(self, asked: Arguments) -> Fields:
        """Write the fields that every token has, in the order of its text."""
        return _given(
            st=asked["start"] and moment(asked["start"]),
            se=asked["expiry"] and moment(asked["expiry"]),
            sp=asked["permission"],
            sip=asked["ip"],
            spr=asked["protocol"],
            sv=self.x_ms_version,
        )

    def _token(self, fields: Mapping[str, str], lines: tuple[str, ...], key: str | None = None) -> str:
        signed = dict(fields, sig=signature(key or self.account_key, "\n".join(lines)))  # type: ignore[arg-type]
        # A snapshot is signed but left out of the token: it is in the URL already.
        return "&".join(f"{name}={quote(value)}" for name, value in signed.items() if name != "snapshot")


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
        kind = _given(si=asked["id"], sr="b" if snapshot is None else "bs", snapshot=snapshot)
        return self._resource_token(asked, kind, f"{asked['container_name']}/{asked['blob_name']}")

    @takes(f"container_name, {RESOURCE_TERMS}")
    def generate_container(self, asked: Arguments) -> str:
        """Make a token for a container."""
        return self._resource_token(asked, _given(si=asked["id"], sr="c"), asked["container_name"])

    def _resource_token(self, asked: Arguments, kind: Fields, path: str) -> str:
        fields = self._basis(asked) | kind
        fields |= _given(**{field: asked[name] for name, field in ANSWERED_HEADERS.items()})
        resource = f"/blob/{self.account_name}/{path.removeprefix('/')}"
        delegated = self.user_delegation_key
        if delegated is not None:
            fields |= _given(**{field: getattr(delegated, f"signed_{part}") for field, part in _DELEGATION.items()})
        signers = ("si",) if delegated is None else tuple(_DELEGATION)
        lines = (*_values(fields, ("sp", "st", "se")), resource, *_values(fields, (*signers, *_RESOURCE_ORDER)))
        return self._token(fields, lines, delegated.value if delegated else None)


def _given(**fields: object) -> Fields:
    """Return the fields that have a value, as text."""
    return {name: str(value) for name, value in fields.items() if value}


def _values(fields: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fields.get(name, "") for name in names)
