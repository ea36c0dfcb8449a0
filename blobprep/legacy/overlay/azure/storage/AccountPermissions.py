"""`from azure.storage import AccountPermissions`, as it was up to 0.36."""

import sys

from azure.storage.common import AccountPermissions

sys.modules[__name__] = AccountPermissions
