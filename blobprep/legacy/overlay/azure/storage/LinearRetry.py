"""`from azure.storage import LinearRetry`, as it was up to 0.36."""

import sys

from azure.storage.common import LinearRetry

sys.modules[__name__] = LinearRetry
