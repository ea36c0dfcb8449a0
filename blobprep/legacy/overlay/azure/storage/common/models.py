"""Models of every service, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.models import (
    AccessPolicy,
    AccountPermissions,
    CorsRule,
    DeleteRetentionPolicy,
    GeoReplication,
    ListGenerator,
    LocationMode,
    Logging,
    Metrics,
    Protocol,
    ResourceTypes,
    RetentionPolicy,
    RetryContext,
    ServiceProperties,
    Services,
    ServiceStats,
    StaticWebsite,
)
