"""`from azure.storage import SignedIdentifiers`, as it was up to 0.20."""

import sys

from azure.storage.models import SignedIdentifiers

sys.modules[__name__] = SignedIdentifiers
