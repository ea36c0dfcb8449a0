"""`from azure.storage import AccessPolicy`, as it was up to 0.36."""

import sys

from azure.storage.common import AccessPolicy

sys.modules[__name__] = AccessPolicy
