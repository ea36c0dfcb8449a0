"""`from azure.storage import CloudStorageAccount`, as it was up to 0.36."""  # noqa: N999

import sys

from azure.storage.common import CloudStorageAccount

sys.modules[__name__] = CloudStorageAccount
