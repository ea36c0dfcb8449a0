"""`from azure.storage import SignedIdentifier`, as it was up to 0.20."""

import sys

from azure.storage.models import SignedIdentifier

sys.modules[__name__] = SignedIdentifier
