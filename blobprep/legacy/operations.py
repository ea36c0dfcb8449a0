"""Operations of the service: where each goes, what is always part of it, and how a method performs it.

    @takes("container_name, blob_name, lease_id, timeout=None")
    def renew_blob_lease(self, asked: Arguments) -> str:
        renew = Operation("PUT", BLOB, {"comp": "lease"}, {"x-ms-lease-action": "renew"}, needs=("lease_id",))
        return self._perform(renew, asked, reading.lease)["id"]

`ARGUMENTS` says where each argument goes, unless the operation has another place for it; an unknown one is a defect and
raises KeyError. None stays in the request and is left out when it is sent, so that callbacks see the headers and
queries of the old SDK. Names in `needs` must not be None, nor may those of the operation's container and blob.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from blobprep.legacy.arguments import PLACES, UNSENT, Place
from blobprep.legacy.models import OperationContext
from blobprep.legacy.wire import failures
from blobprep.legacy.wire.messages import Body, Headers, HTTPRequest, HTTPResponse
from blobprep.legacy.wire.sending import StorageClient

__all__ = ["BLOB", "CONTAINER", "SERVICE", "Operating", "Operation", "path_of", "ranged"]

T = TypeVar("T")
Arguments = Mapping[str, Any]

SERVICE: Final = ()
CONTAINER: Final = ("container_name",)
BLOB: Final = ("container_name", "blob_name")

_READS: Final = ("GET", "HEAD")
_PAGE = 512
_MOST_FOR_MD5 = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the service.

    Attributes:
        method: of HTTP.
        target: `SERVICE`, `CONTAINER` or `BLOB`: which names make its path.
        query: what is the same each time, besides what makes it a container's; None keeps an argument's place, so
            that the log reads as the old SDK's.
        headers: what is the same each time.
        needs: further arguments that must not be None, in the order in which they are checked.
        needs_first: those checked before the container's and the blob's names.
        places: where this operation alone puts arguments.
        unsent: arguments that its method uses itself.
        secondary: whether it may be sent to the secondary endpoint too, as every GET and HEAD may.
    """

    method: str
    target: tuple[str, ...]
    query: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    needs_first: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    unsent: Collection[str] = ()
    secondary: bool = False

    def request(self, arguments: Arguments) -> HTTPRequest:
        """Write the request for these arguments; the client adds its hosts.

        Raises:
            ValueError: a needed one is None.
        """
        for name in (*self.needs_first, *self.target, *self.needs):
            failures.not_none(name, arguments[name])
        request = HTTPRequest()
        request.method = self.method
        request.path = path_of(*(arguments[name] for name in self.target))
        implied = {"restype": "container"} if self.target == CONTAINER and "restype" not in self.query else {}
        request.query = {**implied, **self.query}
        request.headers = dict(self.headers)
        for name, value in arguments.items():
            place = self.places.get(name)
            if place is None and name not in UNSENT and name not in self.unsent:
                place = PLACES[name]
            if place:
                place(request, value)
        return request


class Operating(StorageClient):
    """A client that performs operations."""

    def _request(self, operation: Operation, arguments: Arguments) -> HTTPRequest:
        """Write a request and the hosts it may go to; nothing is sent.

        Raises:
            ValueError: an argument is not valid.
        """
        request = operation.request(arguments)
        if arguments.get("cpk") is not None and self.protocol.lower() != "https":
            raise ValueError(failures.CPK_NEEDS_HTTPS)
        request.host_locations = self._get_host_locations(secondary=operation.secondary or operation.method in _READS)
        return request

    def _perform(
        self,
        operation: Operation,
        arguments: Arguments,
        answer: Callable[[HTTPResponse], T] | None = None,
        *,
        body: Body = "",
        headers: Headers | None = None,
        context: OperationContext | None = None,
        expected: Collection[str] | None = None,
    ) -> T:
        """Send an operation and read its answer.

        Args:
            operation: what is done.
            arguments: by name, as the module says.
            answer: reads the answer; without it the result is None.
            body: what is sent along.
            headers: further ones that are not arguments of the method.
            context: ties several requests to the location of the first.
            expected: error codes that are an answer of their own: raised at once, never tried again.
        """
        request = self._request(operation, arguments)
        request.headers.update(headers or {})
        request.body = body
        # Only what there is: a script's override may not take the rest, which came with later versions.
        read: tuple[Any, ...] = (answer,) if answer else ()
        given: dict[str, Any] = {"operation_context": context, "expected_errors": expected}
        found: T = self._perform_request(request, *read, **{name: value for name, value in given.items() if value})
        return found

    def _succeeds(
        self, operation: Operation, arguments: Arguments, kind: type[Exception], *codes: str, strict: bool = False
    ) -> bool:
        """Send an operation and return whether it succeeded: an error of this `kind` is False, or raised if `strict`.

        Unless `strict`, the error codes are an answer too, and so are not tried again.
        """
        try:
            self._perform(operation, arguments, expected=() if strict else codes)
        except kind:
            if strict:
                raise
            return False
        return True


def path_of(container_name: object = None, blob_name: object = None) -> str:
    """Return the path of a resource, not yet quoted; an empty blob name is the container."""
    if not container_name:
        return "/"
    return f"/{container_name}/{blob_name}" if blob_name else f"/{container_name}"


def ranged(
    start: int | None,
    end: int | None,
    *,
    needs_start: bool = True,
    needs_end: bool = True,
    with_md5: bool = False,
    in_pages: bool = False,
    name: str = "x-ms-range",
) -> Headers:
    """Write the headers of a range whose last byte is included.

    Args:
        start: None for none, where that is allowed.
        end: None for the end of the blob, where that is allowed.
        needs_start: whether None is refused as the start; an end always needs one.
        needs_end: whether None is refused as the end.
        with_md5: whether the service is asked for the MD5 of the range.
        in_pages: whether the range must be whole pages.
        name: of the header.

    Raises:
        ValueError: the range does not fit.
    """
    if needs_start or end is not None:
        failures.not_none("start_range", start)
    if needs_end:
        failures.not_none("end_range", end)
    if in_pages and start is not None and start % _PAGE:
        raise ValueError(failures.PAGE_BLOB_START_ALIGNMENT)
    if in_pages and end is not None and end % _PAGE != _PAGE - 1:
        raise ValueError(failures.PAGE_BLOB_END_ALIGNMENT)
    headers: Headers = {}
    if start is not None:
        headers[name] = f"bytes={start}-{'' if end is None else end}"
    if with_md5:
        if start is None or end is None:
            raise ValueError(failures.START_END_NEEDED_FOR_MD5)
        if end - start > _MOST_FOR_MD5:
            raise ValueError(failures.RANGE_TOO_LARGE_FOR_MD5)
        headers["x-ms-range-get-content-md5"] = "true"
    return headers
