"""`from azure.storage import Logging`, as it was up to 0.36."""

import sys

from azure.storage.common import Logging

sys.modules[__name__] = Logging
