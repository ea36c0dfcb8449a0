"""`from azure.storage import Services`, as it was up to 0.36."""

import sys

from azure.storage.common import Services

sys.modules[__name__] = Services
