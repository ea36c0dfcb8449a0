"""The account behind a `BlobService`: how it is found, its requests and its errors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any, Final, TypeVar
from urllib.parse import quote

from azure.common import AzureException, AzureHttpError

from blobprep.legacy.arguments import PLACES, Place, header
from blobprep.legacy.early.filters import Filter, Send, filtered
from blobprep.legacy.early.models import ResourceType
from blobprep.legacy.methods import Arguments, need, takes
from blobprep.legacy.models import AccessPolicy
from blobprep.legacy.operations import Operating, Operation
from blobprep.legacy.retry import no_retry
from blobprep.legacy.sharedaccess import ANSWERED_HEADERS
from blobprep.legacy.wire import constants
from blobprep.legacy.wire.authentication import authentication_of
from blobprep.legacy.wire.conversions import iso_date, signature
from blobprep.legacy.wire.failures import not_none
from blobprep.legacy.wire.messages import HTTPRequest

__all__ = ["EarlyAccount", "early_operation"]

T = TypeVar("T")

_SAS_VERSION: Final = "2014-02-14"
_HOST_BASE: Final = constants.BLOB_SERVICE_HOST_BASE
_OF_CONNECTION_STRINGS: Final = ("account_name", "account_key", "protocol", "host_base")
_MISSING_INFO: Final = "You need to provide an account name"
_CONTENT_TYPE: Final = "application/octet-stream Charset=UTF-8"
"""The type of every request, and so of blobs that were given no type."""

_SAME: Final = """
    x_ms_blob_cache_control x_ms_blob_content_disposition x_ms_blob_content_encoding x_ms_blob_content_language
    x_ms_blob_content_length x_ms_blob_content_md5 x_ms_blob_content_type x_ms_blob_public_access
    x_ms_blob_sequence_number x_ms_blob_type x_ms_copy_source x_ms_delete_snapshots x_ms_if_sequence_number_eq
    x_ms_if_sequence_number_lt x_ms_lease_action x_ms_lease_break_period x_ms_lease_duration x_ms_lease_id
    x_ms_page_write x_ms_proposed_lease_id x_ms_range x_ms_range_get_content_md5 x_ms_source_if_match
    x_ms_source_if_modified_since x_ms_source_if_none_match x_ms_source_if_unmodified_since x_ms_source_lease_id
"""
_PLACES: Final[Mapping[str, Place]] = {
    **{name: header(name.replace("_", "-")) for name in _SAME.split()},
    "x_ms_if_sequence_number_lte": header("x-ms-if-sequence-number-le"),
    "x_ms_meta_name_values": PLACES["metadata"],
    "x_ms_copy_id": PLACES["copy_id"],
    "content_encoding": header("Content-Encoding"),
    "content_language": header("Content-Language"),
    "content_md5": header("Content-MD5"),
    "cache_control": header("Cache-Control"),
    "if_modified_since": header("If-Modified-Since"),
    "if_unmodified_since": header("If-Unmodified-Since"),
    "maxresults": PLACES["max_results"],
    "blocklisttype": PLACES["block_list_type"],
    "blockid": PLACES["block_id"],
}
"""Where each argument goes; most have the name of their header."""


def early_operation(
    method: str,
    target: tuple[str, ...],
    query: Mapping[str, str] | None = None,
    *needs: str,
    headers: Mapping[str, str] | None = None,
    unsent: tuple[str, ...] = (),
) -> Operation:
    """Describe an operation of `BlobService`; `needs` are further arguments that must not be None."""
    return Operation(method, target, query or {}, headers or {}, needs, places=_PLACES, unsent=unsent)


class EarlyAccount(Operating):
    """The Blob service of an account, as it was up to 0.20.

    Without arguments it is the environment's account: `AZURE_STORAGE_ACCOUNT` and `AZURE_STORAGE_ACCESS_KEY`, or the
    emulator's if `EMULATED` is set. Requests are not tried again, and errors of the connection are those of
    `requests`.

    Attributes:
        host_base: what stands behind the account's name, from the dot on.
        dev_host: where the emulator is.
        use_local_storage: whether requests go to the emulator.
    """

    @takes(
        f"account_name=None, account_key=None, protocol={constants.DEFAULT_PROTOCOL!r}, host_base={_HOST_BASE!r},"
        f" dev_host={constants.DEV_BLOB_HOST!r}, timeout={constants.DEFAULT_HTTP_TIMEOUT}, sas_token=None,"
        " connection_string=None, request_session=None"
    )
    def __init__(self, given: Arguments) -> None:
        name, key, protocol, host_base = (given[name] for name in _OF_CONNECTION_STRINGS)
        if given["connection_string"] is not None:
            parts = dict(part.split("=", 1) for part in given["connection_string"].split(";"))
            name, key = parts.get("AccountName"), parts.get("AccountKey")
            protocol = parts.get("DefaultEndpointsProtocol", constants.DEFAULT_PROTOCOL)
            host_base = f".blob.{parts['EndpointSuffix']}" if "EndpointSuffix" in parts else _HOST_BASE
        environment = os.environ  # noqa: TID251 - where the old class looked
        emulated = environment.get(constants.EMULATED, "false").lower() != "false"
        self.use_local_storage = emulated and not name and not key
        if self.use_local_storage:
            name, key, protocol = constants.DEV_ACCOUNT_NAME, constants.DEV_ACCOUNT_KEY, "http"
        elif not name and not key:
            name = environment.get(constants.AZURE_STORAGE_ACCOUNT)
            key = environment.get(constants.AZURE_STORAGE_ACCESS_KEY)
        if not name:
            raise ValueError(_MISSING_INFO)
        self.host_base, self.dev_host, self.requestid = host_base, given["dev_host"], None
        super().__init__(
            SimpleNamespace(
                account_name=name,
                account_key=key,
                sas_token=given["sas_token"],
                token_credential=None,
                is_emulated=emulated,
                protocol=protocol.lower(),
                primary_endpoint=name + host_base,
                secondary_endpoint=None,
                request_session=given["request_session"],
                socket_timeout=given["timeout"],
            )
        )
        self.retry = no_retry
        self._filter: Send = self._httpclient.perform_request
        self.authentication = authentication_of(self)

    timeout = Operating.socket_timeout

    def with_filter(self, filter: Filter) -> Any:  # noqa: A002
        """Make a service whose requests go through `filter(request, send)`, in front of the filters of this one."""
        account = (self.account_name, self.account_key, self.protocol, self.host_base, self.dev_host, self.timeout)
        made: Any = type(self)(*account, self.sas_token, request_session=self.request_session)
        made._filter = filtered(filter, self._filter)
        made._httpclient.perform_request = made._filter
        return made

    @takes("container_name, blob_name, account_name=None, protocol=None, host_base=None, sas_token=None")
    def make_blob_url(self, asked: Arguments) -> str:
        """Write the URL of a blob, without quoting its name."""
        host = f"{asked['account_name'] or self.account_name}{asked['host_base'] or self.host_base}"
        url = f"{asked['protocol'] or self.protocol}://{host}/{asked['container_name']}/{asked['blob_name']}"
        return f"{url}?{asked['sas_token']}" if asked["sas_token"] else url

    @takes(
        f"container_name, blob_name=None, shared_access_policy=None, sas_version={_SAS_VERSION!r}, cache_control=None,"
        " content_disposition=None, content_encoding=None, content_language=None, content_type=None"
    )
    def generate_shared_access_signature(self, asked: Arguments) -> str:
        """Make a token for a blob, or without one for the container."""
        need(asked, ("container_name", "shared_access_policy"))
        not_none("self.account_name", self.account_name)
        not_none("self.account_key", self.account_key)
        assert self.account_key is not None
        resource, blob_name = f"/{self.account_name}/{asked['container_name']}", asked["blob_name"]
        if blob_name:
            resource += f"/{blob_name}"
        kind = ResourceType.RESOURCE_BLOB if blob_name else ResourceType.RESOURCE_CONTAINER
        return _signed_query(resource, kind, asked, self.account_key)

    def _get_host_locations(self, primary: bool = True, secondary: bool = False) -> dict[str, str | None]:
        emulated, own = f"{self.dev_host}/{constants.DEV_ACCOUNT_NAME}", f"{self.account_name}{self.host_base}"
        return {"primary": emulated if self.use_local_storage else own}

    def _request(self, operation: Operation, arguments: Mapping[str, Any]) -> HTTPRequest:
        request = super()._request(operation, arguments)
        request.headers["Content-Type"] = _CONTENT_TYPE
        return request

    def _perform_request(self, request: HTTPRequest, *args: Any, **kwargs: Any) -> Any:
        """Send a request, and raise its errors without what the engine adds to them."""
        try:
            return super()._perform_request(request, *args, **kwargs)
        except AzureHttpError as error:
            raise _uncoded(error) from None
        except AzureException as error:
            raise error.__cause__ or error from None


def _uncoded(error: AzureHttpError) -> AzureHttpError:
    """Copy an error without the code in its text, and without a line end at the end."""
    code = getattr(error, "error_code", None)
    uncoded = AzureHttpError(str(error).replace(f" ErrorCode: {code}", "", 1).removesuffix("\n"), error.status_code)
    uncoded.error_code = code
    return uncoded


def _signed_query(resource: str, kind: str, asked: Arguments, key: str) -> str:
    """Write and sign the query that opens a resource.

    Args:
        resource: such as `/ACCOUNT/CONTAINER/BLOB`.
        kind: one of `ResourceType`.
        asked: the `shared_access_policy`, the `sas_version` whose rules hold, and the headers to answer with.
        key: of the account.
    """
    policy, version = asked["shared_access_policy"], asked["sas_version"]
    granted = policy.access_policy or AccessPolicy()
    terms = {"st": _text(granted.start), "se": _text(granted.expiry), "sp": _text(granted.permission)}
    headers = {field: asked[name] for name, field in ANSWERED_HEADERS.items()}
    fields = {**terms, "si": policy.id, "sv": version, "sr": kind, **headers}
    lines = (terms["sp"], terms["st"], terms["se"], resource, policy.id, version, *headers.values())
    fields["sig"] = signature(key, "\n".join(line or "" for line in lines))
    return "&".join(f"{name}={quote(value)}" for name, value in fields.items() if value)


def _text(value: object) -> str:
    if isinstance(value, date):
        return iso_date(value)
    return str(value or "")
