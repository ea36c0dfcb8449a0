"""List containers, blobs and local files."""

from __future__ import annotations

from collections.abc import Iterator

from blobprep.errors import BlobNotFound
from blobprep.reference import Reference, has_wildcard, is_reference
from blobprep.stores import BlobPrefix, BlobProperties
from blobprep.stores.located import Located
from blobprep.workspace import Workspace

__all__ = ["ls"]


def ls(
    reference: str, *, recursive: bool = False, workspace: Workspace | None = None
) -> Iterator[BlobProperties | BlobPrefix]:
    """List the blobs whose names start as the reference says, sorted by name.

    Args:
        reference: a prefix, a blob, a local path; with wildcards the blobs that match; `az://` or an account's address
            lists its containers.
        recursive: list every blob, and not one `BlobPrefix` for those that share the name up to the next `/`.
        workspace: the settings in force; those of the working folder and this process where None.

    Returns:
        Blobs and prefixes; a container is a prefix without name.

    Raises:
        UsageError: the reference or a setting is wrong.
        BlobNotFound: no name starts so; raised by the iterator, like the store's own errors.
    """
    known = workspace or Workspace()
    account = Reference.parse_account(reference) if is_reference(reference) else None
    if account is not None:
        containers = known.store_of(account).list_containers()
        return (BlobPrefix(name, "") for name in containers)
    if is_reference(reference) and (meant := known.meaning(reference).reference) and has_wildcard(meant):
        return _matching(known, reference)
    return _found(known.locate(reference), "" if recursive else "/")


def _matching(workspace: Workspace, reference: str) -> Iterator[BlobProperties]:
    yield from (found.properties for found in workspace.expand(reference))


def _found(located: Located, delimiter: str) -> Iterator[BlobProperties | BlobPrefix]:
    found = located.store.list(located.container, located.blob, delimiter=delimiter)
    first = next(found, None)
    if first is not None:
        yield first
        yield from found
    elif located.blob:
        raise BlobNotFound(f"nothing begins with {located.printed}", remedy="check its name, upper and lower case too")
