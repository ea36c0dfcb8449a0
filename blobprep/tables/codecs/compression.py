"""Compression of datasets with gzip and zip: removed before a codec reads, added when it writes."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, BinaryIO, Final, cast

from blobprep.formats import extension_of, format_by_name, format_named
from blobprep.protocol import AskedDataset, AskedResults
from blobprep.tables.codecs.csv.delimiters import require_likely_delimiter
from blobprep.tables.codecs.detection.agreement import require_agreement, with_format
from blobprep.tables.codecs.detection.content import detect_content
from blobprep.tables.codecs.detection.signatures import describe_document
from blobprep.tables.codecs.errors import dataset_error, option
from blobprep.tables.codecs.sink import Sink
from blobprep.tables.codecs.sources import BlobSource
from blobprep.tables.codecs.spool import SpooledFile
from blobprep.tables.streaming_input import ArrivalFailed

__all__ = ["compress", "open_blob"]

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_LISTED_MEMBERS: Final = 20
_CHUNK: Final = 1 << 20
_LEVEL: Final = 6
_DAMAGE: Final = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def open_blob(blob: BlobSource) -> BlobSource:
    """Return a blob decompressed, with its format known and its options complete.

    Raises:
        DatasetError: the blob is not compressed in the given way, or damaged; the zip does not have the member, or
            has several; the format cannot be detected, or the content is in another format.
    """
    blob = _decompress(blob)
    content = detect_content(blob)
    blob = with_format(blob, content)
    require_agreement(blob, content)
    require_likely_delimiter(blob.asked, content.sample)
    return blob


def _decompress(blob: BlobSource) -> BlobSource:
    asked, start = blob.asked, blob.source.read_at(0, 4)
    wanted = asked.options.get("compression", "auto")
    if wanted == "none":
        return blob
    if wanted != "zip" and start.startswith(_GZIP):
        return replace(blob, source=SpooledFile(_report_damage(_gunzip(blob), asked, "gzip")))
    if wanted != "gzip" and start.startswith(_ZIP):
        return _open_member(blob)
    if wanted != "auto":
        raise dataset_error(
            asked, f"is {detect_content(blob).description}, not {wanted}", option(asked, "compression=auto")
        )
    if asked.options.get("member"):
        raise dataset_error(asked, "is not a zip file, so it has no members", "leave out the option member")
    return blob


def _gunzip(blob: BlobSource) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=cast(IO[bytes], blob.source)) as file:
        while data := file.read(_CHUNK):
            yield data


def _open_member(blob: BlobSource) -> BlobSource:
    """Return the file in a zip that is the dataset; a document that is a zip itself, such as a workbook, is kept."""
    asked = blob.asked
    try:
        archive = zipfile.ZipFile(cast(IO[bytes], blob.source))
    except (ArrivalFailed, MemoryError):
        raise
    except Exception as error:  # zipfile also lets errors through that decoding a directory raises
        if isinstance(error.__context__, ArrivalFailed):
            raise error.__context__ from error
        raise dataset_error(
            asked, f"is not a zip file, or is damaged: {error}", "fetch it again, or create it again"
        ) from error
    if not asked.options.get("member") and describe_document(archive):
        return blob
    info = _choose_member(archive, asked)
    if info.flag_bits & 0x1:
        raise dataset_error(
            asked, f"has an encrypted member {info.filename!r}", "create the zip again without a password"
        )
    inner = replace(asked, reference=f"{asked.reference} ({info.filename})")
    if not asked.format and (named := format_by_name(info.filename).format) is not None:
        inner = replace(inner, format=named.name, found="name in the zip")
    return BlobSource(SpooledFile(_report_damage(_extract(archive, info), asked, "zip")), inner)


def _choose_member(archive: zipfile.ZipFile, asked: AskedDataset) -> zipfile.ZipInfo:
    files = {
        info.filename: info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    }
    wanted = asked.options.get("member", "")
    listing = ", ".join(map(repr, list(files)[:_LISTED_MEMBERS])) + (", …" if len(files) > _LISTED_MEMBERS else "")
    if wanted and wanted not in files:
        raise dataset_error(
            asked, f"has no member {wanted!r}", f"its members are {listing}" if files else "the zip is empty"
        )
    if wanted:
        return files[wanted]
    if len(files) == 1:
        return next(iter(files.values()))
    if not files:
        raise dataset_error(asked, "is a zip without files", "check the program that wrote it")
    first = option(asked, f"member={next(iter(files))}")
    raise dataset_error(asked, f"is a zip of {len(files)} files: {listing}", f"name the file to read, as in {first}")


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive, archive.open(info) as file:
        while data := file.read(_CHUNK):
            yield data


def _report_damage(pieces: Iterator[bytes], asked: AskedDataset, name: str) -> Iterator[bytes]:
    try:
        yield from pieces
    except ArrivalFailed:
        raise
    except _DAMAGE as error:
        raise dataset_error(
            asked, f"is a damaged {name} file: {error}", "fetch it again, or create it again"
        ) from error


@contextmanager
def compress(sink: BinaryIO, asked: AskedResults, port: str) -> Iterator[BinaryIO]:
    """Provide the sink for a codec to write to, which compresses in the requested way.

    The same table always gives the same bytes: no time is written.
    """
    match asked.options["compression"]:
        case "gzip":
            with gzip.GzipFile("", "wb", _LEVEL, cast(IO[bytes], Sink(sink)), mtime=0) as file:
                yield cast(BinaryIO, file)
        case "zip":
            plain = extension_of(format_named(asked.format), {**asked.options, "compression": "none"})
            info = zipfile.ZipInfo(f"{port}{plain}")
            info.compress_type = zipfile.ZIP_DEFLATED
            with (
                zipfile.ZipFile(
                    cast(IO[bytes], Sink(sink)), "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL
                ) as archive,
                archive.open(info, "w", force_zip64=True) as member,
            ):
                yield cast(BinaryIO, member)
        case _:
            yield sink
