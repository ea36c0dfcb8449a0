"""The script bundle: a module zip, checked and unpacked into the working folder.

Nothing in the zip is believed: names are checked before the first byte is written, sizes while bytes are written.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final, cast

from blobprep.errors import BundleError
from blobprep.formats import document_in
from blobprep.tables.streaming_input import ArrivalFailed, InputFile

__all__ = ["FOLDER_NAME", "WINDOWS_NAME", "checked_entries", "is_folder", "no_zip", "unpack"]

FOLDER_NAME: Final = "Script Bundle"
WINDOWS_NAME: Final = f".\\{FOLDER_NAME}"
"""As it stood on `sys.path` in Studio."""
MAX_ENTRIES: Final = 20_000
MAX_BYTES: Final = 4 * 1024**3
MAX_RATIO: Final = 200
MAX_NAME: Final = 2048  # with the working folder's, less than any system's longest path
_FREE_BYTES: Final = 64 * 1024**2  # below this no ratio is suspicious: text compresses well
_START: Final = 4096
_CHUNK: Final = 1024 * 1024
_DOS: Final = 0x10  # a folder, as DOS marks it
_UTF8: Final = 0x800  # the flag that says so of a name
_UNICODE_NAME: Final = 0x7075
_METHODS: Final = {9: "Deflate64", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_READABLE: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})


def unpack(source: InputFile, size: int, reference: str, folder: str) -> str:
    """Unpack a module zip to `Script Bundle` below a folder.

    Args:
        source: the zip.
        size: its bytes.
        reference: printed in messages.
        folder: the working folder.

    Returns:
        The absolute path of `Script Bundle`.

    Raises:
        BundleError: it is no zip, or an entry is encrypted, leaves the folder, has an absolute, doubled or unprintable
            name, is a link, or is damaged; or there are too many entries or bytes. The entry is named.
    """
    target = os.path.join(folder, FOLDER_NAME)
    with _opened(source, reference) as archive:
        entries = checked_entries(archive.infolist(), size, reference)
        os.mkdir(target, 0o700)
        budget = MAX_BYTES
        for name, info in entries.items():
            budget = _extract(archive, info, os.path.join(target, name), budget, reference)
    return target


def _opened(source: InputFile, reference: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(cast(IO[bytes], source))
    except (ArrivalFailed, MemoryError):
        raise
    except Exception as error:  # besides its own error `zipfile` lets through what decoding a directory raises
        if isinstance(error.__context__, ArrivalFailed):
            raise error.__context__ from error
        raise no_zip(reference, source.read_at(0, _START), error) from error


def no_zip(reference: str, start: bytes, error: Exception) -> BundleError:
    """Return the error for what cannot be opened as a zip.

    Args:
        reference: printed in the message.
        start: its first bytes.
        error: as `zipfile` raised it.
    """
    remedy = "make the zip again, or pass the unpacked folder with --bundle"
    if not start.startswith(b"PK") and (document := document_in(start)):
        return BundleError(f"the bundle {reference} is {document.kind}, and not a zip file", remedy=remedy)
    if start.startswith(b"PK"):
        return BundleError(f"the bundle {reference} is a zip file cut short, or damaged: {error}", remedy=remedy)
    return BundleError(f"the bundle {reference} is not a zip file, or damaged: {error}", remedy=remedy)


def checked_entries(infos: list[zipfile.ZipInfo], size: int, reference: str) -> dict[str, zipfile.ZipInfo]:
    """Check all entries and return them by their path below the folder.

    Args:
        infos: the entries.
        size: bytes of the zip.
        reference: printed in messages.

    Raises:
        BundleError: as `unpack`, as far as names and sizes tell.
    """
    if len(infos) > MAX_ENTRIES:
        raise BundleError(
            f"the bundle {reference} has {len(infos)} entries; {MAX_ENTRIES} are allowed",
            remedy="pack only what the script imports or reads",
        )
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = _checked_name(info, reference)
        if not name and is_folder(info):  # the folder itself, as some tools pack it
            continue
        if name in entries and not (is_folder(info) and is_folder(entries[name])):
            raise _refused(reference, info, "stands in it twice", "make the zip again, with each file once")
        entries[name] = info
    for name, info in entries.items():
        parents = (name[:index] for index, letter in enumerate(name) if letter == "/")
        if any(parent in entries and not is_folder(entries[parent]) for parent in parents):
            raise _refused(reference, info, "lies below an entry that is a file")
    total = sum(info.file_size for info in infos)
    if total > MAX_BYTES or (total > _FREE_BYTES and total > MAX_RATIO * size):
        largest = max(infos, key=lambda info: info.file_size)
        raise _refused(
            reference, largest, f"is part of {total} bytes unpacked from {size}, which looks like a zip bomb"
        )
    return entries


def _checked_name(info: zipfile.ZipInfo, reference: str) -> str:
    if info.flag_bits & 0x1:
        raise _refused(reference, info, "is encrypted", "make the zip again without a password")
    if info.compress_type not in _READABLE:
        method = _METHODS.get(info.compress_type, f"method {info.compress_type}")
        why = f"is compressed by {method}, which is not supported"
        raise _refused(reference, info, why, "make the zip again with Deflate, the plain method of zip files")
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused(reference, info, "is a link or a special file")
    original = _decoded_name(info)
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in original):
        raise _refused(reference, info, "has control characters in its name")
    # Some tools on Windows write backslashes between folders.
    name = original.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        raise _refused(reference, info, "has an absolute name")
    if ".." in parts:
        raise _refused(reference, info, "leaves the folder")
    sizes = [len(part.encode("utf-8", "surrogatepass")) for part in parts]
    if max(sizes, default=0) > 255 or sum(sizes) + len(sizes) > MAX_NAME or not (parts or is_folder(info)):
        raise _refused(reference, info, "has a name no file can have")
    return "/".join(parts)


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; those that macOS writes as UTF-8 without saying so are no code page 437."""
    name = info.orig_filename
    if name.isascii() or info.flag_bits & _UTF8:
        return name
    try:
        raw = name.encode("cp437")
        return _unicode_name(info.extra, raw) or raw.decode()
    except UnicodeError:
        return name


def _unicode_name(extra: bytes, raw: bytes) -> str:
    """Return the name that Info-ZIP keeps beside one in another encoding; empty where it is not of that one."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_NAME and len(field) > 5 and struct.unpack_from("<L", field, 1)[0] == zlib.crc32(raw):
            return field[5:].decode()
    return ""


def is_folder(info: zipfile.ZipInfo) -> bool:
    """Tell whether an entry is a folder: by the end of its name, or by what it says of itself."""
    named = info.orig_filename.endswith(("/", "\\"))
    return named or (not info.file_size and (stat.S_ISDIR(info.external_attr >> 16) or bool(info.external_attr & _DOS)))


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, budget: int, reference: str) -> int:
    """Write one entry; return how many bytes the rest may have."""
    if is_folder(info):
        os.makedirs(path, 0o700, exist_ok=True)
        return budget
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    with open(path, "xb") as file:
        for chunk in _unpacked(archive, info, reference):
            budget -= len(chunk)
            if budget < 0:
                raise _refused(reference, info, f"unpacks to more than {MAX_BYTES} bytes")
            file.write(chunk)
    return budget


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, reference: str) -> Iterator[bytes]:
    try:
        with archive.open(info) as member:
            while chunk := member.read(_CHUNK):
                yield chunk
    except (ArrivalFailed, MemoryError):
        raise
    except Exception as error:  # zlib, bz2 and lzma have errors of their own that share no class
        raise _refused(reference, info, f"is damaged: {error}") from error


def _refused(
    reference: str, info: zipfile.ZipInfo, why: str, remedy: str = "make the zip again without it"
) -> BundleError:
    return BundleError(f"the bundle {reference} is refused: its entry {info.orig_filename!r} {why}", remedy=remedy)
