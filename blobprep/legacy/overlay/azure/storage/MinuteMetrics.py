"""`from azure.storage import MinuteMetrics`, as it was up to 0.20."""

import sys

from azure.storage.models import MinuteMetrics

sys.modules[__name__] = MinuteMetrics
