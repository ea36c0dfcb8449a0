"""`azure.storage.common.retry`, where it was up to 0.36."""

import sys

from azure.storage.common import retry

sys.modules[__name__] = retry
