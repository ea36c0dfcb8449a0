"""`azure.storage.common._encryption`, where it was up to 0.36."""

import sys

from azure.storage.common import _encryption

sys.modules[__name__] = _encryption
