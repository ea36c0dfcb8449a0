"""Listings: the first page is fetched at once, so that what is missing or forbidden shows in the call itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from blobprep.legacy.methods import Arguments, takes
from blobprep.legacy.models import AttributedList, ListGenerator, OperationContext
from blobprep.legacy.operations import CONTAINER, SERVICE, Operation
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import listings

__all__ = ["Listing"]

_PAGE: Final = ("_context", "_converter")
_CONTAINERS: Final = Operation("GET", SERVICE, {"comp": "list"}, unsent=_PAGE, secondary=True)
_BLOBS: Final = Operation(
    "GET",
    CONTAINER,
    {"restype": "container", "comp": "list", "prefix": None, "delimiter": None},
    unsent=_PAGE,
    secondary=True,
)
_BLOBS_LISTED: Final = (
    "container_name, prefix=None, num_results=None, include=None, delimiter=None, marker=None, timeout=None"
)


class Listing(BlobAccount):
    """What an account and its containers hold."""

    @takes("prefix=None, num_results=None, include_metadata=False, marker=None, timeout=None")
    def list_containers(self, asked: Arguments) -> ListGenerator:
        """List containers, `num_results` of them in all."""
        asked["include"] = "metadata" if asked.pop("include_metadata") else None
        return _listed(self._list_containers, asked)

    @takes(_BLOBS_LISTED)
    def list_blobs(self, asked: Arguments) -> ListGenerator:
        """List blobs, `num_results` of them in all; names that share a part up to `delimiter` become one prefix."""
        return _listed(self._list_blobs, asked, asked.pop("container_name"), _converter=listings.blobs)

    @takes(_BLOBS_LISTED)
    def list_blob_names(self, asked: Arguments) -> ListGenerator:
        """List the names of blobs, as `list_blobs` does the blobs."""
        return _listed(self._list_blobs, asked, asked.pop("container_name"), _converter=listings.blob_names)

    @takes("prefix=None, marker=None, max_results=None, include=None, timeout=None, _context=None")
    def _list_containers(self, asked: Arguments) -> AttributedList:
        return self._perform(_CONTAINERS, asked, listings.containers, context=asked["_context"])

    @takes(
        "container_name, prefix=None, marker=None, max_results=None, include=None, delimiter=None, timeout=None,"
        " _context=None, _converter=None"
    )
    def _list_blobs(self, asked: Arguments) -> Any:
        return self._perform(_BLOBS, asked, asked["_converter"], context=asked["_context"])


def _listed(page: Callable[..., AttributedList], asked: Arguments, *names: str, **more: Any) -> ListGenerator:
    """Fetch the first page; the further ones come from the location that gave it."""
    asked["max_results"] = asked.pop("num_results")
    asked.update(more, _context=OperationContext(location_lock=True))
    return ListGenerator(page(*names, **asked), page, names, asked)
