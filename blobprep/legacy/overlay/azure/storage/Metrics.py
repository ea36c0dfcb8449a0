"""`from azure.storage import Metrics`, as it was up to 0.36."""

import sys

from azure.storage.common import Metrics

sys.modules[__name__] = Metrics
