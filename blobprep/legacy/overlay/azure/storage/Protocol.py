"""`from azure.storage import Protocol`, as it was up to 0.36."""

import sys

from azure.storage.common import Protocol

sys.modules[__name__] = Protocol
