"""`from azure.storage import SharedAccessPolicy`, as it was up to 0.20."""

import sys

from azure.storage.sharedaccesssignature import SharedAccessPolicy

sys.modules[__name__] = SharedAccessPolicy
