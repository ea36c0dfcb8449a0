"""`from azure.storage import DEFAULT_HTTP_TIMEOUT`, as it was up to 0.20."""

import sys

from azure.storage.constants import DEFAULT_HTTP_TIMEOUT

sys.modules[__name__] = DEFAULT_HTTP_TIMEOUT
