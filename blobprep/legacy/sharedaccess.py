"""Shared access signatures, to the letter as the old SDK wrote them.

Source:
    Microsoft, "Create a service SAS", "Create an account SAS" and "Create a user delegation SAS", version 2019-02-02.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from blobprep.legacy.models import Flags, UserDelegationKey
from blobprep.legacy.wire.constants import X_MS_VERSION
from blobprep.legacy.wire.conversions import iso_date, signature
from blobprep.legacy.wire.failures import not_none

__all__ = [
    "BlobSharedAccessSignature",
    "SharedAccessSignature",
    "complete_user_delegation_key",
    "permission_may_come_third",
]

P = ParamSpec("P")
R = TypeVar("R")
Moment = date | str | None
Fields = dict[str, str]

_ACCOUNT_ORDER = ("sp", "ss", "srt", "st", "se", "sip", "spr", "sv")
_DELEGATION = ("skoid", "sktid", "skt", "ske", "sks", "skv")
_RESOURCE_ORDER = ("sip", "spr", "sv", "sr", "snapshot", "rscc", "rscd", "rsce", "rscl", "rsct")
_PERMISSION_LETTERS = frozenset("racwdl")


def permission_may_come_third(method: Callable[P, R]) -> Callable[P, R]:
    """Let a method take `(container, blob, permission, ...)` too, the order before 2.0 put a snapshot in between."""

    @functools.wraps(method)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        given: list[Any] = list(args)
        if len(given) > 3 and _is_permission(given[3]):
            given.insert(3, None)
        return method(*given, **kwargs)

    return called


def _is_permission(value: object) -> bool:
    """Whether it cannot be a snapshot, which is a time."""
    return isinstance(value, Flags) or (isinstance(value, str) and value != "" and set(value) <= _PERMISSION_LETTERS)


def complete_user_delegation_key(key: UserDelegationKey) -> None:
    """Refuse a user delegation key that lacks a part.

    Raises:
        ValueError: which part is missing.
    """
    for part in ("oid", "tid", "start", "expiry", "version", "service"):
        not_none(f"user_delegation_key.signed_{part}", getattr(key, f"signed_{part}"))
    not_none("user_delegation_key.value", key.value)


class SharedAccessSignature:
    """Makes tokens that open a whole account. Nothing is sent; the key signs them here."""

    def __init__(self, account_name: str, account_key: str | None, x_ms_version: str = X_MS_VERSION) -> None:
        self.account_name = account_name
        self.account_key = account_key
        self.x_ms_version = x_ms_version

    def generate_account(
        self,
        services: object,
        resource_types: object,
        permission: object,
        expiry: Moment,
        start: Moment = None,
        ip: str | None = None,
        protocol: str | None = None,
    ) -> str:
        """Make a token for the account.

        Args:
            services: `Services`, or its letters.
            resource_types: `ResourceTypes`, or its letters.
            permission: `AccountPermissions`, or its letters.
            expiry: when it ends; without a time zone in UTC. Text is taken as it is.
            start: when it begins; else at once.
            ip: an address or a range of them, from which alone it may be used.
            protocol: one of `Protocol`; else both.
        """
        fields = self._basis(permission, expiry, start, ip, protocol) | _given(ss=services, srt=resource_types)
        lines = (self.account_name, *_values(fields, _ACCOUNT_ORDER), "")
        return self._token(fields, lines)

    def _basis(self, permission: object, expiry: Moment, start: Moment, ip: str | None, protocol: str | None) -> Fields:
        """The fields that every token has, in the order of its text."""
        return _given(st=_moment(start), se=_moment(expiry), sp=permission, sip=ip, spr=protocol, sv=self.x_ms_version)

    def _token(self, fields: Mapping[str, str], lines: tuple[str, ...], key: str | None = None) -> str:
        signed = dict(fields, sig=signature(key or self.account_key, "\n".join(lines)))  # type: ignore[arg-type]
        # A snapshot is signed but not said: it is in the URL already.
        return "&".join(f"{name}={quote(value)}" for name, value in signed.items() if name != "snapshot")


class BlobSharedAccessSignature(SharedAccessSignature):
    """Makes tokens that open a container or a blob, signed with the account's key or a user delegation key."""

    def __init__(
        self,
        account_name: str,
        account_key: str | None = None,
        user_delegation_key: UserDelegationKey | None = None,
    ) -> None:
        super().__init__(account_name, account_key)
        self.user_delegation_key = user_delegation_key

    @permission_may_come_third
    def generate_blob(
        self,
        container_name: str,
        blob_name: str,
        snapshot: str | None = None,
        permission: object = None,
        expiry: Moment = None,
        start: Moment = None,
        id: str | None = None,  # noqa: A002
        ip: str | None = None,
        protocol: str | None = None,
        cache_control: str | None = None,
        content_disposition: str | None = None,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_type: str | None = None,
    ) -> str:
        """Make a token for a blob, or for one of its snapshots.

        Args:
            container_name: of the blob.
            blob_name: the blob.
            snapshot: the snapshot; else the blob itself.
            permission: `BlobPermissions`, or its letters.
            expiry: when it ends; without a time zone in UTC. Text is taken as it is.
            start: when it begins; else at once.
            id: of a stored access policy that says what is left out here.
            ip: an address or a range of them, from which alone it may be used.
            protocol: one of `Protocol`; else both.
            cache_control: the header that the service answers with, and so on for the others.
            content_disposition: the same.
            content_encoding: the same.
            content_language: the same.
            content_type: the same.
        """
        fields = self._basis(permission, expiry, start, ip, protocol)
        fields |= _given(si=id, sr="b" if snapshot is None else "bs", snapshot=snapshot)
        fields |= _given(rscc=cache_control, rscd=content_disposition, rsce=content_encoding)
        fields |= _given(rscl=content_language, rsct=content_type)
        return self._resource_token(fields, f"{container_name}/{blob_name}")

    def generate_container(
        self,
        container_name: str,
        permission: object = None,
        expiry: Moment = None,
        start: Moment = None,
        id: str | None = None,  # noqa: A002
        ip: str | None = None,
        protocol: str | None = None,
        cache_control: str | None = None,
        content_disposition: str | None = None,
        content_encoding: str | None = None,
        content_language: str | None = None,
        content_type: str | None = None,
    ) -> str:
        """Make a token for a container; `permission` is `ContainerPermissions`, the rest is as for a blob."""
        fields = self._basis(permission, expiry, start, ip, protocol) | _given(si=id, sr="c")
        fields |= _given(rscc=cache_control, rscd=content_disposition, rsce=content_encoding)
        fields |= _given(rscl=content_language, rsct=content_type)
        return self._resource_token(fields, container_name)

    def _resource_token(self, fields: Fields, path: str) -> str:
        resource = f"/blob/{self.account_name}/{path.removeprefix('/')}"
        delegated = self.user_delegation_key
        if delegated is not None:
            fields = fields | _delegation(delegated)
        signers = ("si",) if delegated is None else _DELEGATION
        lines = (*_values(fields, ("sp", "st", "se")), resource, *_values(fields, (*signers, *_RESOURCE_ORDER)))
        return self._token(fields, lines, delegated.value if delegated else None)


def _delegation(key: UserDelegationKey) -> Fields:
    """The fields that say whose key it is."""
    parts = (
        key.signed_oid,
        key.signed_tid,
        key.signed_start,
        key.signed_expiry,
        key.signed_service,
        key.signed_version,
    )
    return _given(**dict(zip(_DELEGATION, parts, strict=True)))


def _given(**fields: object) -> Fields:
    """What is there of the fields, as text."""
    return {name: str(value) for name, value in fields.items() if value}


def _values(fields: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fields.get(name, "") for name in names)


def _moment(value: Moment) -> str | None:
    return iso_date(value) if isinstance(value, date) else value
