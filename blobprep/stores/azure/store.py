"""The store over the service's SDK."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any, Final

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient, ContainerClient

from blobprep.account import Access, Account
from blobprep.errors import BlobNotFound, ConditionNotMet, ContainerNotFound, StoreError, StoreUnavailable
from blobprep.stores.azure.blob_names import check_name
from blobprep.stores.azure.body import CHECKED_SIZE, Pieces
from blobprep.stores.azure.client import make_client
from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.azure.headers import (
    META,
    LostAnswer,
    checksum_headers,
    condition_options,
    metadata_headers,
    parse_date,
    read_date,
    recheck_options,
    unquote_etag,
    whole_size,
)
from blobprep.stores.azure.listing import OCTETS, read_pages
from blobprep.stores.azure.pipeline import ServicePipeline
from blobprep.stores.azure.retry import is_checked
from blobprep.stores.azure.server_side import ServerSide
from blobprep.stores.azure.upload import AzureUpload, BlockMemory
from blobprep.stores.base import ANY, BLOCK_SIZE, BlobPrefix, BlobProperties, Condition, IfMatch, Write
from blobprep.stores.cancellation import pause, thread_pool
from blobprep.stores.service_rules import blob_missing, container_missing, format_name

__all__ = ["AzureStore"]

_CONCURRENCY: Final = 4


class AzureStore:
    """An account in Azure, or its emulator.

    Args:
        account: the account, with its address, protocol and credential.
        retry_total: how often a request is repeated if the service cannot answer; None for the account's setting.
        sleep: waits for a number of seconds before a repetition; None for `pause`, which ends early if the outcome is
            no longer wanted.

    Attributes:
        server_side: what the service copies by itself.

    Raises:
        ProtocolForbidden: an access token would be sent over http.
        SettingError: the settings of the identity are incomplete.
    """

    def __init__(
        self,
        account: Account,
        *,
        retry_total: int | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._account = account
        # A range of one block is one request, unless the service must compute its checksum.
        self._range_size = CHECKED_SIZE if is_checked(account) else BLOCK_SIZE
        self._page_size: int | None = None  # as many blobs as the service likes
        self._service = make_client(
            account, account.network.retries if retry_total is None else retry_total, sleep or pause
        )
        self._wire = ServicePipeline(self._service, account)
        self._memory = BlockMemory()
        self.server_side = ServerSide(account, self._service, self._wire)

    def __repr__(self) -> str:
        return f"AzureStore({self._account.name!r}, {self._account.protocol!r})"

    @property
    def account(self) -> str:
        """Return the account's name."""
        return self._account.name

    @property
    def protocol(self) -> str:
        """Return the protocol; as `Store.protocol`."""
        return self._account.protocol

    @property
    def access(self) -> Access:
        """Return its address and kind of credential; as `Store.access`."""
        return self._account.access

    def properties(
        self, container: str, blob: str, *, version_id: str | None = None, snapshot: str | None = None
    ) -> BlobProperties:
        """Return the properties of a blob; as `Store.properties`."""
        self._check(container, blob)
        with self._convert_errors(container, blob):
            query = {"snapshot": snapshot, "versionid": version_id}
            headers = self._wire.send("HEAD", container, blob, query=query).headers
        return BlobProperties(
            container,
            blob,
            size=int(headers.get("Content-Length", 0)),
            etag=unquote_etag(headers.get("ETag")),
            last_modified=parse_date(headers.get("Last-Modified", "")),
            as_of=read_date(headers),
            content_type=headers.get("Content-Type") or OCTETS,
            metadata={name[len(META) :]: value for name, value in headers.items() if name.lower().startswith(META)},
            version_id=headers.get("x-ms-version-id"),
            md5=headers.get("Content-MD5", ""),
        )

    def read(
        self,
        container: str,
        blob: str,
        *,
        offset: int = 0,
        length: int | None = None,
        if_match: str | None = None,
        version_id: str | None = None,
        snapshot: str | None = None,
    ) -> bytes:
        """Read a range; as `Store.read`. Large ranges are read in four parallel parts."""
        pieces = Pieces()
        which = {"snapshot": snapshot, "versionid": version_id}
        self._read(pieces.writer, container, blob, (offset, length), if_match, which)
        return pieces.join()

    def read_into(
        self,
        container: str,
        blob: str,
        write: Write,
        *,
        offset: int = 0,
        length: int | None = None,
        if_match: str | None = None,
        version_id: str | None = None,
        snapshot: str | None = None,
    ) -> int:
        """Read a range piece by piece; as `Store.read_into`. Large ranges are read in four parallel parts."""

        def shift(place: int) -> Write:
            return (lambda piece, at: write(piece, place + at)) if place else write

        which = {"snapshot": snapshot, "versionid": version_id}
        return self._read(shift, container, blob, (offset, length), if_match, which)

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        """List blobs; as `Store.list`. A page is requested while the one before it is read."""
        self._check(container)
        query: dict[str, str | None] = {"restype": "container", "comp": "list", "include": "metadata"}
        query |= {"prefix": prefix or None, "delimiter": delimiter or None}
        query |= {"maxresults": str(self._page_size) if self._page_size else None}

        def fetch(marker: str) -> Any:
            return self._wire.send("GET", container, query=query | {"marker": marker or None})

        pages = read_pages(fetch, container)
        while True:
            with self._convert_errors(container, ""):
                page = next(pages, None)
            if page is None:
                return
            yield from page

    def unfit_names(self, container: str, names: Collection[str]) -> Mapping[str, str]:
        """Return the names that cannot be written; as `Store.unfit_names`."""
        return {name: reason for name in names if (reason := check_name(name))}

    def list_containers(self) -> Iterator[str]:
        """Yield the containers' names, sorted."""
        with self._convert_errors("", ""):
            names = sorted(container.name for container in self._service.list_containers())
        yield from names

    def write(
        self,
        container: str,
        blob: str,
        data: bytes,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        condition: Condition = ANY,
    ) -> str:
        """Write a small blob; as `Store.write`."""
        self._check(container, blob)
        kind = {"x-ms-blob-type": "BlockBlob", "x-ms-blob-content-type": content_type}
        headers = kind | metadata_headers(metadata or {}) | checksum_headers(data)
        lost = LostAnswer()
        try:
            with self._convert_errors(container, blob):
                answer = self._wire.send(
                    "PUT", container, blob, headers=headers, condition=condition, body=data, retry_hook=lost
                )
        except (ConditionNotMet, StoreUnavailable) as error:
            # An attempt whose answer was lost may have taken effect; the next one then found our own blob.
            etag = self._landed(container, blob, data, recheck_options(error)) if lost.happened else ""
            if not etag:
                raise
            return etag
        return unquote_etag(answer.headers.get("ETag"))

    def upload(self, container: str, blob: str) -> AzureUpload:
        """Begin an upload; as `Store.upload`."""
        return AzureUpload(self._blob(container, blob), self._wire, self._memory, (container, blob, self._account))

    def delete(self, container: str, blob: str, *, condition: Condition = ANY) -> None:
        """Delete a blob; as `Store.delete`."""
        client = self._blob(container, blob)
        lost = LostAnswer()
        try:
            with self._convert_errors(container, blob):
                client.delete_blob(retry_hook=lost, **condition_options(condition))
        except BlobNotFound:
            if not lost.happened:  # otherwise an earlier attempt deleted it
                raise

    def create_container(self, container: str) -> bool:
        """Create a container; as `Store.create_container`."""
        client = self._container(container)
        try:
            with self._convert_errors(container, ""):
                client.create_container()
        except ConditionNotMet:
            if not self.container_exists(container):
                raise
            return False
        return True

    def container_exists(self, container: str) -> bool:
        """Return whether the container exists."""
        try:
            with self._convert_errors(container, ""):
                self._container(container).get_container_properties()
        except ContainerNotFound:
            return False
        return True

    def _read(
        self,
        writer: Callable[[int], Write],
        container: str,
        blob: str,
        span: tuple[int, int | None],
        if_match: str | None,
        query: Mapping[str, str | None],
    ) -> int:
        """Read a range, of at most `_range_size` bytes in each request, and return how many bytes came.

        Args:
            writer: returns what writes the part that begins at a place in the range.
            container: its container.
            blob: its name.
            span: offset and length; None to the end.
            if_match: the ETag it must have.
            query: which version or snapshot is read.
        """
        self._check(container, blob)
        (offset, length), most = span, self._range_size

        def fetch(place: int, size: int, condition: Condition) -> Any:
            first = offset + place
            headers = {"x-ms-range": f"bytes={first}-{first + size - 1}"}
            answer = self._wire.send(
                "GET", container, blob, query=query, headers=headers, condition=condition, write=writer(place)
            )
            return answer.headers

        condition = ANY if if_match is None else IfMatch(if_match)
        with self._convert_errors(container, blob):
            try:
                headers = fetch(0, most if length is None else min(length, most), condition) if length != 0 else None
            except HttpResponseError as error:
                if error.status_code != 416:
                    raise
                headers = None
            if headers is None:  # there is nothing to read, but the blob must exist, and in the required state
                self._wire.send("HEAD", container, blob, query=query, condition=condition)
                return 0
            whole = whole_size(headers) - offset
            end = whole if length is None else min(length, whole)
            if end > most:  # the rest, in the state of the first part
                same = IfMatch(unquote_etag(headers.get("ETag")))
                with thread_pool(_CONCURRENCY, "blobprep-range") as pool:
                    parts = [pool.submit(fetch, at, min(most, end - at), same) for at in range(most, end, most)]
                    for part in parts:
                        part.result()
        return end

    def _check(self, container: str, blob: str | None = None) -> None:
        """Check that a request can be sent for these names.

        Raises:
            ContainerNotFound, BlobNotFound: a name is empty.
            StoreError: a blob cannot have this name.
        """
        if not container:
            raise container_missing(container, self.account)
        if blob == "":
            raise blob_missing(container, blob, self.account)
        if blob and (reason := check_name(blob)):
            raise StoreError(
                f"{format_name(container, blob, self.account)} cannot have this name: {reason}",
                remedy="choose another name",
            )

    def _landed(self, container: str, blob: str, data: bytes, options: Mapping[str, Any]) -> str:
        """Return the blob's ETag if it holds these bytes; empty if it does not or cannot be read."""
        pieces = Pieces()
        with suppress(StoreError), self._convert_errors(container, blob):
            headers = self._wire.send("HEAD", container, blob, **options).headers
            etag = unquote_etag(headers.get("ETag"))
            if int(headers.get("Content-Length", 0)) != len(data):
                return ""
            if data:
                self._wire.send(
                    "GET",
                    container,
                    blob,
                    headers={"x-ms-range": f"bytes=0-{len(data) - 1}"},
                    condition=IfMatch(etag),
                    write=pieces.writer(0),
                    **options,
                )
            return etag if pieces.join() == data else ""
        return ""

    def _convert_errors(self, container: str, blob: str) -> AbstractContextManager[None]:
        return convert_errors(container, blob, self._account)

    def _container(self, container: str) -> ContainerClient:
        self._check(container)
        return self._service.get_container_client(container)

    def _blob(self, container: str, blob: str) -> BlobClient:
        self._check(container, blob)
        with self._convert_errors(container, blob):
            return self._service.get_blob_client(container, blob)
