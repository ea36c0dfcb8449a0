"""Methods with the old SDK's parameters, each written as one line of text; what a parameter means is said once.

    @takes(f"container_name, blob_name, lease_id, {CONDITIONS}, timeout=None")
    def renew_blob_lease(self, asked: Arguments) -> str:
        # a docstring: Begin the time of a blob's lease anew.
        return self._perform(_RENEW_BLOB, asked, reading.lease)

To its callers that is a method with these very parameters, by position or by name: Python itself binds them, fills in
the defaults and refuses what does not fit. The body gets all of them by name, in a new dict: it may take some out and
hand the rest on to the next method. The docstring is completed from `MEANINGS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

__all__ = [
    "BLOB_NAMES",
    "CONDITIONS",
    "DESTINATION",
    "MODIFIED",
    "SEQUENCE",
    "SOURCE",
    "VALUE_NONE",
    "Arguments",
    "need",
    "not_none",
    "takes",
]

S = TypeVar("S")
R = TypeVar("R")
Arguments = dict[str, Any]

VALUE_NONE: Final = "{0} should not be None."
BLOB_NAMES: Final = ("container_name", "blob_name")

# Parameters that stand together in many methods.
MODIFIED: Final = "if_modified_since=None, if_unmodified_since=None"
CONDITIONS: Final = f"{MODIFIED}, if_match=None, if_none_match=None"
SOURCE: Final = (
    "source_if_modified_since=None, source_if_unmodified_since=None, source_if_match=None, source_if_none_match=None"
)
DESTINATION: Final = (
    "destination_if_modified_since=None, destination_if_unmodified_since=None, destination_if_match=None,"
    " destination_if_none_match=None"
)
SEQUENCE: Final = "if_sequence_number_lte=None, if_sequence_number_lt=None, if_sequence_number_eq=None"

MEANINGS: Final[Mapping[str, str]] = {
    "container_name": "name of the container.",
    "blob_name": "name of the blob.",
    "snapshot": "time of a snapshot, to use that instead of the blob.",
    "timeout": "seconds the service may take for each request.",
    # conditions
    "lease_id": "id of the active lease.",
    "if_modified_since": "only if it was modified after this time; a time without a zone is in UTC.",
    "if_unmodified_since": "only if it was not modified after this time.",
    "if_match": "only if it has this ETag; `*` for any.",
    "if_none_match": "only if it has another ETag; `*` if it must not exist.",
    "if_sequence_number_lte": "only if the blob's sequence number is this or less.",
    "if_sequence_number_lt": "only if the blob's sequence number is less.",
    "if_sequence_number_eq": "only if the blob's sequence number is this.",
    "maxsize_condition": "only if the blob becomes no larger than this.",
    "appendpos_condition": "only if the blob has this size now.",
    "source_if_modified_since": "only if the source was modified after this time.",
    "source_if_unmodified_since": "only if the source was not modified after this time.",
    "source_if_match": "only if the source has this ETag.",
    "source_if_none_match": "only if the source has another ETag.",
    "source_lease_id": "id of the source's active lease.",
    "destination_if_modified_since": "only if the blob to be replaced was modified after this time.",
    "destination_if_unmodified_since": "only if the blob to be replaced was not modified after this time.",
    "destination_if_match": "only if the blob to be replaced has this ETag.",
    "destination_if_none_match": "only if the blob to be replaced has another ETag.",
    "destination_lease_id": "id of the active lease of the blob to be replaced.",
    "fail_on_exist": "whether one that exists is an error, not False.",
    "fail_not_exist": "whether a missing one is an error, not False.",
    # content
    "blob": "content, as bytes.",
    "text": "content, as text; bytes are taken as they are.",
    "encoding": "encoding of the text.",
    "stream": "stream of bytes, used from its position on.",
    "file_path": "path of the file, or a descriptor.",
    "open_mode": "mode the file is opened with.",
    "index": "first byte to use.",
    "count": "number of bytes to use; None for all.",
    "start_range": "first byte.",
    "end_range": "last byte, included.",
    "validate_content": "whether the content is compared with its MD5 on arrival.",
    "progress_callback": "called with the bytes moved so far, and with all there are where that is known.",
    "max_connections": "number of requests at once; more than one needs a seekable stream.",
    "use_byte_buffer": "whether large blocks are held in memory, even if they could be read while they are sent.",
    # blocks and pages
    "block": "content of the block, as bytes or a stream.",
    "block_id": "id of the block, of the same length for all blocks of a blob.",
    "block_list": "the `BlobBlock`s, in order.",
    "block_list_type": "`committed` (else), `uncommitted` or `all`.",
    "page": "content of the pages, as bytes.",
    "content_length": "size of the blob, a multiple of 512.",
    "sequence_number": "number by which writes to a page blob can be counted.",
    "sequence_number_action": "`max` of both, `update`, or `increment`, which takes no number.",
    "previous_snapshot": "time of the earlier snapshot.",
    # sources
    "copy_source": "URL, or `/account/container/blob` of this account.",
    "copy_source_url": "URL that the service itself reads.",
    "source_range_start": "first byte of the source.",
    "source_range_end": "last byte of the source, included.",
    "source_content_md5": "MD5 of the source, in base64.",
    "copy_id": "id of the copy.",
    "requires_sync": "whether the copy is complete when this returns; the source must be small then.",
    # what is stored beside the content
    "content_settings": "`ContentSettings` stored with the blob.",
    "metadata": "names and values stored with it.",
    "cpk": "`CustomerProvidedEncryptionKey` with which the service encrypts the blob; over https only.",
    "encryption_data": "description of how the blob is encrypted on this side.",
    "standard_blob_tier": "tier, such as `Hot`, `Cool` or `Archive`.",
    "premium_page_blob_tier": "tier of a premium account, such as `P10`.",
    "rehydrate_priority": "how urgently the blob leaves the archive.",
    "delete_snapshots": "`include` its snapshots, or `only` them.",
    "public_access": "what anyone may read: `blob` or `container`.",
    "signed_identifiers": "up to five `AccessPolicy` by their ids.",
    # leases
    "lease_duration": "15 to 60 seconds, or -1 until it is released.",
    "lease_break_period": "seconds after which the lease ends at the latest, up to 60.",
    "proposed_lease_id": "id that the lease gets.",
    # lists
    "prefix": "start of the names.",
    "delimiter": "what ends the part of a name that becomes one `BlobPrefix`.",
    "marker": "`next_marker` of an earlier list, to go on there.",
    "num_results": "how many at most, over all pages.",
    "max_results": "how many at most in this page.",
    "include": "`Include`, or its text: what is listed beyond the blobs.",
    "include_metadata": "whether the metadata is listed.",
    # shared access signatures
    "services": "`Services`, or its letters.",
    "resource_types": "`ResourceTypes`, or its letters.",
    "permission": "`AccountPermissions`, `ContainerPermissions` or `BlobPermissions`, or its letters.",
    "expiry": "when it ends; without a time zone in UTC. Text is taken as it is.",
    "start": "when it begins; None for at once.",
    "id": "id of a stored access policy with the terms that are left out here.",
    "ip": "address, or range of addresses, from which alone it may be used.",
    "protocol": "`https` or `https,http`; None for both.",
    "user_delegation_key": "`UserDelegationKey` that signs in place of the account's key.",
    "cache_control": "Cache-Control that the service answers with.",
    "content_disposition": "Content-Disposition that the service answers with.",
    "content_encoding": "Content-Encoding that the service answers with.",
    "content_language": "Content-Language that the service answers with.",
    "content_type": "Content-Type that the service answers with.",
}
"""What each parameter means, wherever it stands."""


def takes(parameters: str) -> Callable[[Callable[[S, Arguments], R]], Callable[..., R]]:
    """Give a method these parameters.

    Args:
        parameters: those behind `self`, as in a `def`; defaults are literals.
    """

    def with_parameters(body: Callable[[S, Arguments], R]) -> Callable[..., R]:
        name = body.__name__
        # A real function, as dataclasses makes its own: what does not fit is refused by Python, in Python's words.
        definition = f"def {name}(self, {parameters}):\n    return _body(self, _copied(locals()))"
        namespace: dict[str, Any] = {"_body": body, "_copied": _without_self}
        exec(compile(definition, f"<parameters of {name}>", "exec"), namespace)  # noqa: S102 - texts of this package
        method: Any = namespace[name]
        method.__module__, method.__qualname__ = body.__module__, body.__qualname__
        if body.__doc__:
            method.__doc__ = _documented(body.__doc__, method.__code__.co_varnames[1:])
        return method  # type: ignore[no-any-return]

    return with_parameters


def not_none(name: str, value: object) -> None:
    """Refuse None for the argument `name`, in the old SDK's words.

    Raises:
        ValueError: it is None.
    """
    if value is None:
        raise ValueError(VALUE_NONE.format(name))


def need(arguments: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse None for these arguments, in their order.

    Raises:
        ValueError: one of them is None.
    """
    for name in names:
        not_none(name, arguments[name])


def _without_self(arguments: Mapping[str, Any]) -> Arguments:
    """Copy what a method was given, since a debugger adds to `locals()`."""
    return {name: value for name, value in arguments.items() if name != "self"}


def _documented(text: str, names: Iterable[str]) -> str:
    meanings = [f"{' ' * 12}{name}: {MEANINGS[name]}" for name in names if name in MEANINGS]
    return "\n".join([text, "", f"{' ' * 8}Args:", *meanings]) if meanings else text
