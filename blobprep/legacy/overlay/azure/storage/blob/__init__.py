"""`azure.storage.blob` as it was up to 2.1, and behind its names those of the current SDK."""

import azure.storage.common as _common  # noqa: F401  # it was imported with this package, and is used by way of it

from blobprep.legacy import beside as _beside
from blobprep.legacy import names as _names

_names.provide(__name__)
__path__ = _beside.search_path(__path__)


def __getattr__(name: str) -> object:
    return _beside.current(name)


def __dir__() -> list[str]:
    return _beside.names(globals())
