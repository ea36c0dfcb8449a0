"""`from azure.storage import DEV_ACCOUNT_KEY`, as it was up to 0.20."""

import sys

from azure.storage.constants import DEV_ACCOUNT_KEY

sys.modules[__name__] = DEV_ACCOUNT_KEY
