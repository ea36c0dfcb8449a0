"""Models of every service, under the old SDK's names."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.models import (
    AccessPolicy,
    AccountPermissions,
    AttributedDict as _dict,
    AttributedList as _list,
    CorsRule,
    DeleteRetentionPolicy,
    GeoReplication,
    HeaderDict as _HeaderDict,
    ListGenerator,
    LocationMode,
    Logging,
    Metrics,
    OperationContext as _OperationContext,
    Protocol,
    ResourceTypes,
    RetentionPolicy,
    RetryContext,
    ServiceProperties,
    ServiceStats,
    Services,
    StaticWebsite,
)

_adopt(__name__, globals().values())
