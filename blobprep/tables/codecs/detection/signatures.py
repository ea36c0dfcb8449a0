"""The signatures of files that are not text, and what to do about each kind."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Final, Literal, cast

from blobprep.formats import FORMATS
from blobprep.tables.codecs.sources import Source
from blobprep.tables.codecs.text.sample import Sample
from blobprep.tables.streaming_input import ArrivalFailed

__all__ = ["Content", "ContentKind", "describe_document", "detect_signature"]


ContentKind = Literal["empty", "file", "unknown", "foreign", "message", "rows", "delimited", "text"]
"""Kinds of content: none; a file with a known signature; other bytes; and five kinds of text: one that no format reads
as rows, a message with headers and a body, rows in a format of their own, delimited cells, and any other text.
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What the bytes of a blob are.

    Attributes:
        kind: the kind of content.
        description: a phrase, as in "is an HTML page".
        formats: the formats that read it, the likeliest first; may be empty.
        options: the options that the first format needs to read it.
        advice: what to do if no format reads it.
        example: the first line of a text.
        sample: of a text.
    """

    kind: ContentKind
    description: str
    formats: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    advice: str = ""
    example: str = ""
    sample: Sample | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is text."""
        return self.kind not in ("empty", "file", "unknown")


_EXPORT: Final = "export its table as CSV or Parquet, and read that"
_UNPACK: Final = "unpack it, and read the file inside"
_SAVE: Final = "save it as .xlsx or CSV"

_SIGNATURES: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"ARROW1\0", "an Arrow file", "arrow"),
    (b"\xff\xff\xff\xff", "an Arrow stream", "arrow"),
    (b"\x1f\x8b", "a gzip file", _UNPACK),
    (b"\xfd7zXZ\0", "an xz file", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", _UNPACK),
    (b"\x04\x22\x4d\x18", "an LZ4 file", _UNPACK),
    (b"\xff\x06\0\0sNaPpY", "a Snappy file", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"SQLite format 3\0", "an SQLite database", _EXPORT),
    (b"\0\x01\0\0Standard ", "an Access database", _EXPORT),
    (b"Obj\x01", "an Avro file", _EXPORT),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _EXPORT),
    (b"CDF\x01", "a NetCDF file", _EXPORT),
    (b"CDF\x02", "a NetCDF file", _EXPORT),
    (b"\x93NUMPY", "a NumPy array", _EXPORT),
    (b"\x80\x02", "a Python pickle", _EXPORT),
    (b"\x80\x03", "a Python pickle", _EXPORT),
    (b"\x80\x04\x95", "a Python pickle", _EXPORT),
    (b"\x80\x05\x95", "a Python pickle", _EXPORT),
    (b"RDX2\n", "an R data file", _EXPORT),
    (b"RDX3\n", "an R data file", _EXPORT),
    (b"X\n\0\0\0", "an R data file", _EXPORT),
    (b"<stata_dta><header>", "a Stata file", _EXPORT),
    (b"$FL2@(#)", "an SPSS file", _EXPORT),
    (bytes(12) + b"\xc2\xea\x81\x60", "a SAS dataset", _EXPORT),
    (b"MATLAB 5.0 MAT-file", "a MATLAB file", _EXPORT),
    (b"\x09\0\x04\0", "a workbook of Excel 2", _SAVE),
    (b"\x09\x02\x06\0", "a workbook of Excel 3", _SAVE),
    (b"\x09\x04\x06\0", "a workbook of Excel 4", _SAVE),
    (b"{\\rtf", "an RTF document", _SAVE),
    (b"%PDF-", "a PDF document", _EXPORT),
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF87a", "a GIF image", ""),
    (b"GIF89a", "a GIF image", ""),
    (b"II*\0", "a TIFF image", ""),
    (b"MM\0*", "a TIFF image", ""),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90\0", "a program", ""),
)
"""First bytes, description, and the format that reads the file or else what to do."""

_SIGNATURES_LIKE_TEXT: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"PAR1", "a Parquet file", "parquet"),
    (b"PARE", "an encrypted Parquet file", "parquet"),
    (b"FEA1", "a Feather file of version 1", "write it again as Feather of version 2"),
    (b"ORC", "an ORC file", _EXPORT),
    (b"BZh", "a bzip2 file", _UNPACK),
    (b"RIFF", "an audio or video file", ""),
)
"""The same for signatures that may also begin a header, such as `ORCID`: bytes that are not text must follow."""

_NOT_TEXT: Final = re.compile(rb"[\0-\x08\x0e-\x1f]")
_EXAMINED: Final = 512
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TAR: Final = slice(257, 262)
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPES: Final = "[Content_Types].xml"
_OFFICE: Final = {"xl": "an Excel workbook", "word": "a Word document", "ppt": "a PowerPoint document"}
_OPEN_DOCUMENTS: Final = {
    "application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet",
    "application/epub+zip": "a book (EPUB)",
}
_STREAMS: Final = {
    "Workbook": "an old Excel workbook",
    "Book": "an old Excel workbook",
    "EncryptedPackage": "an Excel workbook with a password",
    "WordDocument": "a Word document",
    "PowerPoint Document": "a PowerPoint document",
    "__properties_version1.0": "an Outlook message",
}
_ENTRY, _ENTRIES = 128, 32


def detect_signature(start: bytes, source: Source) -> Content | None:
    """Detect a file by its signature; return None if it does not have a known one.

    Raises:
        ArrivalFailed: the input ended before the directory of a zip or an old Office document.
    """
    if start.startswith(_ZIP):
        return _detect_zip(source)
    if start.startswith(_COMPOUND):
        return _detect_compound(start, source)
    if start[_TAR] == b"ustar":
        return _file_content("a tar archive", _UNPACK)
    for magic, words, rest in _SIGNATURES:
        if start.startswith(magic):
            return _file_content(words, rest)
    for magic, words, rest in _SIGNATURES_LIKE_TEXT:
        if start.startswith(magic) and (start == magic or _NOT_TEXT.search(start, 0, _EXAMINED)):
            return _file_content(words, rest)
    return None


def describe_document(archive: zipfile.ZipFile) -> str:
    """Return what document a zip is, such as a workbook; empty for a zip that only contains files."""
    files = archive.infolist()
    names = {info.filename for info in files}
    if _TYPES in names:
        folders = {name.partition("/")[0] for name in names}
        return next((words for folder, words in _OFFICE.items() if folder in folders), "an Office document")
    if files and files[0].filename == "mimetype":
        return _OPEN_DOCUMENTS.get(_read_start(archive, files[0]), "an OpenDocument file")
    return ""


def _read_start(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    try:
        with archive.open(info) as file:
            return file.read(_ENTRY).decode("ascii", "replace")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return ""  # damaged, or compressed in an unknown way


def _file_content(words: str, rest: str) -> Content:
    """Return the content of a file, with the format that reads it or else what to do."""
    if rest in FORMATS:
        return Content("file", words, (rest,))
    return Content("file", words, advice=rest)


def _detect_zip(source: Source) -> Content:
    try:
        with zipfile.ZipFile(cast(IO[bytes], source)) as archive:
            words = describe_document(archive)
    except (ArrivalFailed, MemoryError):
        raise
    except Exception as error:  # zipfile also lets errors through that decoding a directory raises
        if isinstance(error.__context__, ArrivalFailed):
            raise error.__context__ from error
        return _file_content("a damaged zip file", "fetch it again, or create it again")
    if not words:
        return _file_content("a zip file", _UNPACK)
    return _file_content(words, "excel" if words == _OFFICE["xl"] else _SAVE)


def _detect_compound(start: bytes, source: Source) -> Content:
    """Detect the kind of an old Office document by the names of the streams in its directory.

    Source: Microsoft, [MS-CFB] sections 2.2 (the header) and 2.6 (directory entries).
    """
    size = 1 << min(int.from_bytes(start[30:32], "little"), 12)
    sector = int.from_bytes(start[48:52], "little")
    directory = source.read_at((sector + 1) * size, _ENTRIES * _ENTRY)
    for at in range(0, len(directory), _ENTRY):
        name = directory[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        if name in _STREAMS:
            words = _STREAMS[name]
            return _file_content(words, "excel" if "Excel" in words else _SAVE)
    return _file_content("an old Office document", "excel")
