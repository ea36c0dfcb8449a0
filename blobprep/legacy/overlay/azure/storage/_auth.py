"""`azure.storage.common._auth`, where it was up to 0.36."""

import sys

from azure.storage.common import _auth

sys.modules[__name__] = _auth
