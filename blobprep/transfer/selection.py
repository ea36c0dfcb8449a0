"""What is copied: one blob or file, all below a prefix or folder, or what matches a pattern."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from blobprep.errors import BlobNotFound
from blobprep.inputs.sources import BlobPattern
from blobprep.reference import has_wildcard, literal_prefix, matcher
from blobprep.reference.wildcards import is_flat
from blobprep.settings import Workspace
from blobprep.stores import BlobProperties
from blobprep.stores.folder_markers import folder_of, is_folder_marker, require_data
from blobprep.stores.globbing import no_match
from blobprep.stores.location import BlobLocation

__all__ = ["EmptyFolders", "Selection", "select"]


@dataclass(frozen=True, slots=True)
class Selection:
    """The blobs or local files that are copied.

    Attributes:
        base: the one blob or file; or the prefix or folder below which names are kept.
        printed: as it was asked for.
        start: what every name begins with below the base.
        delimiter: `/` if no name has one behind `start`, else empty.
        matches: returns whether a name below the base is meant.
    """

    base: BlobLocation
    printed: str
    start: str = ""
    delimiter: str = ""
    matches: Callable[[str], bool] = field(default=lambda name: True)

    @property
    def is_single(self) -> bool:
        """Return whether it is one blob or file."""
        return not self.base.is_prefix

    @property
    def is_plain(self) -> bool:
        """Return whether it is no pattern."""
        return self.printed == self.base.printed

    def find(self, empty: EmptyFolders) -> Iterator[tuple[str, BlobProperties]]:
        """Yield what is there: the name below the base, and the properties; in the order of the listing.

        Args:
            empty: learns of blobs that only mark a folder; they are not data.

        Raises:
            BlobNotFound, ContainerNotFound: there is nothing to copy.
        """
        base = self.base
        if self.is_single:
            yield "", self._single()
            return
        count = folders = 0
        for item in base.store.list(base.container, base.blob + self.start, delimiter=self.delimiter):
            if not isinstance(item, BlobProperties) or not self.matches(name := item.blob.removeprefix(base.blob)):
                continue
            if is_folder_marker(item):
                folders += 1
                empty.add(folder_of(item))
                continue
            count += 1
            empty.fill(item.blob)
            yield name, item
        if not count:
            raise self._nothing(folders)

    def no_files(self) -> Iterator[str]:
        """Yield the names below a local folder that have no bytes to copy: broken links, sockets, pipes and devices."""
        if self.base.container or self.is_single:
            return
        top = self.base.printed
        for parent, _, names in os.walk(top):
            paths = (Path(parent, name) for name in sorted(names))
            yield from (os.path.relpath(path, top) for path in paths if not path.is_file())

    def _single(self) -> BlobProperties:
        """Return the properties of the one source; if it does not exist, suggest the prefix of that name."""
        base = self.base
        try:
            return require_data(base)
        except BlobNotFound as error:
            folder = base.folder
            if base.container and next(folder.store.list(folder.container, folder.blob), None) is not None:
                error.remedy = f"to copy everything below it, write {folder.in_shell}"
            raise

    def _nothing(self, folders: int) -> BlobNotFound:
        if not self.is_plain:
            return no_match(replace(self.base, printed=self.printed), folders)
        return BlobNotFound(
            f"there is nothing {'but empty folders ' if folders else ''}below {self.printed}",
            remedy="`blobprep ls` lists what is there",
        )


class EmptyFolders:
    """Folders that are marked, and in which no blob was found, not even in a folder below."""

    def __init__(self) -> None:
        self._prefixes: set[str] = set()

    def add(self, prefix: str) -> None:
        """Note a marked folder; its blobs come later, for their names are longer."""
        self._prefixes.add(prefix)

    def fill(self, blob: str) -> None:
        """Note a blob."""
        if self._prefixes:
            self._prefixes.difference_update(blob[: end + 1] for end, letter in enumerate(blob) if letter == "/")

    def names(self) -> list[str]:
        """Return the prefixes of the folders that are empty."""
        return sorted(self._prefixes)


def select(workspace: Workspace, text: str) -> Selection:
    """Return what a reference, a name or a path means as the source of a copy.

    The names of blobs that match a pattern are kept from behind the last `/` that is before its first wildcard.

    Raises:
        InvalidReference, SettingError, ProtocolForbidden: as `Workspace.locate`.
    """
    meant = workspace.meaning(text).reference
    if meant is None or not has_wildcard(meant):
        location = workspace.locate(text)
        return Selection(location, location.printed)
    dataset = workspace.dataset(text)
    assert dataset is not None
    assert isinstance(dataset.source, BlobPattern)
    location, reference = dataset.source.location, dataset.source.reference
    literal = literal_prefix(reference)
    above = literal[: literal.rfind("/") + 1]
    printed = str(replace(reference, blob=above, pattern=None, exact=False))
    matches = matcher(reference)
    return Selection(
        replace(location, blob=above, printed=printed, exact=False),
        str(reference),
        literal.removeprefix(above),
        "/" if is_flat(reference) else "",
        lambda name: matches(above + name),
    )
