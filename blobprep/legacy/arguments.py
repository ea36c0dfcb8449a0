"""The arguments of the old SDK's methods in one table: what each means, and where it goes in a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from blobprep.legacy.wire.conversions import http_date, number, text, to_base64
from blobprep.legacy.wire.messages import HTTPRequest

__all__ = ["ARGUMENTS", "PLACES", "UNSENT", "Argument", "Place", "header", "query"]

Place = Callable[[HTTPRequest, Any], None]


class Argument(NamedTuple):
    """The meaning and place of an argument, the same for every method that has it.

    Attributes:
        meaning: for the docstring of the method.
        place: puts it into the request; None where the method itself uses it.
    """

    meaning: str
    place: Place | None = None


def query(name: str, write: Callable[[Any], str | None] = text) -> Place:
    """Make the place of an argument that goes into the query."""

    def put(request: HTTPRequest, value: Any) -> None:
        request.query[name] = write(value)

    return put


def header(name: str, write: Callable[[Any], str | None] = text) -> Place:
    """Make the place of an argument that goes into a header."""

    def put(request: HTTPRequest, value: Any) -> None:
        request.headers[name] = write(value)

    return put


def _base64(value: object) -> str:
    return to_base64(str(value))


def _metadata(request: HTTPRequest, metadata: Mapping[str, str] | None) -> None:
    for name, value in (metadata or {}).items():
        request.headers["x-ms-meta-" + name] = value


def _content_settings(request: HTTPRequest, settings: Any) -> None:
    if settings is None:
        return
    for name in ("cache_control", "content_type", "content_disposition", "content_encoding", "content_language"):
        request.headers["x-ms-blob-" + name.replace("_", "-")] = text(getattr(settings, name))
    summed = settings.content_md5
    # The current SDK's settings hold the bytes of the sum, the old one's its base64.
    written = to_base64(bytes(summed)) if isinstance(summed, bytes | bytearray) else text(summed)
    request.headers["x-ms-blob-content-md5"] = written


def _customer_key(request: HTTPRequest, key: Any) -> None:
    if key is None:
        return
    request.headers["x-ms-encryption-key"] = key.key_value
    request.headers["x-ms-encryption-key-sha256"] = key.key_hash
    request.headers["x-ms-encryption-algorithm"] = key.algorithm


ARGUMENTS: Final[Mapping[str, Argument]] = {
    "container_name": Argument("name of the container."),
    "blob_name": Argument("name of the blob."),
    "snapshot": Argument("time of a snapshot, to use that instead of the blob.", query("snapshot")),
    "timeout": Argument("seconds the service may take for each request.", query("timeout", number)),
    # conditions
    "lease_id": Argument("id of the active lease.", header("x-ms-lease-id")),
    "if_modified_since": Argument("only if modified since; UTC without zone.", header("If-Modified-Since", http_date)),
    "if_unmodified_since": Argument("only if not modified since.", header("If-Unmodified-Since", http_date)),
    "if_match": Argument("only if it has this ETag; `*` for any.", header("If-Match")),
    "if_none_match": Argument("only if it has another ETag; `*` if it must not exist.", header("If-None-Match")),
    "if_sequence_number_lte": Argument("only up to this sequence number.", header("x-ms-if-sequence-number-le")),
    "if_sequence_number_lt": Argument("only if its sequence number is less.", header("x-ms-if-sequence-number-lt")),
    "if_sequence_number_eq": Argument("only if its sequence number is this.", header("x-ms-if-sequence-number-eq")),
    "maxsize_condition": Argument("only if it becomes no larger than this.", header("x-ms-blob-condition-maxsize")),
    "appendpos_condition": Argument("only if it has this size now.", header("x-ms-blob-condition-appendpos")),
    "source_if_modified_since": Argument("only if the source was modified after this time."),
    "source_if_unmodified_since": Argument("only if the source was not modified after this time."),
    "source_if_match": Argument("only if the source has this ETag."),
    "source_if_none_match": Argument("only if the source has another ETag."),
    "source_lease_id": Argument("id of the source's active lease.", header("x-ms-source-lease-id")),
    "destination_if_modified_since": Argument("only if the blob to be replaced was modified after this time."),
    "destination_if_unmodified_since": Argument("only if the blob to be replaced was not modified after this time."),
    "destination_if_match": Argument("only if the blob to be replaced has this ETag."),
    "destination_if_none_match": Argument("only if the blob to be replaced has another ETag."),
    "destination_lease_id": Argument("id of the active lease of the blob to be replaced."),
    "fail_on_exist": Argument("whether one that exists is an error, not False."),
    "fail_not_exist": Argument("whether a missing one is an error, not False."),
    # content
    "blob": Argument("content, as bytes."),
    "text": Argument("content, as text; bytes are taken as they are."),
    "encoding": Argument("encoding of the text."),
    "stream": Argument("stream of bytes, used from its position on."),
    "file_path": Argument("path of the file, or a descriptor."),
    "open_mode": Argument("mode the file is opened with."),
    "index": Argument("first byte to use."),
    "count": Argument("number of bytes to use; None for all."),
    "start_range": Argument("first byte."),
    "end_range": Argument("last byte, included."),
    "validate_content": Argument("whether the content is compared with its MD5 on arrival."),
    "progress_callback": Argument("called with the bytes moved so far, and with all there are where that is known."),
    "max_connections": Argument("number of requests at once; more than one needs a seekable stream."),
    "use_byte_buffer": Argument("whether large blocks are held in memory, too."),
    # blocks and pages
    "block": Argument("content of the block, as bytes or a stream."),
    "block_id": Argument("id of the block, of the same length for all blocks of a blob.", query("blockid", _base64)),
    "block_list": Argument("the `BlobBlock`s, in order."),
    "block_list_type": Argument("`committed` (else), `uncommitted` or `all`.", query("blocklisttype")),
    "page": Argument("content of the pages, as bytes."),
    "content_length": Argument("size of the blob, a multiple of 512.", header("x-ms-blob-content-length")),
    "sequence_number": Argument("number that counts writes to it.", header("x-ms-blob-sequence-number")),
    "sequence_number_action": Argument("`max`, `update` or `increment`.", header("x-ms-sequence-number-action")),
    "previous_snapshot": Argument("time of the earlier snapshot.", query("prevsnapshot")),
    # sources
    "copy_source": Argument("URL, or `/account/container/blob` of this account.", header("x-ms-copy-source")),
    "copy_source_url": Argument("URL that the service itself reads.", header("x-ms-copy-source")),
    "source_range_start": Argument("first byte of the source."),
    "source_range_end": Argument("last byte of the source, included."),
    "source_content_md5": Argument("MD5 of the source, in base64.", header("x-ms-source-content-md5")),
    "copy_id": Argument("id of the copy.", query("copyid")),
    "requires_sync": Argument("whether this returns when the copy is complete.", header("x-ms-requires-sync")),
    # what is stored beside the content
    "content_settings": Argument("`ContentSettings` stored with the blob.", _content_settings),
    "metadata": Argument("names and values stored with it.", _metadata),
    "cpk": Argument("`CustomerProvidedEncryptionKey` that encrypts the blob; over https only.", _customer_key),
    "encryption_data": Argument("description of how the blob is encrypted on this side."),
    "standard_blob_tier": Argument("tier, such as `Hot`, `Cool` or `Archive`.", header("x-ms-access-tier")),
    "premium_page_blob_tier": Argument("tier of a premium account, such as `P10`.", header("x-ms-access-tier")),
    "rehydrate_priority": Argument("how urgently the blob leaves the archive.", header("x-ms-rehydrate-priority")),
    "delete_snapshots": Argument("`include` its snapshots, or `only` them.", header("x-ms-delete-snapshots")),
    "public_access": Argument("what anyone may read: `blob` or `container`.", header("x-ms-blob-public-access")),
    "signed_identifiers": Argument("up to five `AccessPolicy` by their ids."),
    # leases
    "lease_duration": Argument("15 to 60 seconds, or -1 until it is released.", header("x-ms-lease-duration")),
    "lease_break_period": Argument("seconds after which it ends at the latest.", header("x-ms-lease-break-period")),
    "proposed_lease_id": Argument("id that the lease gets.", header("x-ms-proposed-lease-id")),
    # lists
    "prefix": Argument("start of the names.", query("prefix")),
    "delimiter": Argument("what ends the part of a name that becomes one `BlobPrefix`.", query("delimiter")),
    "marker": Argument("`next_marker` of an earlier list, to go on there.", query("marker")),
    "num_results": Argument("how many at most, over all pages."),
    "max_results": Argument("how many at most in this page.", query("maxresults", number)),
    "include": Argument("`Include`, or its text: what is listed beyond the blobs.", query("include")),
    "include_metadata": Argument("whether the metadata is listed."),
    # shared access signatures
    "services": Argument("`Services`, or its letters."),
    "resource_types": Argument("`ResourceTypes`, or its letters."),
    "permission": Argument("`AccountPermissions`, `ContainerPermissions` or `BlobPermissions`, or its letters."),
    "expiry": Argument("when it ends; UTC if it has no time zone. Text is sent unchanged."),
    "start": Argument("when it begins; None for at once."),
    "id": Argument("id of a stored access policy with the terms that are left out here."),
    "ip": Argument("address, or range of addresses, from which alone it may be used."),
    "protocol": Argument("`https` or `https,http`; None for both."),
    "user_delegation_key": Argument("`UserDelegationKey` that signs in place of the account's key."),
    "cache_control": Argument("Cache-Control that the service answers with."),
    "content_disposition": Argument("Content-Disposition that the service answers with."),
    "content_encoding": Argument("Content-Encoding that the service answers with."),
    "content_language": Argument("Content-Language that the service answers with."),
    "content_type": Argument("Content-Type that the service answers with."),
}

PLACES: Final = {name: argument.place for name, argument in ARGUMENTS.items() if argument.place}
"""Where each argument that is sent goes."""

UNSENT: Final = {name for name, argument in ARGUMENTS.items() if not argument.place} | {"_context", "_converter"}
"""Arguments that the methods use themselves."""
