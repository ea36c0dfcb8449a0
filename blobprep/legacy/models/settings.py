"""Settings of a service and of an account, as scripts give them and get them back."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeGuard

from blobprep.legacy.models.checks import not_none

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


class RetentionPolicy:
    """How many days logs or metrics are kept; without it, for ever."""

    def __init__(self, enabled: bool = False, days: int | None = None) -> None:
        not_none("enabled", enabled)
        if enabled:
            not_none("days", days)
        self.enabled = enabled
        self.days = days


class DeleteRetentionPolicy:
    """How many days a deleted blob can be brought back."""

    def __init__(self, enabled: bool = False, days: int | None = None) -> None:
        not_none("enabled", enabled)
        if enabled:
            not_none("days", days)
        self.enabled = enabled
        self.days = days


class Logging:
    """Which requests the service logs."""

    def __init__(
        self,
        delete: bool = False,
        read: bool = False,
        write: bool = False,
        retention_policy: RetentionPolicy | None = None,
    ) -> None:
        not_none("read", read)
        not_none("write", write)
        not_none("delete", delete)
        self.version = "1.0"
        self.delete = delete
        self.read = read
        self.write = write
        self.retention_policy = retention_policy or RetentionPolicy()


class Metrics:
    """Which metrics the service gathers, by hour or by minute."""

    def __init__(
        self,
        enabled: bool = False,
        include_apis: bool | None = None,
        retention_policy: RetentionPolicy | None = None,
    ) -> None:
        not_none("enabled", enabled)
        if enabled:
            not_none("include_apis", include_apis)
        self.version = "1.0"
        self.enabled = enabled
        self.include_apis = include_apis
        self.retention_policy = retention_policy or RetentionPolicy()


class CorsRule:
    """Which pages of other origins may call the service from a browser."""

    def __init__(
        self,
        allowed_origins: list[str],
        allowed_methods: list[str],
        max_age_in_seconds: int = 0,
        exposed_headers: list[str] | None = None,
        allowed_headers: list[str] | None = None,
    ) -> None:
        not_none("allowed_origins", allowed_origins)
        not_none("allowed_methods", allowed_methods)
        not_none("max_age_in_seconds", max_age_in_seconds)
        self.allowed_origins = allowed_origins or []
        self.allowed_methods = allowed_methods or []
        self.max_age_in_seconds = max_age_in_seconds
        self.exposed_headers = exposed_headers or []
        self.allowed_headers = allowed_headers or []


class StaticWebsite:
    """Whether the account serves a website, and its two special pages."""

    def __init__(
        self,
        enabled: bool = False,
        index_document: str | None = None,
        error_document_404_path: str | None = None,
    ) -> None:
        not_none("enabled", enabled)
        self.enabled = enabled
        self.index_document = index_document
        self.error_document_404_path = error_document_404_path


class ServiceProperties:
    """What `get_blob_service_properties` found; an attribute is there only if the service sent it."""

    logging: Logging
    hour_metrics: Metrics
    minute_metrics: Metrics
    cors: list[CorsRule]
    target_version: str | None
    delete_retention_policy: DeleteRetentionPolicy
    static_website: StaticWebsite


class GeoReplication:
    """How far the secondary location has come."""

    status: str | None
    last_sync_time: datetime | None


class ServiceStats:
    """What `get_blob_service_stats` found."""

    geo_replication: GeoReplication


class AccessPolicy:
    """A stored access policy: permissions with a start and an end.

    Dates are UTC; text is sent as it is. The order of 0.20, `(start, expiry, permission)`, is taken as well.
    """

    def __init__(
        self,
        permission: object = None,
        expiry: date | str | None = None,
        start: date | str | None = None,
    ) -> None:
        if _is_moment(permission):
            permission, start = start, permission
        self.start = start
        self.expiry = expiry
        self.permission = permission


def _is_moment(value: object) -> TypeGuard[date | str]:
    """Whether it is a time, and so no permissions, which are letters."""
    return isinstance(value, date) or (isinstance(value, str) and any(map(str.isdigit, value)))


class AccountInformation:
    """What kind of account it is, and how it is replicated."""

    def __init__(self) -> None:
        self.sku_name: str | None = None
        self.account_kind: str | None = None


class UserDelegationKey:
    """A key that signs shared access signatures in a user's name."""

    def __init__(self) -> None:
        self.signed_oid: str | None = None
        self.signed_tid: str | None = None
        self.signed_start: str | None = None
        self.signed_expiry: str | None = None
        self.signed_service: str | None = None
        self.signed_version: str | None = None
        self.value: str | None = None
