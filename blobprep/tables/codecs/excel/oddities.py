"""Oddities of .xlsx cells that the reader accepts silently: errors, formulas never computed, long numbers.

All are rare, so the sheet's XML is searched for their marks instead of parsed. In .xls and .xlsb files numbers are
already doubles, and errors are not counted.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.sources import Source
from blobprep.tables.codecs.text.numerals import loses_digits

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Area", "find_oddities"]

Area = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a table, each as row and column from 0."""

_STEP: Final = 4 << 20
_LONGEST: Final = 64 << 10
_SMALL: Final = 16 << 20
_DOCUMENT: Final = "xl/workbook.xml"
_LINKS: Final = "xl/_rels/workbook.xml.rels"

_OPEN: Final = rb'<(?:\w+:)?c\s(?=[^>]*\br="(?P<column>[A-Z]{1,3})(?P<row>\d{1,7})")'
_FORMULA: Final = rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
_ERRORS: Final = re.compile(_OPEN + rb'(?=[^>]*\st="e")[^>]*>(?:' + _FORMULA + rb")?<(?:\w+:)?v>(?P<value>[^<]*)</")
_UNCOMPUTED: Final = re.compile(
    _OPEN
    + rb'(?![^>]*\st="(?:str|e)")[^>]*>(?P<value>'
    + _FORMULA
    + rb")(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_LONG: Final = re.compile(
    _OPEN + rb'(?![^>]*\st="(?!n")\w)[^>]*>(?:' + _FORMULA + rb")?<(?:\w+:)?v>(?P<value>-?\d{16,400})</"
)


@dataclass(frozen=True, slots=True)
class _Oddity:
    """One kind of oddity.

    Attributes:
        mark: a pattern that a piece of XML with such a cell contains; quick to search for.
        cell: a pattern of the whole cell.
        kind, detail, remedy: fields of its ledger entry.
    """

    mark: re.Pattern[bytes]
    cell: re.Pattern[bytes]
    kind: str
    detail: str
    remedy: str


_ODDITIES: Final = (
    _Oddity(re.compile(rb't="e"'), _ERRORS, "missing", "Errors became missing values", "replace them in the workbook"),
    _Oddity(
        re.compile(rb"(?:/|f)>(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"),
        _UNCOMPUTED,
        "missing",
        "Formulas that were never computed became missing values",
        "open the workbook in Excel and save it",
    ),
    _Oddity(
        re.compile(rb">-?\d{16,}</"),
        _LONG,
        "type",
        "Numbers with more digits than a double holds lost digits",
        "store them as text in the workbook",
    ),
)


def find_oddities(source: Source, sheet: str, area: Area | None, asked: AskedDataset) -> list[Translation]:
    """Return a ledger entry for each kind of oddity in a sheet.

    Args:
        source: the workbook; there are no entries if it is not an .xlsx file.
        sheet: the sheet's name.
        area: the cells to search; None means all.
        asked: the dataset.
    """
    counts = dict.fromkeys(_ODDITIES, 0)
    first: dict[_Oddity, tuple[str, str]] = {}
    for piece in _iter_pieces(source, sheet):
        for oddity in _ODDITIES:
            if oddity.mark.search(piece) is None:
                continue
            for match in oddity.cell.finditer(piece):
                if _is_in_area(match, area) and (oddity.cell is not _LONG or loses_digits(match["value"].decode())):
                    counts[oddity] += 1
                    place = (match["column"] + match["row"]).decode()
                    first.setdefault(oddity, (place, match["value"].decode("utf-8", "replace")[:EXAMPLE_LIMIT]))
    return [
        Translation(
            asked.port,
            "",
            oddity.kind,
            f"{oddity.detail}, the first in cell {place} of sheet {sheet!r}.",
            True,
            oddity.remedy,
            counts[oddity],
            example,
        )
        for oddity, (place, example) in first.items()
    ]


def _is_in_area(match: re.Match[bytes], area: Area | None) -> bool:
    if area is None:
        return True
    column = 0
    for letter in match["column"]:
        column = 26 * column + letter - ord("A") + 1
    (top, left), (bottom, right) = area
    return top < int(match["row"]) <= bottom + 1 and left < column <= right + 1


def _iter_pieces(source: Source, sheet: str) -> Iterator[bytes]:
    """Yield the XML of a sheet in pieces that end after a cell; nothing if the workbook is not an .xlsx file."""
    if source.read_at(0, 2) != b"PK":
        return
    with zipfile.ZipFile(cast(IO[bytes], source)) as archive:
        member = _find_member(archive, sheet)
        if not member:
            return
        with archive.open(member) as file:
            rest = b""
            while data := file.read(_STEP):
                data = rest + data
                cut = data.rfind(b"c>") + 2 if b"c>" in data else max(0, len(data) - _LONGEST)
                yield data[:cut]
                rest = data[cut:]
            yield rest


def _find_member(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the archive member of a sheet; empty if it is not found."""
    numbers = (
        next((value for key, value in element.items() if key.endswith("}id")), "")
        for element in _iter_elements(archive, _DOCUMENT, "sheet")
        if element.get("name") == sheet
    )
    number = next(numbers, "")
    targets = (
        link.get("Target", "") for link in _iter_elements(archive, _LINKS, "Relationship") if link.get("Id") == number
    )
    member = posixpath.normpath(posixpath.join("/xl", next(targets, ""))).removeprefix("/")
    return member if member in archive.NameToInfo and member.endswith(".xml") else ""


def _iter_elements(archive: zipfile.ZipFile, member: str, tag: str) -> Iterator[Element]:
    from xml.etree import ElementTree

    if member not in archive.NameToInfo or archive.NameToInfo[member].file_size > _SMALL:
        return
    try:
        root = ElementTree.fromstring(archive.read(member))  # noqa: S314  expat limits the expansion of entities
    except ElementTree.ParseError:
        return
    yield from (element for element in root.iter() if element.tag.rpartition("}")[2] == tag)
