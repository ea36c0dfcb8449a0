"""`from azure.storage import ServiceStats`, as it was up to 0.36."""

import sys

from azure.storage.common import ServiceStats

sys.modules[__name__] = ServiceStats
