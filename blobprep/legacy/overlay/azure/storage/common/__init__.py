"""What the old SDK's services have in common, under the names it had from 1.0 on."""

from __future__ import annotations

from azure.storage.common._constants import DEFAULT_X_MS_VERSION, __author__, __version__
from azure.storage.common._error import AzureSigningError
from azure.storage.common.cloudstorageaccount import CloudStorageAccount
from azure.storage.common.models import (
    AccessPolicy,
    AccountPermissions,
    CorsRule,
    DeleteRetentionPolicy,
    GeoReplication,
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
from azure.storage.common.retry import ExponentialRetry, LinearRetry, no_retry
from azure.storage.common.sharedaccesssignature import SharedAccessSignature
from azure.storage.common.storageclient import StorageClient as StorageClient  # for azure.storage.common.storageclient
from azure.storage.common.tokencredential import TokenCredential
