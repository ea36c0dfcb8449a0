"""What is checked: a script, a zip or a folder, with the files in it."""

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

__all__ = ["Member", "Members", "Script", "is_zip", "opened_bundle", "read_script"]

_MAX_PYTHON: Final = 64 * 1024 * 1024
_START: Final = 64
_RANGE: Final = 1024 * 1024
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Script:
    """Hold a script's bytes, and where it is."""

    located: BlobLocation
    properties: BlobProperties
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """Describe a file of a bundle.

    Attributes:
        name: its path below the bundle.
        size: bytes.
        start: its first bytes, of libraries and compiled Python; else empty.
        text: all of it, of Python files; None where it is too large, or the bundle has too many.
    """

    name: str
    size: int
    start: bytes = field(default=b"", repr=False)
    text: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Members:
    """Hold the files of a bundle.

    Attributes:
        kind: `zip` or `folder`.
        printed: its reference.
        files: by name, in order.
    """

    kind: Literal["zip", "folder"]
    printed: str
    files: Mapping[str, Member]


def read_script(located: BlobLocation) -> Script:
    """Read a script whole.

    Raises:
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the store answers.
        ScriptError: it is too large to be one.
        BlobChanged: it changed in between.
    """
    properties = require_data(located)
    if properties.size > MAX_SIZE:
        raise ScriptError(
            f"the script {located.printed} has {properties.size} bytes; {MAX_SIZE} are read",
            remedy="is it the right file? Data belongs in a dataset or the bundle",
        )
    try:
        return Script(located, properties, located.read(if_match=properties.etag))
    except (ConditionNotMet, BlobNotFound) as error:
        raise blob_changed(located, properties.etag) from error


def is_zip(located: BlobLocation) -> bool:
    """Tell by its first bytes whether a blob or file is a zip; raises as the store."""
    return located.read(length=4) in _ZIP


def opened_bundle(bundle: Bundle) -> Members:
    """Read the Python of a bundle, and the start of what else Python may load; nothing is unpacked.

    Raises:
        BundleError: it is no zip, one that a run would refuse, or a folder that cannot be packed.
        BlobNotFound, ContainerNotFound, AccessError, StoreUnavailable: as the store answers.
    """
    printed = str(bundle.path) if isinstance(bundle, GivenFolder) else bundle.printed
    with opened_zip(bundle) as (archive, size):
        entries = check_entries(archive.infolist(), size, printed)
        budget, files = _MAX_PYTHON, {}
        for name, info in sorted(entries.items()):
            if not is_folder(info):
                files[name] = _member(archive, info, name, budget, printed)
                budget -= len(files[name].text or b"")
    return Members("folder" if isinstance(bundle, GivenFolder) else "zip", printed, files)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: int, printed: str) -> Member:
    lower = name.lower()
    if lower.endswith((".py", ".pyw")) and info.file_size <= min(MAX_SIZE, budget):
        text = read_entry(archive, info, MAX_SIZE + 1, printed)
        return Member(name, info.file_size, text=text if len(text) <= MAX_SIZE else None)
    if lower.endswith((".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib")):
        return Member(name, info.file_size, read_entry(archive, info, _START, printed))
    return Member(name, info.file_size)


def read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, printed: str) -> bytes:
    """Read up to `limit` bytes of an entry.

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
            f"the bundle {printed} is damaged: its entry {info.orig_filename!r}: {error}", remedy="make the zip again"
        ) from error


@contextmanager
def opened_zip(bundle: Bundle) -> Iterator[tuple[zipfile.ZipFile, int]]:
    """Open a module zip, or a folder as the zip that a run would make of it; with its size in bytes.

    Raises:
        BundleError: it is no zip, or damaged.
        BlobChanged: it changed since it was looked at.
        StoreError: as the store answers.
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
    """Read a blob by ranges, as it was when it was looked at."""

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
