"""`azure.storage.common._common_conversion`, where it was up to 0.36."""

import sys

from azure.storage.common import _common_conversion

sys.modules[__name__] = _common_conversion
