"""The separator of a text: detected from a sample of its lines, or named by a hint for Excel in the first line.

The majority of lines decides, so a title, a footnote or a damaged line does not matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import Final

from blobprep.formats import FORMATS, delimiter_named
from blobprep.protocol import AskedDataset
from blobprep.tables.codecs.errors import dataset_error, option
from blobprep.tables.codecs.text.sample import Sample

__all__ = [
    "DelimiterEvidence",
    "count_delimiter",
    "describe_delimiter",
    "find_delimiter",
    "format_for",
    "likely_delimiter",
    "require_likely_delimiter",
    "separator_hint",
    "spell_delimiter",
]

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "\t": ("tabs", "tab"),
    ";": ("semicolons", ";"),
    "|": ("bars", "|"),
    ",": ("commas", '","'),
}
"""The characters to look for, their names, and how the option `delimiter` spells them."""

_LEAST_SHARE: Final = 0.6
"""The share of lines that must be alike."""

_EXCERPT: Final = 60
_QUOTED: Final = re.compile(r'(?:(?<=[\r\n\t;|,])|\A)"(?:[^"]|"")*"(?=[\r\n\t;|,]|\Z)')
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d),(?=\d)")
_FIRST_LINE: Final = re.compile(r"[\r\n]*([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_HINT: Final = re.compile(r"(?i)sep=(\\t|tab|.?)\1*[\t;|, ]*")
"""The hint without quotes; a program that saved the table again may have appended separators."""


@dataclass(frozen=True, slots=True)
class DelimiterEvidence:
    """How consistently one character divides a sample of lines.

    Attributes:
        delimiter: the character.
        count: how often most lines contain it outside quotes.
        alike: how many lines do, including those with one more at their end.
        lines: the number of lines examined.
        example: one of the lines.
        prose: whether blanks mostly follow the character, as after a comma or semicolon in a sentence.
    """

    delimiter: str
    count: int
    alike: int
    lines: int
    example: str
    prose: bool


def count_delimiter(lines: Sequence[str], delimiter: str) -> DelimiterEvidence:
    """Count how many lines a character divides alike; a line break within quotes does not end a line.

    >>> count_delimiter(["of May", "a;b;c", "1;2;3;", '"x;y";"', '";z'], ";").alike
    3
    """
    return _count_in(_without_quoted(lines), delimiter)


def _without_quoted(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return _QUOTED.sub("", text) if '"' in text else text  # most have none, and finding that out takes no time


def _count_in(text: str, delimiter: str) -> DelimiterEvidence:
    """Count in lines from which quoted text was removed. All samples pass here, so that it takes few steps a line."""
    if delimiter not in text:
        return DelimiterEvidence(delimiter, 0, 0, text.count("\n") + 1, "", prose=False)
    bare = text.split("\n")
    counts = list(map(methodcaller("count", delimiter), bare))
    votes = Counter(counts)
    if f"{delimiter}\n" in text or text.endswith(delimiter):
        votes.update(count - 1 for count, line in zip(counts, bare, strict=True) if line.endswith(delimiter))
    del votes[0]
    count, alike = max(votes.items(), key=lambda vote: (vote[1], vote[0]), default=(0, 0))
    example = bare[counts.index(count)] if count in counts else ""
    return DelimiterEvidence(
        delimiter, count, alike, len(bare), example, 2 * text.count(f"{delimiter} ") > text.count(delimiter)
    )


def find_delimiter(lines: Sequence[str]) -> DelimiterEvidence | None:
    """Find the character that divides most lines alike; return None if there is no such character."""
    text = _without_quoted(lines)
    found = [columns for columns in (_count_in(text, delimiter) for delimiter in _NAMES) if _is_convincing(columns)]
    best = max(found, key=lambda columns: (columns.alike, columns.count), default=None)
    if best is None or best.delimiter != ",":
        return best
    rivals = [columns for columns in found if columns.alike == best.alike and columns is not best]
    # Decimal commas are as frequent as the cells that contain them.
    return rivals[0] if rivals and "," not in _BETWEEN_DIGITS.sub("", best.example) else best


def likely_delimiter(lines: Sequence[str]) -> str:
    """Return the character that divides most lines alike, empty if there is no such character.

    >>> likely_delimiter(["a;b", "1,5;2"]), likely_delimiter(["Ort;Menge;Preis", "Aachen;3;1,5", "Summe;7"])
    (';', ';')
    >>> likely_delimiter(["remark", "late; two boxes open", "on time"])
    ''
    """
    found = find_delimiter(lines)
    return found.delimiter if found else ""


def require_likely_delimiter(asked: AskedDataset, sample: Sample | None) -> None:
    """Refuse a text whose lines are clearly separated by another character than its format suggests.

    Only a guessed format is checked: `format=csv` or a hint in the first line settles it.

    Args:
        asked: the dataset, with its options complete.
        sample: of its text; None if it is no text.

    Raises:
        DatasetError: shows a line, and offers both ways to read it.
    """
    if asked.found.startswith("asked") or "delimiter" not in asked.options:
        return
    if asked.options["delimiter"] != FORMATS[asked.format].reads["delimiter"].default:
        return
    lines = sample.first if sample else ()
    own = delimiter_named(asked.options["delimiter"])
    if not sample or not lines or separator_hint(lines[0]) is not None or _divides(own, lines):
        return
    found = find_delimiter(lines) or find_delimiter(sample.lines) or _find_in_header(lines)
    if found is None or found.delimiter == own:
        return
    raise dataset_error(
        asked,
        f"is {asked.format} by its {asked.found}, but its lines are separated by {describe_delimiter(found.delimiter)}"
        f", not by {describe_delimiter(own)}: {found.example[:_EXCERPT]!r}",
        f"{option(asked, f'delimiter={spell_delimiter(found.delimiter)}')}, or"
        f" {option(asked, f'format={asked.format}')} to read it unchanged",
    )


def separator_hint(text: str) -> tuple[str, int] | None:
    r"""Return the separator that a hint for Excel in the first line names, empty if it is missing, and its length.

    Returns None if the first line is not such a hint.

    >>> separator_hint("sep=;\r\nOrt;Menge\r\n"), separator_hint('"SEP=,",,\na,b,c'), separator_hint("a,b\n")
    ((';', 7), (',', 10), None)
    """
    line = _FIRST_LINE.match(text)
    match = _HINT.fullmatch(line[1].replace('"', "")) if line else None
    if line is None or match is None:
        return None
    return ("\t" if match[1].lower() in ("\\t", "tab") else match[1]), line.end()


def format_for(delimiter: str) -> tuple[str, tuple[str, ...]]:
    r"""Return the format of text with this separator, and the options it needs.

    >>> format_for("\t"), format_for(";")
    (('tsv', ()), ('csv', ('delimiter=;',)))
    """
    if delimiter == "\t":
        return "tsv", ()
    return "csv", () if delimiter in (",", "") else (f"delimiter={spell_delimiter(delimiter)}",)


def describe_delimiter(delimiter: str) -> str:
    """Return the name of a delimiter, in the plural."""
    return _NAMES[delimiter][0] if delimiter in _NAMES else repr(delimiter)


def spell_delimiter(delimiter: str) -> str:
    """Return a delimiter as the option `delimiter` spells it."""
    return _NAMES[delimiter][1] if delimiter in _NAMES else delimiter


def _is_convincing(columns: DelimiterEvidence) -> bool:
    if columns.alike < 2 or columns.alike < _LEAST_SHARE * columns.lines:
        return False
    return columns.alike == columns.lines or not columns.prose


def _find_in_header(lines: Sequence[str]) -> DelimiterEvidence | None:
    """Find what divides the only line of a text, a header without rows."""
    if len(lines) != 1:
        return None
    found = find_delimiter([*lines, *lines])
    return None if found is None or found.prose else found


def _divides(own: str, lines: Sequence[str]) -> bool:
    """Tell whether a character is in the first line, and as frequent in most lines."""
    columns = count_delimiter(lines, own)
    first = count_delimiter(lines[:1], own)
    return first.count > 0 and (first.count in (columns.count, columns.count + 1) and 2 * columns.alike > columns.lines)
