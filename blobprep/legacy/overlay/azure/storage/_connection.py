"""`azure.storage.common._connection`, where it was up to 0.36."""

import sys

from azure.storage.common import _connection

sys.modules[__name__] = _connection
