"""`from azure.storage import BlobService`, as it was up to 0.20."""

import sys

from azure.storage.blob import BlobService

sys.modules[__name__] = BlobService
