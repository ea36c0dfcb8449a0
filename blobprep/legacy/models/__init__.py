"""The classes that the old SDK takes and returns, with their names, attributes, defaults and texts.

    declared   how a class is declared, and relates to the current SDK's class of the same name
    constants  words of the protocol
    flags      sets of flags that are sent as text
    blobs      containers and blobs, their properties, parts of a batch
    settings   settings of a service and of an account
    listing    lists that have attributes, or further pages
    contexts   an operation, and its retries

Each name in their `__all__` is in this package.
"""

# ruff: noqa: F403 - their `__all__` is what is here
from __future__ import annotations

from blobprep.legacy.models import blobs, constants, contexts, flags, listing, settings
from blobprep.legacy.models.blobs import *
from blobprep.legacy.models.constants import *
from blobprep.legacy.models.contexts import *
from blobprep.legacy.models.flags import *
from blobprep.legacy.models.listing import *
from blobprep.legacy.models.settings import *

__all__ = [name for module in (blobs, constants, contexts, flags, listing, settings) for name in module.__all__]
