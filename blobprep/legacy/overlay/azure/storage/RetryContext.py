"""`from azure.storage import RetryContext`, as it was up to 0.36."""

import sys

from azure.storage.common import RetryContext

sys.modules[__name__] = RetryContext
