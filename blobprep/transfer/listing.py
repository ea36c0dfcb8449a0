"""`ls`: containers, blobs and local files."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator

from blobprep.errors import BlobNotFound
from blobprep.reference import Reference, has_wildcard, is_reference
from blobprep.settings import Workspace
from blobprep.stores import BlobPrefix, BlobProperties
from blobprep.stores.folder_markers import folder_of, is_folder_marker
from blobprep.stores.location import BlobLocation

__all__ = ["ls", "references"]


def ls(
    reference: str, *, recursive: bool = False, workspace: Workspace | None = None
) -> Iterator[BlobProperties | BlobPrefix]:
    """List the blobs whose names begin with the reference, sorted by name.

    Args:
        reference: a prefix, a blob or a local path; with wildcards, the blobs that match are listed; for `az://` or the
            address of an account, its containers.
        recursive: list every blob, instead of one `BlobPrefix` for those that share their name up to the next `/`.
        workspace: the settings in force; None for those of the working folder and this process.

    Returns:
        Blobs and prefixes. A container is a prefix with an empty name. A blob that only marks a folder is listed as a
        prefix, once.

    Raises:
        UsageError: the reference or a setting is wrong.
        BlobNotFound: no name begins with the reference; raised by the iterator, like the store's own errors.
    """
    known = workspace or Workspace()
    account = Reference.parse_account(reference) if is_reference(reference) else None
    if account is not None:
        containers = known.store_of(account).list_containers()
        return (BlobPrefix(name, "") for name in containers)
    if (meant := known.meaning(reference).reference) and has_wildcard(meant):
        return _matching(known, reference)
    location = known.locate(reference)
    return _alone(location) if location.exact else _found(location, "" if recursive else "/")


def references(reference: str, workspace: Workspace) -> Callable[[BlobProperties | BlobPrefix], str]:
    """Return a function that gives the reference, or the path, of each item that `ls` lists for a reference."""
    meant = workspace.meaning(reference).reference
    if meant is None:
        location = workspace.locate(reference)
        folder = location.printed.removesuffix(location.blob)
        return lambda item: folder + _name(item)
    account, endpoint = meant.account, meant.endpoint

    def printed(item: BlobProperties | BlobPrefix) -> str:
        is_blob = isinstance(item, BlobProperties)
        return str(Reference(account, item.container, _name(item), endpoint=endpoint, exact=is_blob))

    return printed


def _matching(workspace: Workspace, reference: str) -> Iterator[BlobProperties]:
    yield from (found.properties for found in workspace.expand(reference))


def _alone(location: BlobLocation) -> Iterator[BlobProperties | BlobPrefix]:
    """Yield one blob whose name ends with `/`, and not the blobs below it."""
    yield from _with_folders([location.properties()])


def _found(location: BlobLocation, delimiter: str) -> Iterator[BlobProperties | BlobPrefix]:
    is_empty = True
    for listed in _with_folders(location.store.list(location.container, location.blob, delimiter=delimiter)):
        is_empty = False
        if not (isinstance(listed, BlobPrefix) and listed.prefix == location.blob):  # the folder's own marker
            yield listed
    if is_empty and location.blob and not _is_empty_folder(location):
        raise BlobNotFound(
            f"nothing begins with {location.printed}", remedy="check its name, including upper and lower case"
        )


def _is_empty_folder(location: BlobLocation) -> bool:
    """Return whether a prefix without blobs is a folder that a marker stands for."""
    if not location.is_prefix or not location.container:
        return False
    try:
        return is_folder_marker(location.store.properties(location.container, location.blob[:-1]))
    except BlobNotFound:
        return False


def _with_folders(listed: Iterable[BlobProperties | BlobPrefix]) -> Iterator[BlobProperties | BlobPrefix]:
    """Yield prefixes in place of blobs that only mark folders, each once and in the order of names."""
    waiting: list[BlobPrefix] = []  # until what sorts before them has come: a-b sorts before a/, but after the marker a
    for item in listed:
        if waiting:
            passed = bisect_left(waiting, _name(item), key=_name)
            yield from waiting[:passed]
            del waiting[:passed]
        if isinstance(item, BlobProperties) and not is_folder_marker(item):
            yield item
            continue
        folder = item if isinstance(item, BlobPrefix) else BlobPrefix(item.container, folder_of(item))
        if folder not in waiting:
            insort(waiting, folder, key=_name)
    yield from waiting


def _name(item: BlobProperties | BlobPrefix) -> str:
    return item.prefix if isinstance(item, BlobPrefix) else item.blob
