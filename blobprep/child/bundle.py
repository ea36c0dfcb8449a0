"""The script bundle: a module zip that is checked and unpacked into the working folder.

Nothing in the zip is trusted: names are checked before the first byte is written, sizes while bytes are written.
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

__all__ = ["FOLDER_NAME", "WINDOWS_NAME", "check_entries", "is_folder", "unpack", "zip_error"]

FOLDER_NAME: Final = "Script Bundle"
WINDOWS_NAME: Final = f".\\{FOLDER_NAME}"
"""The entry on `sys.path` in Studio."""
MAX_ENTRIES: Final = 20_000
MAX_BYTES: Final = 4 * 1024**3
MAX_RATIO: Final = 200
MAX_NAME: Final = 2048  # together with the working folder's, less than any system's longest path
_FREE_BYTES: Final = 64 * 1024**2  # below this any ratio is acceptable: text compresses well
_START: Final = 4096
_CHUNK: Final = 1024 * 1024
_DOS: Final = 0x10  # DOS's attribute for a folder
_UTF8: Final = 0x800  # the flag for a name in UTF-8
_UNICODE_NAME: Final = 0x7075
_METHODS: Final = {9: "Deflate64", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_READABLE: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})


def unpack(source: InputFile, size: int, reference: str, folder: str) -> str:
    """Unpack a module zip to `Script Bundle` below a folder.

    Args:
        source: the zip.
        size: bytes of the zip.
        reference: printed in messages.
        folder: the working folder.

    Returns:
        The absolute path of `Script Bundle`.

    Raises:
        BundleError: the file is not a zip; an entry is encrypted, damaged or a link, leaves the folder, or has an
            absolute, repeated or unprintable name; or there are too many entries or bytes. The message names the entry.
    """
    target = os.path.join(folder, FOLDER_NAME)
    with _open(source, reference) as archive:
        entries = check_entries(archive.infolist(), size, reference)
        os.mkdir(target, 0o700)
        budget = MAX_BYTES
        for name, info in entries.items():
            budget = _extract(archive, info, os.path.join(target, name), budget, reference)
    return target


def _open(source: InputFile, reference: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(cast(IO[bytes], source))
    except (ArrivalFailed, MemoryError):
        raise
    except Exception as error:  # besides its own error, `zipfile` passes on what decoding a directory raises
        if isinstance(error.__context__, ArrivalFailed):
            raise error.__context__ from error
        raise zip_error(reference, source.read_at(0, _START), error) from error


def zip_error(reference: str, start: bytes, error: Exception) -> BundleError:
    """Return the error for a file that cannot be opened as a zip.

    Args:
        reference: printed in the message.
        start: the first bytes of the file.
        error: the exception of `zipfile`.
    """
    remedy = "make the zip again, or pass the unpacked folder with --bundle"
    if not start.startswith(b"PK") and (document := document_in(start)):
        return BundleError(f"the bundle {reference} is {document.kind}, not a zip file", remedy=remedy)
    if start.startswith(b"PK"):
        return BundleError(f"the bundle {reference} is an incomplete or damaged zip file: {error}", remedy=remedy)
    return BundleError(f"the bundle {reference} is not a zip file, or is damaged: {error}", remedy=remedy)


def check_entries(infos: list[zipfile.ZipInfo], size: int, reference: str) -> dict[str, zipfile.ZipInfo]:
    """Check all entries and return them by their path below the folder.

    Args:
        infos: the entries.
        size: bytes of the zip.
        reference: printed in messages.

    Raises:
        BundleError: as for `unpack`, as far as names and sizes show it.
    """
    if len(infos) > MAX_ENTRIES:
        raise BundleError(
            f"the bundle {reference} has {len(infos)} entries; at most {MAX_ENTRIES} are allowed",
            remedy="pack only what the script imports or reads",
        )
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = _check_name(info, reference)
        if not name and is_folder(info):  # some tools pack the folder itself
            continue
        if name in entries and not (is_folder(info) and is_folder(entries[name])):
            raise _entry_error(reference, info, "appears twice", "make the zip again, with each file once")
        entries[name] = info
    for name, info in entries.items():
        parents = (name[:index] for index, letter in enumerate(name) if letter == "/")
        if any(parent in entries and not is_folder(entries[parent]) for parent in parents):
            raise _entry_error(reference, info, "is below an entry that is a file")
    total = sum(info.file_size for info in infos)
    if total > MAX_BYTES or (total > _FREE_BYTES and total > MAX_RATIO * size):
        largest = max(infos, key=lambda info: info.file_size)
        raise _entry_error(
            reference, largest, f"is part of {total} bytes unpacked from {size}, which looks like a zip bomb"
        )
    return entries


def _check_name(info: zipfile.ZipInfo, reference: str) -> str:
    if info.flag_bits & 0x1:
        raise _entry_error(reference, info, "is encrypted", "make the zip again without a password")
    if info.compress_type not in _READABLE:
        method = _METHODS.get(info.compress_type, f"method {info.compress_type}")
        why = f"is compressed with {method}, which is not supported"
        raise _entry_error(reference, info, why, "make the zip again with Deflate, the usual method of zip files")
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _entry_error(reference, info, "is a link or a special file")
    original = _decode_name(info)
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in original):
        raise _entry_error(reference, info, "has control characters in its name")
    # Some tools on Windows write backslashes between folders.
    name = original.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        raise _entry_error(reference, info, "has an absolute name")
    if ".." in parts:
        raise _entry_error(reference, info, "has '..' in its name")
    sizes = [len(part.encode("utf-8", "surrogatepass")) for part in parts]
    if max(sizes, default=0) > 255 or sum(sizes) + len(sizes) > MAX_NAME or not (parts or is_folder(info)):
        raise _entry_error(reference, info, "has an empty name, or one too long for a file")
    return "/".join(parts)


def _decode_name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; macOS writes UTF-8 without the flag, which is not code page 437."""
    name = info.orig_filename
    if name.isascii() or info.flag_bits & _UTF8:
        return name
    try:
        raw = name.encode("cp437")
        return _find_unicode_name(info.extra, raw) or raw.decode()
    except UnicodeError:
        return name


def _find_unicode_name(extra: bytes, raw: bytes) -> str:
    """Return the Unicode name that Info-ZIP adds to a name in another encoding; empty if it belongs to another name."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_NAME and len(field) > 5 and struct.unpack_from("<L", field, 1)[0] == zlib.crc32(raw):
            return field[5:].decode()
    return ""


def is_folder(info: zipfile.ZipInfo) -> bool:
    """Tell whether an entry is a folder, by the end of its name or by its attributes."""
    named = info.orig_filename.endswith(("/", "\\"))
    return named or (not info.file_size and (stat.S_ISDIR(info.external_attr >> 16) or bool(info.external_attr & _DOS)))


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, budget: int, reference: str) -> int:
    """Write one entry; return how many bytes are left for the others."""
    if is_folder(info):
        os.makedirs(path, 0o700, exist_ok=True)
        return budget
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    with open(path, "xb") as file:
        for chunk in _read_chunks(archive, info, reference):
            budget -= len(chunk)
            if budget < 0:
                raise _entry_error(reference, info, f"unpacks to more than {MAX_BYTES} bytes")
            file.write(chunk)
    return budget


def _read_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, reference: str) -> Iterator[bytes]:
    try:
        with archive.open(info) as member:
            while chunk := member.read(_CHUNK):
                yield chunk
    except (ArrivalFailed, MemoryError):
        raise
    except Exception as error:  # zlib, bz2 and lzma raise errors of their own, without a common class
        raise _entry_error(reference, info, f"is damaged: {error}") from error


def _entry_error(
    reference: str, info: zipfile.ZipInfo, why: str, remedy: str = "make the zip again without it"
) -> BundleError:
    return BundleError(f"the bundle {reference} is refused: its entry {info.orig_filename!r} {why}", remedy=remedy)
