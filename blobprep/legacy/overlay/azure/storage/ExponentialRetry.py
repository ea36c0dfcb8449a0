"""`from azure.storage import ExponentialRetry`, as it was up to 0.36."""

import sys

from azure.storage.common import ExponentialRetry

sys.modules[__name__] = ExponentialRetry
