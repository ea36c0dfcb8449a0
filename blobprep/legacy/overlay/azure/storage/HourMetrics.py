"""`from azure.storage import HourMetrics`, as it was up to 0.20."""

import sys

from azure.storage.models import HourMetrics

sys.modules[__name__] = HourMetrics
