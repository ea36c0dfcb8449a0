"""`from azure.storage import X_MS_VERSION`, as it was up to 0.36."""

import sys

from azure.storage.constants import X_MS_VERSION

sys.modules[__name__] = X_MS_VERSION
