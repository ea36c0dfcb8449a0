"""`azure.storage.common.cloudstorageaccount`, where it was up to 0.36."""

import sys

from azure.storage.common import cloudstorageaccount

sys.modules[__name__] = cloudstorageaccount
