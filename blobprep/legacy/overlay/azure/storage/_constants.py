"""`azure.storage.common._constants`, where it was up to 0.36."""

import sys

from azure.storage.common import _constants

sys.modules[__name__] = _constants
