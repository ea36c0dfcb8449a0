"""Listings: the first page is fetched at once, so that what is missing or forbidden shows in the call itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from blobprep.legacy.models import AttributedList, Include, ListGenerator, OperationContext
from blobprep.legacy.operations import CONTAINER, SERVICE, Operation
from blobprep.legacy.services.account import BlobAccount
from blobprep.legacy.wire import listings
from blobprep.legacy.wire.messages import HTTPResponse

__all__ = ["Listing"]

_PAGE = ("_context", "_converter")
_CONTAINERS = Operation("GET", SERVICE, {"comp": "list"}, unsent=_PAGE, secondary=True)
_BLOBS = Operation(
    "GET",
    CONTAINER,
    {"restype": "container", "comp": "list", "prefix": None, "delimiter": None},
    unsent=_PAGE,
    secondary=True,
)

PageReader = Callable[[HTTPResponse], AttributedList]


class Listing(BlobAccount):
    """What an account and its containers hold."""

    def list_containers(
        self,
        prefix: str | None = None,
        num_results: int | None = None,
        include_metadata: bool = False,
        marker: str | None = None,
        timeout: int | None = None,
    ) -> ListGenerator:
        """List containers, `num_results` of them in all."""
        return _listed(
            self._list_containers,
            prefix=prefix,
            marker=marker,
            max_results=num_results,
            include="metadata" if include_metadata else None,
            timeout=timeout,
        )

    def list_blobs(
        self,
        container_name: str,
        prefix: str | None = None,
        num_results: int | None = None,
        include: Include | str | None = None,
        delimiter: str | None = None,
        marker: str | None = None,
        timeout: int | None = None,
    ) -> ListGenerator:
        """List blobs, `num_results` of them in all; names that share a part up to `delimiter` become one prefix."""
        return _listed(
            self._list_blobs,
            container_name,
            prefix=prefix,
            marker=marker,
            max_results=num_results,
            include=include,
            delimiter=delimiter,
            timeout=timeout,
            _converter=listings.blobs,
        )

    def list_blob_names(
        self,
        container_name: str,
        prefix: str | None = None,
        num_results: int | None = None,
        include: Include | str | None = None,
        delimiter: str | None = None,
        marker: str | None = None,
        timeout: int | None = None,
    ) -> ListGenerator:
        """List the names of blobs, as `list_blobs` does the blobs."""
        return _listed(
            self._list_blobs,
            container_name,
            prefix=prefix,
            marker=marker,
            max_results=num_results,
            include=include,
            delimiter=delimiter,
            timeout=timeout,
            _converter=listings.blob_names,
        )

    def _list_containers(
        self,
        prefix: str | None = None,
        marker: str | None = None,
        max_results: int | None = None,
        include: str | None = None,
        timeout: int | None = None,
        _context: OperationContext | None = None,
    ) -> AttributedList:
        return self._perform(_CONTAINERS, locals(), listings.containers, context=_context)

    def _list_blobs(
        self,
        container_name: str,
        prefix: str | None = None,
        marker: str | None = None,
        max_results: int | None = None,
        include: Include | str | None = None,
        delimiter: str | None = None,
        timeout: int | None = None,
        _context: OperationContext | None = None,
        _converter: PageReader | None = None,
    ) -> AttributedList:
        return self._perform(_BLOBS, locals(), _converter, context=_context)


def _listed(page: Callable[..., AttributedList], *names: str, **asked: Any) -> ListGenerator:
    """Fetch the first page; the further ones come from the location that gave it."""
    asked["_context"] = OperationContext(location_lock=True)
    return ListGenerator(page(*names, **asked), page, names, asked)
