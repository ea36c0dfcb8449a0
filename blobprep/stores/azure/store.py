"""The store over the service's SDK."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient, BlobServiceClient, ContainerClient, ContentSettings
from azure.storage.blob import BlobProperties as SdkProperties

from blobprep.account import Access, Account
from blobprep.errors import (
    BlobNotFound,
    ConditionNotMet,
    ContainerNotFound,
    ProtocolForbidden,
    StoreError,
    StoreUnavailable,
)
from blobprep.stores.azure.blob_names import check_name
from blobprep.stores.azure.body import CHECKED_SIZE
from blobprep.stores.azure.errors import convert_errors
from blobprep.stores.azure.headers import LostAnswer, ServiceClock, condition_options, recheck_options, unquote_etag
from blobprep.stores.azure.retry import RetryPolicy, is_checked
from blobprep.stores.azure.upload import AzureUpload
from blobprep.stores.base import ANY, BLOCK_SIZE, BlobPrefix, BlobProperties, Condition, IfMatch
from blobprep.stores.cancellation import pause, stop_event
from blobprep.stores.service_rules import blob_missing, container_missing, format_name

if TYPE_CHECKING:
    from blobprep.stores.azure.tokens import TokenProvider

__all__ = ["AzureStore"]

_CONCURRENCY: Final = 4


class AzureStore:
    """An account in Azure, or its emulator.

    Args:
        account: the account, with its address, protocol and credential.
        retry_total: how often a request is repeated if the service cannot answer; None for the account's setting.
        sleep: waits for a number of seconds before a repetition; None for `pause`, which ends early if the outcome is
            no longer wanted.

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
        network = account.network
        waiting = pause if sleep is None else (lambda seconds, stop: sleep(seconds))
        # A range of one block is one request, unless the service must compute its checksum.
        range_size = CHECKED_SIZE if is_checked(account) else BLOCK_SIZE
        self._service = BlobServiceClient(
            account.url,
            credential=_credential(account),
            retry_policy=RetryPolicy(account, network.retries if retry_total is None else retry_total, waiting),
            connection_timeout=network.connect_timeout,
            read_timeout=network.read_timeout,
            **_transport(account),
            # Longer ranges are fetched in parallel parts, all of the same ETag.
            max_single_get_size=range_size,
            max_chunk_get_size=range_size,
            user_agent="blobprep",
        )

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
        clock = ServiceClock()
        client = self._blob(container, blob, version_id, snapshot)
        with self._convert_errors(container, blob):
            found = client.get_blob_properties(raw_response_hook=clock)
        return _describe(container, found, clock.now)

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
        client = self._blob(container, blob, version_id, snapshot)
        condition = {} if if_match is None else condition_options(IfMatch(if_match))
        with self._convert_errors(container, blob):
            try:
                if length != 0:
                    # The SDK's own threads stop together with this one.
                    stream = client.download_blob(
                        offset, length, max_concurrency=_CONCURRENCY, stop=stop_event(), **condition
                    )
                    data: bytes = stream.readall()
                    return data
            except HttpResponseError as error:
                if error.status_code != 416:
                    raise
            # There is nothing to read, but the blob must exist, and in the required state.
            client.get_blob_properties(**condition)
            return b""

    def list(self, container: str, prefix: str = "", *, delimiter: str = "") -> Iterator[BlobProperties | BlobPrefix]:
        """List blobs; as `Store.list`."""
        clock = ServiceClock()
        client = self._container(container)
        given: dict[str, Any] = {"name_starts_with": prefix, "include": ["metadata"], "raw_response_hook": clock}
        found = client.walk_blobs(delimiter=delimiter, **given) if delimiter else client.list_blobs(**given)
        pages = found.by_page()
        while True:
            with self._convert_errors(container, ""):
                page = next(pages, None)
                # The SDK puts the prefixes of a page before its blobs.
                items = sorted(page or (), key=lambda item: item.name)
            if page is None:
                return
            for item in items:
                if isinstance(item, SdkProperties):
                    yield _describe(container, item, clock.now)
                else:
                    yield BlobPrefix(container, item.name)

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
        client = self._blob(container, blob)
        lost = LostAnswer()
        try:
            with self._convert_errors(container, blob):
                written = client.upload_blob(
                    data,
                    length=len(data),
                    overwrite=True,
                    validate_content=True,
                    content_settings=ContentSettings(content_type=content_type),
                    metadata=dict(metadata or {}),
                    retry_hook=lost,
                    **condition_options(condition),
                )
        except (ConditionNotMet, StoreUnavailable) as error:
            # An attempt whose answer was lost may have taken effect; the next one then found our own blob.
            etag = self._landed(container, blob, data, recheck_options(error)) if lost.happened else ""
            if not etag:
                raise
            return etag
        return unquote_etag(written["etag"])

    def upload(self, container: str, blob: str) -> AzureUpload:
        """Begin an upload; as `Store.upload`."""
        return AzureUpload(self._blob(container, blob), container, blob, self._account)

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

    def _landed(self, container: str, blob: str, data: bytes, options: Mapping[str, Any]) -> str:
        """Return the blob's ETag if it holds these bytes; empty if it does not or cannot be read."""
        client = self._blob(container, blob)
        with suppress(StoreError), self._convert_errors(container, blob):
            etag = unquote_etag(client.get_blob_properties(**options).etag)
            # One byte more, to check that the blob ends there.
            stream = client.download_blob(0, len(data) + 1, **options, **condition_options(IfMatch(etag)))
            return etag if stream.readall() == data else ""
        return ""

    def _convert_errors(self, container: str, blob: str) -> AbstractContextManager[None]:
        return convert_errors(container, blob, self._account)

    def _container(self, container: str) -> ContainerClient:
        if not container:
            raise container_missing(container, self.account)
        return self._service.get_container_client(container)

    def _blob(
        self, container: str, blob: str, version_id: str | None = None, snapshot: str | None = None
    ) -> BlobClient:
        if not container:
            raise container_missing(container, self.account)
        if not blob:
            raise blob_missing(container, blob, self.account)
        if reason := check_name(blob):
            raise StoreError(
                f"{format_name(container, blob, self.account)} cannot have this name: {reason}",
                remedy="choose another name",
            )
        with self._convert_errors(container, blob):
            return self._service.get_blob_client(container, blob, snapshot=snapshot, version_id=version_id)


def _credential(account: Account) -> AzureNamedKeyCredential | AzureSasCredential | TokenProvider | None:
    secret = account.credential.secret
    if account.credential.kind == "token":
        if account.protocol != "https":
            raise ProtocolForbidden(
                f"account {account.name} would receive an access token over http",
                remedy="use https: access tokens are never sent over http",
            )
        from blobprep.stores.azure.tokens import token_provider

        return token_provider(account)
    if account.credential.kind == "key":
        return AzureNamedKeyCredential(account.name, secret)
    return AzureSasCredential(secret) if account.credential.kind == "sas" else None


def _transport(account: Account) -> dict[str, Any]:
    """Return the SDK options for proxy and certificates; for the rest the SDK reads the environment."""
    network = account.network
    given: dict[str, Any] = {"connection_verify": network.ca_bundle} if network.ca_bundle else {}
    if account.is_local:  # a proxy would look for the emulator on the proxy's machine
        given["proxies"] = {"no_proxy": urlsplit(account.url).hostname}
    elif network.proxy:
        given["proxies"] = {"http": network.proxy, "https": network.proxy}
    return given


def _describe(container: str, found: SdkProperties, as_of: datetime) -> BlobProperties:
    return BlobProperties(
        container,
        found.name,
        size=found.size,
        etag=unquote_etag(found.etag),
        last_modified=found.last_modified,
        as_of=as_of,
        content_type=found.content_settings.content_type or "application/octet-stream",
        metadata=dict(found.metadata or {}),
        version_id=found.version_id,
    )
