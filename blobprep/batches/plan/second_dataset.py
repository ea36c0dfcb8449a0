"""The second dataset of items: one for all, or one for each, named by a template."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

from blobprep.batches.items import InputBlob
from blobprep.batches.plan.places import Place, local_place, place_of
from blobprep.batches.plan.scratch_file import decode_name, encode_name, in_room, open_scratch
from blobprep.batches.plan.sources import FoundBlob, Source, list_source, locate_source
from blobprep.batches.plan.wanted import WantedBlobs
from blobprep.errors import BlobNotFound, ContainerNotFound, LimitError
from blobprep.formats import format_by_name
from blobprep.inputs.match import MAX_BLOBS
from blobprep.reference import is_reference
from blobprep.reference.expressions import Wildcard
from blobprep.reference.named_parts import Template, braced_names, escape_part, read_template
from blobprep.settings.workspace import Workspace
from blobprep.stores.folder_markers import require_data
from blobprep.stores.location import require_one_blob

__all__ = ["SecondDataset", "locate_second"]

_MOST_OF_ALL: Final = 100
"""The most blobs of a dataset that all items read: every item names them."""

_AT_ONCE: Final = 1000
_TABLES: Final = """
CREATE TABLE matched (
    parts TEXT NOT NULL, name BLOB NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, type TEXT NOT NULL,
    PRIMARY KEY (parts, name)
) WITHOUT ROWID;
"""


class SecondDataset(Protocol):
    """The second dataset of the items of a batch."""

    @property
    def printed(self) -> str:
        """Return it as it was given."""
        ...

    def look_up(self, values: Iterable[Mapping[str, str]]) -> None:
        """Find the datasets of all items, by their parts; raises `KeyError` for a part that one does not have."""
        ...

    def blobs(self, values: Mapping[str, str]) -> tuple[InputBlob, ...]:
        """Return the blobs of one item's dataset; one without an ETag if it is not there."""
        ...

    def close(self) -> None:
        """Release what it holds."""
        ...


def locate_second(workspace: Workspace, text: str) -> SecondDataset:
    """Locate the second dataset of a batch.

    Args:
        workspace: the settings in force.
        text: a reference, a name from the settings or a path; with parts in braces, each item has its own; with
            wildcards, it is all blobs that match, of those with the item's parts.

    Raises:
        InvalidReference, SettingError, ProtocolForbidden: as `Workspace.locate`.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: one that all items share cannot be read.
        LimitError: it has too many blobs.
    """
    full = workspace.spell_out(text)
    template = read_template(full, workspace.parse if is_reference(full) else None)
    has_signs = any(isinstance(piece, Wildcard) and not piece.name for piece in template.pieces)
    if not braced_names(full):
        return _Fixed(template.printed, tuple(_list_fixed(workspace, full, template, wildcards=has_signs)))
    if has_signs or (template.reference is None and any(sign in full for sign in "*?")):
        return _Matched(locate_source(workspace, full))
    return _Named(workspace, template)


def _list_fixed(workspace: Workspace, full: str, template: Template, *, wildcards: bool) -> Iterator[InputBlob]:
    try:
        if wildcards or (template.reference is None and any(sign in full for sign in "*?")):
            source = locate_source(workspace, full)
            found = list(islice(list_source(source), _MOST_OF_ALL + 1))
            if len(found) > _MOST_OF_ALL:
                raise LimitError(
                    f"dataset2 {template.printed} has more than {_MOST_OF_ALL} blobs, which no item can carry",
                    remedy="use a narrower pattern, or join its blobs into one first",
                )
            yield from (_input(blob) for blob in sorted(found, key=lambda blob: blob.name))
            return
        properties = require_data(require_one_blob(workspace.locate(full, names=()), "dataset2"))
    except (BlobNotFound, ContainerNotFound) as error:
        error.message = f"dataset2: {error.message}"
        raise
    place, name = _place(workspace, full, template)
    yield InputBlob(place.print(name), properties.etag, properties.size, _kind(name, properties.content_type))


def _place(workspace: Workspace, full: str, template: Template) -> tuple[Place, str]:
    if template.reference is None:
        return local_place(full)
    return place_of(workspace, template.reference), template.reference.blob


def _input(found: FoundBlob) -> InputBlob:
    return InputBlob(found.place.print(found.name), found.etag, found.size, found.content_type)


def _kind(name: str, content_type: str) -> str:
    return "" if format_by_name(name).format else content_type


@dataclass(frozen=True, slots=True)
class _Fixed:
    """The same blobs for all items."""

    printed: str
    found: tuple[InputBlob, ...]

    def look_up(self, values: Iterable[Mapping[str, str]]) -> None:
        """Do nothing: it was found before."""

    def blobs(self, values: Mapping[str, str]) -> tuple[InputBlob, ...]:
        """Return the blobs."""
        return self.found

    def close(self) -> None:
        """Do nothing."""


class _Named:
    """One blob for each item, whose name follows from its parts."""

    def __init__(self, workspace: Workspace, template: Template) -> None:
        self._workspace, self._template = workspace, template
        self.printed = template.printed
        self._place = None if template.reference is None else place_of(workspace, template.reference)
        self._wanted = WantedBlobs()

    def look_up(self, values: Iterable[Mapping[str, str]]) -> None:
        """Look up the blobs in bulk."""
        self._wanted.add((*self._name(parts), "", 0) for parts in values)
        self._wanted.look_up(lambda text: self._workspace.locate(text, names=()))

    def blobs(self, values: Mapping[str, str]) -> tuple[InputBlob, ...]:
        """Return the blob of an item."""
        place, name = self._name(values)
        etag, size, kind = self._wanted.get(place, name)
        return (InputBlob(place.print(name), etag, size, kind),)

    def close(self) -> None:
        """Remove what was looked up from disk."""
        self._wanted.close()

    def _name(self, values: Mapping[str, str]) -> tuple[Place, str]:
        name = self._template.fill(values, escape=_as_name)
        return local_place(name) if self._place is None else (self._place, name)


class _Matched:
    """The blobs for each item that match a pattern and have its parts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.printed = source.pattern.printed
        self._names = source.pattern.names
        self._database = open_scratch(_TABLES)

    def look_up(self, values: Iterable[Mapping[str, str]]) -> None:
        """List all that match, once; items without one of the parts are refused."""
        for parts in values:
            for name in self._names:
                parts[name]
        rows = map(_row, list_source(self._source))
        with in_room():
            self._database.execute("BEGIN")
            while batch := list(islice(rows, _AT_ONCE)):
                self._database.executemany("INSERT OR IGNORE INTO matched VALUES (?, ?, ?, ?, ?)", batch)
            self._database.execute("COMMIT")

    def blobs(self, values: Mapping[str, str]) -> tuple[InputBlob, ...]:
        """Return the blobs of an item, in the order of their names."""
        parts = [values[name] for name in self._names]
        query = "SELECT name, etag, size, type FROM matched WHERE parts = ? ORDER BY name LIMIT ?"
        with in_room():
            rows = self._database.execute(query, (json.dumps(parts), MAX_BLOBS + 1)).fetchall()
        if len(rows) > MAX_BLOBS:
            raise LimitError(
                f"dataset2 {self._shown(parts)} has more than {MAX_BLOBS} blobs, the most that one run can read",
                remedy="use a narrower pattern",
            )
        if not rows:
            return (InputBlob(self._shown(parts), "", 0),)
        place = self._source.place
        return tuple(InputBlob(place.print(decode_name(name)), etag, size, kind) for name, etag, size, kind in rows)

    def close(self) -> None:
        """Remove what matched from disk."""
        self._database.close()

    def _shown(self, parts: Sequence[str]) -> str:
        """Return the pattern with the values of an item's parts, for messages."""
        shown = self.printed
        for name, value in zip(self._names, parts, strict=True):
            shown = shown.replace(f"{{{name}}}", value)
        return shown


def _row(found: FoundBlob) -> tuple[str, bytes, str, int, str]:
    parts = json.dumps([value for _, value in found.named])
    return parts, encode_name(found.name), found.etag, found.size, found.content_type


def _as_name(value: str) -> str:
    """Return a value as a piece of the name of a blob that is there; one that would lead elsewhere finds none."""
    return escape_part(value) if value in (".", "..") or not {"/", "\\", "\0"}.isdisjoint(value) else value
