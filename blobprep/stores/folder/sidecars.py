"""Content types and metadata of the blobs in a folder, which a file itself cannot hold.

A content type follows from the extension. One that differs is kept, like metadata, in a sidecar for one state of the
blob, `.blobprep/<escaped name>/<ETag>.json` inside the container. It is written before the data is published, and older
ones are removed afterwards, so neither a crash nor another program's edit gives a blob the metadata of another state.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from blobprep.formats.table import default_content_type
from blobprep.stores.folder.names import RESERVED

__all__ = ["BlobMetadata", "Sidecars"]

_LONGEST: Final = 200
_SIDECAR_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BlobMetadata:
    """The content type and metadata of a blob.

    Attributes:
        content_type: as given.
        metadata: names and values as given.
    """

    content_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)


class Sidecars:
    """The sidecars of one container.

    Args:
        folder: the folder of the container.
        keeps_content_types: False if the extension alone decides the content type.
    """

    def __init__(self, folder: Path, *, keeps_content_types: bool = True) -> None:
        self._folder = folder / RESERVED
        self._keeps_content_types = keeps_content_types

    def read(self, blob: str, etag: str) -> BlobMetadata | None:
        """Return the metadata of this state of the blob; None if it has no sidecar."""
        try:
            with (self._folder / _key(blob) / f"{etag}.json").open("rb") as file:
                document = json.loads(file.read(_SIDECAR_BYTES))
            return BlobMetadata(
                str(document["content_type"]), {str(name): str(value) for name, value in document["metadata"].items()}
            )
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, TypeError, KeyError, AttributeError):
            return None  # not ours, or cut short by a crash, and then it belongs to no published state

    def write(self, blob: str, etag: str, metadata: BlobMetadata) -> None:
        """Write the sidecar of a state that is about to be published, unless the extension says everything."""
        differs = self._keeps_content_types and metadata.content_type != default_content_type(blob)
        if not differs and not metadata.metadata:
            return
        sidecar = self._folder / _key(blob) / f"{etag}.json"
        sidecar.parent.mkdir(parents=True, exist_ok=True)
        content_type = metadata.content_type if self._keeps_content_types else default_content_type(blob)
        sidecar.write_text(
            json.dumps({"blob": blob, "content_type": content_type, "metadata": dict(metadata.metadata)}, indent=1)
        )

    def keep_only(self, blob: str, etag: str | None) -> None:
        """Remove the sidecars of all other states of the blob; None for all states."""
        folder = self._folder / _key(blob)
        if not folder.is_dir():
            return
        for sidecar in folder.iterdir():
            if sidecar.name != f"{etag}.json":
                sidecar.unlink(missing_ok=True)
        for emptied in (folder, self._folder):
            if any(emptied.iterdir()):
                return
            emptied.rmdir()

    def index(self) -> SidecarIndex:
        """Return which blobs have a sidecar, so that a listing reads no others."""
        try:
            return SidecarIndex(frozenset(entry.name for entry in self._folder.iterdir()))
        except (FileNotFoundError, NotADirectoryError):
            return SidecarIndex(frozenset())


@dataclass(frozen=True, slots=True)
class SidecarIndex:
    """The blobs that have a sidecar, by the key of their names."""

    keys: frozenset[str]

    def __contains__(self, blob: str) -> bool:
        return _key(blob) in self.keys


def _key(blob: str) -> str:
    """Escape a whole name into one component; a long one is hashed, after a mark that no escaped name begins with."""
    escaped = quote(blob, safe=" ", errors="surrogateescape")
    if len(escaped) <= _LONGEST and escaped not in {"", ".", ".."}:
        return escaped
    return "%sha256-" + hashlib.sha256(blob.encode("utf-8", "surrogateescape")).hexdigest()
