"""`from azure.storage import ServiceProperties`, as it was up to 0.36."""

import sys

from azure.storage.common import ServiceProperties

sys.modules[__name__] = ServiceProperties
