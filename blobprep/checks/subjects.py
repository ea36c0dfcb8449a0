"""What is checked: a script, a zip or a folder, with its files."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Final, Literal, cast

from blobprep.child.bundle import check_entries, is_folder, zip_error
from blobprep.errors import BlobNotFound, BlobprepError, BundleError, ConditionNotMet, ScriptError
from blobprep.inputs.bundle_zip import pack_folder
from blobprep.inputs.sources import Bundle, GivenFolder
from blobprep.lint import MAX_SIZE
from blobprep.stores import BlobProperties
from blobprep.stores.folder_markers import require_data
from blobprep.stores.location import BlobLocation, blob_changed
from blobprep.tables.streaming_input import PositionalReader

__all__ = ["BundleFile", "BundleFiles", "Script", "is_zip", "read_bundle", "read_script"]

_MAX_PYTHON: Final = 64 * 1024 * 1024
_START: Final = 64
_RANGE: Final = 1024 * 1024
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Script:
    """A script: where it is, and its bytes."""

    located: BlobLocation
    properties: BlobProperties
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file of a bundle.

    Attributes:
        name: its path below the bundle.
        size: bytes.
        start: the first bytes of a library or of compiled Python; empty for other files.
        text: the whole of a Python file; None if it is too large, or if the bundle holds too much Python, and for
            other files.
    """

    name: str
    size: int
    start: bytes = field(default=b"", repr=False)
    text: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class BundleFiles:
    """The files of a bundle.

    Attributes:
        kind: `zip` or `folder`.
        printed: its reference.
        files: by name, in order.
    """

    kind: Literal["zip", "folder"]
    printed: str
    files: Mapping[str, BundleFile]


def read_script(located: BlobLocation) -> Script:
    """Return a script with all of its bytes.

    Raises:
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: the store refuses or fails.
        ScriptError: it is too large for a script.
        BlobChanged: it changed while it was read.
    """
    properties = require_data(located)
    if properties.size > MAX_SIZE:
        raise ScriptError(
            f"the script {located.printed} has {properties.size} bytes; a script may have {MAX_SIZE}",
            remedy="check that it is the right file; put data into a dataset or the bundle",
        )
    try:
        return Script(located, properties, located.read(if_match=properties.etag))
    except (ConditionNotMet, BlobNotFound) as error:
        raise blob_changed(located, properties.etag) from error


def is_zip(located: BlobLocation) -> bool:
    """Return whether a blob or file starts like a zip; raises what the store raises."""
    return located.read(length=4) in _ZIP


def read_bundle(bundle: Bundle) -> BundleFiles:
    """Return the files of a bundle: Python whole, the start of what else Python may load; nothing is unpacked.

    Raises:
        BundleError: it is not a zip, a run would refuse it, or the folder cannot be packed.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: the store refuses or fails.
    """
    printed = str(bundle.path) if isinstance(bundle, GivenFolder) else bundle.printed
    with open_zip(bundle) as (archive, size):
        entries = check_entries(archive.infolist(), size, printed)
        budget, files = _MAX_PYTHON, {}
        for name, info in sorted(entries.items()):
            if not is_folder(info):
                files[name] = _member(archive, info, name, budget, printed)
                budget -= len(files[name].text or b"")
    return BundleFiles("folder" if isinstance(bundle, GivenFolder) else "zip", printed, files)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: int, printed: str) -> BundleFile:
    lower = name.lower()
    if lower.endswith((".py", ".pyw")) and info.file_size <= min(MAX_SIZE, budget):
        text = read_entry(archive, info, MAX_SIZE + 1, printed)
        return BundleFile(name, info.file_size, text=text if len(text) <= MAX_SIZE else None)
    if lower.endswith((".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib")):
        return BundleFile(name, info.file_size, read_entry(archive, info, _START, printed))
    return BundleFile(name, info.file_size)


def read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, printed: str) -> bytes:
    """Return up to `limit` bytes of an entry.

    Raises:
        BundleError: it is damaged.
    """
    try:
        with archive.open(info) as entry:
            return entry.read(limit)
    except (BlobprepError, OSError, MemoryError):
        raise
    except Exception as error:  # zlib, bz2 and lzma have errors of their own that share no class
        raise BundleError(
            f"the bundle {printed} is damaged: its entry {info.orig_filename!r}: {error}", remedy="create the zip again"
        ) from error


@contextmanager
def open_zip(bundle: Bundle) -> Iterator[tuple[zipfile.ZipFile, int]]:
    """Open a module zip, or the zip that a run would make of a folder; yield it with its size in bytes.

    Raises:
        BundleError: it is not a zip, or it is damaged.
        BlobChanged: it changed since its properties were read.
        StoreError: the store refuses or fails.
    """
    if isinstance(bundle, GivenFolder):
        with pack_folder(bundle.path) as packed, os.fdopen(os.dup(packed.readable), "rb") as file:
            file.seek(0)
            with zipfile.ZipFile(file) as archive:
                yield archive, packed.size
        return
    try:
        properties = bundle.properties()
        ranges = io.BufferedReader(_Ranges(bundle, properties), _RANGE)
        archive = zipfile.ZipFile(cast(IO[bytes], ranges))
    except (BlobprepError, OSError, MemoryError):
        raise
    except Exception as error:  # besides its own error `zipfile` lets through what decoding a directory raises
        raise zip_error(bundle.printed, bundle.read(length=_RANGE), error) from error
    with archive:
        yield archive, properties.size


class _Ranges(PositionalReader):
    """A blob that is read by ranges, pinned to the ETag of its properties."""

    def __init__(self, located: BlobLocation, properties: BlobProperties) -> None:
        super().__init__()
        self._located, self._properties = located, properties

    def read_at(self, offset: int, length: int) -> bytes:
        if length <= 0 or offset >= self._properties.size:
            return b""
        try:
            return self._located.read(offset=offset, length=length, if_match=self._properties.etag)
        except (ConditionNotMet, BlobNotFound) as error:
            raise blob_changed(self._located, self._properties.etag) from error

    def end(self) -> int:
        return self._properties.size
