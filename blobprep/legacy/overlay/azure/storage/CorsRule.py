"""`from azure.storage import CorsRule`, as it was up to 0.36."""

import sys

from azure.storage.common import CorsRule

sys.modules[__name__] = CorsRule
