"""`azure.storage.common._http`, where it was up to 0.36."""

import sys

from azure.storage.common import _http

sys.modules[__name__] = _http
