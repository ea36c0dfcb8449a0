"""`from azure.storage import ResourceTypes`, as it was up to 0.36."""

import sys

from azure.storage.common import ResourceTypes

sys.modules[__name__] = ResourceTypes
