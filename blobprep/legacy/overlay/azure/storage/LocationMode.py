"""`from azure.storage import LocationMode`, as it was up to 0.36."""

import sys

from azure.storage.common import LocationMode

sys.modules[__name__] = LocationMode
