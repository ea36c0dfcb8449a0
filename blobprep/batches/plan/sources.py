"""The blobs that a batch is about: a pattern in its store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from blobprep.batches.plan.places import Place, place_of
from blobprep.errors import InvalidOption
from blobprep.formats import format_by_name
from blobprep.inputs.match import is_folder
from blobprep.reference import is_reference
from blobprep.reference.named_parts import PartPattern, read_pattern
from blobprep.settings.local_paths import locate_path, require_path
from blobprep.settings.workspace import Workspace
from blobprep.stores.globbing import list_matching
from blobprep.stores.location import BlobLocation

__all__ = ["FoundBlob", "Source", "list_source", "locate_source"]


@dataclass(frozen=True, slots=True)
class FoundBlob:
    """A blob that a batch may be about.

    Attributes:
        place: where it is.
        name: of the blob in its place.
        named: the parts of the name that the pattern captured, in order.
        etag, size: as listed; an empty ETag if it is not there.
        content_type: if the name shows no format; else empty.
        modified: when it was last written; None if that is not known.
    """

    place: Place
    name: str
    named: tuple[tuple[str, str], ...]
    etag: str
    size: int
    content_type: str = ""
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A pattern in its store.

    Attributes:
        location: any place in the container.
        place: its container.
        pattern: of the names.
    """

    location: BlobLocation
    place: Place
    pattern: PartPattern

    @property
    def fixed(self) -> str:
        """Return the folder that all matching names are in; empty, or ending with `/`."""
        return self.pattern.prefix[: self.pattern.prefix.rfind("/") + 1]


def locate_source(workspace: Workspace, text: str) -> Source:
    """Locate a pattern: a reference, a name from the settings, or a local path; with wildcards and named parts.

    Raises:
        InvalidReference, SettingError, ProtocolForbidden: as `Workspace.locate`.
        InvalidOption: it is a prefix.
    """
    full = workspace.spell_out(text)
    if not is_reference(full):
        return _locate_local(full)
    pattern, reference = read_pattern(full, workspace.parse)
    assert reference is not None
    if not pattern.pieces or (reference.is_prefix and not pattern.names):
        raise InvalidOption(
            f"{pattern.printed} is a prefix, but a batch needs a pattern that matches blobs",
            remedy=f"write '{pattern.printed.rstrip('/')}/*' for the blobs in it, or /** for all below it",
        )
    place = place_of(workspace, reference)
    location = workspace.place(replace(reference, blob="", pattern=None, exact=False, version_id=None, snapshot=None))
    return Source(location, place, pattern)


def list_source(source: Source) -> Iterator[FoundBlob]:
    """Yield the blobs that match, as they are listed; raises as `list_matching`."""
    for found, parts in list_matching(source.location, source.pattern, is_folder=is_folder):
        yield FoundBlob(
            source.place,
            found.blob,
            tuple(parts.items()),
            found.etag,
            found.size,
            "" if format_by_name(found.blob).format else found.content_type,
            found.last_modified,
        )


def _locate_local(text: str) -> Source:
    require_path(text)
    pattern, _ = read_pattern(text, None)
    fixed = pattern.prefix[: pattern.prefix.rfind("/") + 1]
    if pattern.prefix == text and (text.endswith("/") or Path(text).is_dir()):
        raise InvalidOption(
            f"{text} is a folder, but a batch needs a pattern that matches files",
            remedy=f"write '{text.rstrip('/')}/*' for the files in it, or /** for all below it",
        )
    location = locate_path(str(Path(fixed).resolve()), prefix=True)
    first = location.blob + pattern.prefix[len(fixed) :]
    rest = pattern.pieces[1:] if pattern.prefix else pattern.pieces
    root = location.printed.removesuffix(location.blob)
    return Source(location, Place(root, ""), PartPattern((first, *rest) if first else rest, pattern.printed))
