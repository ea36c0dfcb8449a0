"""Models of every service, where they were up to 0.36; and those of 0.20."""

from __future__ import annotations

from azure.storage.common.models import (
    AccessPolicy,
    AccountPermissions,
    CorsRule,
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
    _dict,
    _HeaderDict,
    _list,
    _OperationContext,
)

from blobprep.legacy.early.models import (
    EnumResultsBase,
    HourMetrics,
    MinuteMetrics,
    SignedIdentifier,
    SignedIdentifiers,
    StorageServiceProperties,
    WindowsAzureData,
)
