"""`from azure.storage import RetentionPolicy`, as it was up to 0.36."""

import sys

from azure.storage.common import RetentionPolicy

sys.modules[__name__] = RetentionPolicy
