"""`from azure.storage import no_retry`, as it was up to 0.36."""

import sys

from azure.storage.common import no_retry

sys.modules[__name__] = no_retry
