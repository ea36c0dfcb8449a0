"""`azure.storage.common._deserialization`, where it was up to 0.36."""

import sys

from azure.storage.common import _deserialization

sys.modules[__name__] = _deserialization
