"""`azure.storage.common._error`, where it was up to 0.36."""

import sys

from azure.storage.common import _error

sys.modules[__name__] = _error
