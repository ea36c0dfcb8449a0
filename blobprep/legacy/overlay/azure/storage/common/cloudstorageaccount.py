"""An account, under the old SDK's name."""

from __future__ import annotations

from blobprep.legacy.beside import adopt as _adopt
from blobprep.legacy.accounts import CloudStorageAccount
from blobprep.legacy.models import AccountPermissions, ResourceTypes, Services
from blobprep.legacy.sharedaccess import SharedAccessSignature

_adopt(__name__, [CloudStorageAccount])
