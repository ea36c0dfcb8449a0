"""`from azure.storage import StorageServiceProperties`, as it was up to 0.20."""

import sys

from azure.storage.models import StorageServiceProperties

sys.modules[__name__] = StorageServiceProperties
