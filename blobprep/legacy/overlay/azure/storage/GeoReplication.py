"""`from azure.storage import GeoReplication`, as it was up to 0.36."""

import sys

from azure.storage.common import GeoReplication

sys.modules[__name__] = GeoReplication
