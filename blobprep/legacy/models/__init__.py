"""The classes that the old SDK takes and returns: its names, attributes, defaults and texts.

declared   how a class is declared by its attributes
constants  words of the protocol
flags      sets of flags that are sent as text
shared     names that the current SDK uses as well
blobs      containers and blobs, and what the service says of them
settings   settings of a service and of an account
batches    the parts of a batch
listing    lists that have attributes, or further pages
contexts   what lasts longer than one request
"""

# ruff: noqa: F403 - their `__all__` is what is here
from __future__ import annotations

from blobprep.legacy.models import batches, blobs, constants, contexts, flags, listing, settings, shared
from blobprep.legacy.models.batches import *
from blobprep.legacy.models.blobs import *
from blobprep.legacy.models.constants import *
from blobprep.legacy.models.contexts import *
from blobprep.legacy.models.flags import *
from blobprep.legacy.models.listing import *
from blobprep.legacy.models.settings import *
from blobprep.legacy.models.shared import *

__all__: list[str] = []
__all__ += batches.__all__
__all__ += blobs.__all__
__all__ += constants.__all__
__all__ += contexts.__all__
__all__ += flags.__all__
__all__ += listing.__all__
__all__ += settings.__all__
__all__ += shared.__all__
