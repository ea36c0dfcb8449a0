"""Settings of a service and of an account, as scripts give them and get them back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeGuard

from blobprep.legacy.models.declared import answer, fixed, model
from blobprep.legacy.wire.failures import not_none

__all__ = [
    "AccessPolicy",
    "AccountInformation",
    "CorsRule",
    "DeleteRetentionPolicy",
    "GeoReplication",
    "Logging",
    "Metrics",
    "RetentionPolicy",
    "ServiceProperties",
    "ServiceStats",
    "StaticWebsite",
    "UserDelegationKey",
]


@model
class RetentionPolicy:
    """How many days logs or metrics are kept; without it, forever."""

    enabled: bool = False
    days: int | None = None

    def __post_init__(self) -> None:
        _need_days(self)


@model
class DeleteRetentionPolicy:
    """How many days a deleted blob can be brought back."""

    enabled: bool = False
    days: int | None = None

    def __post_init__(self) -> None:
        _need_days(self)


@model
class Logging:
    """Which requests the service logs."""

    version: str = fixed("1.0")
    delete: bool = False
    read: bool = False
    write: bool = False
    retention_policy: Any = None  # a new `RetentionPolicy` by default

    def __post_init__(self) -> None:
        for name in ("read", "write", "delete"):
            not_none(name, getattr(self, name))
        self.retention_policy = self.retention_policy or RetentionPolicy()


@model
class Metrics:
    """Which metrics the service gathers, by hour or by minute."""

    version: str = fixed("1.0")
    enabled: bool = False
    include_apis: bool | None = None
    retention_policy: Any = None  # a new `RetentionPolicy` by default

    def __post_init__(self) -> None:
        not_none("enabled", self.enabled)
        if self.enabled:
            not_none("include_apis", self.include_apis)
        self.retention_policy = self.retention_policy or RetentionPolicy()


@model
class CorsRule:
    """Which pages of other origins may call the service from a browser."""

    allowed_origins: list[str]
    allowed_methods: list[str]
    max_age_in_seconds: int = 0
    exposed_headers: Any = None
    allowed_headers: Any = None

    def __post_init__(self) -> None:
        for name in ("allowed_origins", "allowed_methods", "max_age_in_seconds"):
            not_none(name, getattr(self, name))
        for name in ("allowed_origins", "allowed_methods", "exposed_headers", "allowed_headers"):
            setattr(self, name, getattr(self, name) or [])


@model
class StaticWebsite:
    """Whether the account serves a website, and its two special pages."""

    enabled: bool = False
    index_document: str | None = None
    error_document_404_path: str | None = None

    def __post_init__(self) -> None:
        not_none("enabled", self.enabled)


class ServiceProperties:
    """The result of `get_blob_service_properties`; an attribute is there only if the service sent it."""

    logging: Logging
    hour_metrics: Metrics
    minute_metrics: Metrics
    cors: list[CorsRule]
    target_version: str | None
    delete_retention_policy: DeleteRetentionPolicy
    static_website: StaticWebsite


class GeoReplication:
    """The state of the replication to the secondary location."""

    status: str | None
    last_sync_time: datetime | None


class ServiceStats:
    """The result of `get_blob_service_stats`."""

    geo_replication: GeoReplication


class AccessPolicy:
    """A stored access policy: permissions with a start and an end.

    Dates are UTC; text is sent unchanged. The order of 0.20, `(start, expiry, permission)`, works as well.
    """

    def __init__(
        self, permission: object = None, expiry: date | str | None = None, start: date | str | None = None
    ) -> None:
        if _is_moment(permission):
            permission, start = start, permission
        self.start = start
        self.expiry = expiry
        self.permission = permission


def _is_moment(value: object) -> TypeGuard[date | str]:
    """Return whether it is a time; permissions are letters."""
    return isinstance(value, date) or (isinstance(value, str) and any(map(str.isdigit, value)))


@answer
class AccountInformation:
    """What kind of account it is, and how it is replicated."""

    sku_name: str | None = None
    account_kind: str | None = None


@answer
class UserDelegationKey:
    """A key that signs shared access signatures in a user's name."""

    signed_oid: str | None = None
    signed_tid: str | None = None
    signed_start: str | None = None
    signed_expiry: str | None = None
    signed_service: str | None = None
    signed_version: str | None = None
    value: str | None = None


def _need_days(policy: RetentionPolicy | DeleteRetentionPolicy) -> None:
    not_none("enabled", policy.enabled)
    if policy.enabled:
        not_none("days", policy.days)
