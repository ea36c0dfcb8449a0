"""What a copy will do, planned and checked as a whole before the first byte is moved."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from blobprep.errors import (
    AccessError,
    BlobNotFound,
    ContainerNotFound,
    InvalidReference,
    OutputError,
    OutputExists,
)
from blobprep.stores import BLOCK_SIZE, BlobProperties
from blobprep.stores.folder_markers import folder_of, is_folder_marker, require_data
from blobprep.stores.location import BlobLocation

__all__ = ["Copy", "CopyPlan", "exists_already", "plan_copies", "require_absent", "require_names"]

_UNREACHABLE: Final = "no tool can request a blob of this name; have it written again under another one"


@dataclass(frozen=True, slots=True)
class Copy:
    """One blob or local file to be copied.

    Attributes:
        source: where it is.
        properties: its properties when the copy was planned; reading demands this ETag.
        target: where it goes.
    """

    source: BlobLocation
    properties: BlobProperties
    target: BlobLocation


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """All copies of one call.

    Attributes:
        copies: the copies, at least one, in the order of the sources' names.
        empty_folders: the references of marked folders that are empty; they are not copied.
        no_files: the paths in a local folder that have no bytes to copy: broken links, sockets, pipes and devices.
    """

    copies: tuple[Copy, ...]
    empty_folders: tuple[str, ...] = ()
    no_files: tuple[str, ...] = ()


def plan_copies(origin: BlobLocation, goal: BlobLocation) -> CopyPlan:
    """Pair every source with its target.

    Args:
        origin: a blob or file, or a prefix or folder of many.
        goal: the name of the target, or the prefix or folder below which targets keep their names.

    Raises:
        InvalidReference: the target is a version or snapshot.
        BlobNotFound, ContainerNotFound: there is nothing to copy.
    """
    if goal.version_id or goal.snapshot:
        raise InvalidReference(
            f"{goal.printed} names a version or snapshot, which cannot be written", remedy="name the blob itself"
        )
    if not origin.is_prefix:
        target = goal.child(_last_segment(origin.blob)) if goal.is_prefix else goal
        return CopyPlan((Copy(origin, _source_properties(origin), target),))
    if not goal.is_prefix:
        goal = goal.subprefix("/")
    found = [item for item in origin.store.list(origin.container, origin.blob) if isinstance(item, BlobProperties)]
    blobs = [item for item in found if not is_folder_marker(item)]
    empty = [origin.subprefix(name.removeprefix(origin.blob)).printed for name in _empty_folders(found, blobs)]
    if not blobs:
        raise BlobNotFound(
            f"there is nothing {'but empty folders ' if empty else ''}below {origin.printed}",
            remedy="`blobprep ls` lists what is there",
        )
    names = [item.blob.removeprefix(origin.blob) for item in blobs]
    copies = (Copy(origin.child(name), item, goal.child(name)) for name, item in zip(names, blobs, strict=True))
    return CopyPlan(tuple(copies), tuple(empty), () if origin.container else tuple(_no_files(origin.printed)))


def _no_files(folder: str) -> Iterator[str]:
    for parent, _, names in os.walk(folder):
        yield from (str(path) for path in (Path(parent, name) for name in sorted(names)) if not path.is_file())


def require_names(copies: Sequence[Copy]) -> None:
    """Check that all sources can be requested by their names, and that all targets can have theirs.

    Raises:
        OutputError: the message names the first that cannot, and says how many more there are.
    """
    source, target = copies[0].source, copies[0].target
    if source.container:  # a local file was found by its name
        unfit = source.store.unfit_names(source.container, [copy.source.blob for copy in copies])
        _refuse([(copy, unfit[copy.source.blob]) for copy in copies if copy.source.blob in unfit], _UNREACHABLE)
    unfit = target.store.unfit_names(target.container, [copy.target.blob for copy in copies])
    checked = [(copy, unfit.get(copy.target.blob, "")) for copy in copies]
    if target.container:  # a blob x/a/ below the prefix x/a/ would have an empty name there
        checked = [
            (copy, reason or ("" if copy.target.blob else "nothing is left of its name")) for copy, reason in checked
        ]
    refused = [(copy, reason) for copy, reason in checked if reason]
    if refused:
        command = f"blobprep cp {refused[0][0].source.in_shell} NAME"
        others = (
            ""
            if target.container
            else ("; a folder in place of an account ([accounts.NAME] folder in blobprep.toml) accepts every name")
        )
        _refuse(refused, f"copy it by itself under another name: `{command}`{others}")


def _refuse(refused: Sequence[tuple[Copy, str]], remedy: str) -> None:
    if refused:
        copy, reason = refused[0]
        more = f" (nor can {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise OutputError(
            f"{copy.source.printed} cannot be copied to {copy.target.printed}: {reason}{more}; nothing was copied",
            remedy=remedy,
        )


def require_absent(copies: Sequence[Copy]) -> None:
    """Check that no target exists, before the first byte is read; the write checks it again.

    Raises:
        OutputExists: one does; the message names the first.
    """
    first = copies[0]
    if len(copies) == 1 and first.properties.size <= BLOCK_SIZE:
        return  # its single write finds out
    # A credential may be allowed to write but not to list or read; then the write finds out.
    with suppress(BlobNotFound, ContainerNotFound, AccessError):
        taken = _taken(first.target, {copy.target.blob for copy in copies})
        for copy in copies:
            if copy.target.blob in taken:
                raise exists_already(copy.target)


def exists_already(target: BlobLocation) -> OutputExists:
    """Return the error for a target that exists."""
    return OutputExists(
        f"{target.printed} exists already", remedy="choose another name, or replace it with --overwrite"
    )


def _taken(target: BlobLocation, names: Collection[str]) -> set[str]:
    """Return which of these names exist at the target; in an account one listing answers for any number of blobs."""
    if not target.container:
        return {name for name in names if _exists(replace(target, blob=name))}
    prefix = os.path.commonprefix(list(names))  # noqa: RUF071  # prefixes are of characters
    listed = target.store.list(target.container, prefix)
    return {item.blob for item in listed if isinstance(item, BlobProperties) and item.blob in names}


def _exists(target: BlobLocation) -> bool:
    try:
        target.properties()
    except BlobNotFound:
        return False
    return True


def _last_segment(name: str) -> str:
    """Return the part after the last `/` that is not at the end of the name.

    >>> _last_segment("x/a"), _last_segment("x/a/")
    ('a', 'a/')
    """
    return name[name.rfind("/", 0, -1) + 1 :]


def _source_properties(origin: BlobLocation) -> BlobProperties:
    """Return the properties of the one source; if it does not exist, suggest the prefix of that name."""
    try:
        return require_data(origin)
    except BlobNotFound as error:
        folder = origin.folder
        if origin.container and next(folder.store.list(folder.container, folder.blob), None) is not None:
            error.remedy = f"to copy everything below it, write {folder.in_shell}"
        raise


def _empty_folders(found: Sequence[BlobProperties], blobs: Sequence[BlobProperties]) -> list[str]:
    """Return the marked folders that hold no blob, not even in a folder below."""
    held = {blob.blob[: end + 1] for blob in blobs for end, letter in enumerate(blob.blob) if letter == "/"}
    return sorted({folder_of(item) for item in found if is_folder_marker(item)} - held)
