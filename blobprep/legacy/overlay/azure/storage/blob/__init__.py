"""`azure.storage.blob` as it was up to 2.1, and behind its names those of the current SDK."""

import azure.storage.common as _common  # it was imported with this package, and is used by way of it
from azure.storage.blob._constants import __author__, __version__
from azure.storage.blob.appendblobservice import AppendBlobService
from azure.storage.blob.blobservice import BlobService
from azure.storage.blob.blockblobservice import BlockBlobService
from azure.storage.blob.models import (
    AppendBlockProperties,
    BatchDeleteSubRequest,
    BatchSetBlobTierSubRequest,
    BatchSubResponse,
    Blob,
    BlobBlock,
    BlobBlockList,
    BlobEnumResults,
    BlobPermissions,
    BlobPrefix,
    BlobProperties,
    BlobResult,
    BlobSharedAccessPermissions,
    BlockListType,
    Container,
    ContainerEnumResults,
    ContainerPermissions,
    ContainerProperties,
    ContainerSharedAccessPermissions,
    ContentSettings,
    CopyProperties,
    CustomerProvidedEncryptionKey,
    DeleteSnapshot,
    Include,
    PageBlobProperties,
    PageList,
    PageRange,
    Properties,
    PublicAccess,
    RehydratePriority,
    ResourceProperties,
    SequenceNumberAction,
    _LeaseActions,
)
from azure.storage.blob.pageblobservice import PageBlobService
from azure.storage.constants import BLOB_SERVICE_HOST_BASE, DEV_BLOB_HOST

from blobprep.legacy import beside as _beside

__path__ = _beside.search_path(__path__)


def __getattr__(name: str) -> object:
    return _beside.current(name)


def __dir__() -> list[str]:
    return _beside.names(globals())
