"""`azure.storage.common._serialization`, where it was up to 0.36."""

import sys

from azure.storage.common import _serialization

sys.modules[__name__] = _serialization
