"""The header of an ARFF dataset: the names and types of its attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyarrow as pa

from blobprep.errors import DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset
from blobprep.tables.codecs.arff.date_patterns import DEFAULT, Pattern, UnknownLetter
from blobprep.tables.codecs.arff.tokens import TOKEN, unescape
from blobprep.tables.codecs.errors import dataset_error, option

__all__ = ["Attribute", "HeaderReader"]

Kind = Literal["numeric", "integer", "string", "nominal", "date"]

_KEYWORD: Final = re.compile(r"\s*@(\w+)")
_KINDS: Final[dict[str, Kind]] = {
    "numeric": "numeric",
    "real": "numeric",
    "integer": "integer",
    "string": "string",
    "date": "date",
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """The declaration of a column.

    Attributes:
        name: as declared.
        kind: the declared type; `real` counts as `numeric`.
        labels: the labels of a nominal attribute, in order.
        pattern: the pattern of a date.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...] = ()
    pattern: Pattern | None = None

    @property
    def type(self) -> Any:
        """The Arrow type of its column."""
        if self.kind == "nominal":
            return pa.dictionary(pa.int32(), pa.string())
        if self.pattern is not None:
            return self.pattern.kind
        return {"numeric": pa.float64(), "integer": pa.int64()}.get(self.kind, pa.string())


class HeaderReader:
    """A reader that collects the attributes of a header line by line.

    Args:
        asked: the dataset, for messages.

    Attributes:
        attributes: those declared so far.
    """

    def __init__(self, asked: AskedDataset) -> None:
        self._asked = asked
        self.attributes: list[Attribute] = []

    def read(self, number: int, line: str) -> bool:
        """Read a line and tell whether it was `@data`, the last line of the header.

        Raises:
            DatasetError: the line does not belong in a header; the message has its number.
        """
        stripped = line.strip("\t\x0b\x0c ")
        if not stripped or stripped.startswith("%"):
            return False
        match = _KEYWORD.match(stripped)
        keyword = match[1].lower() if match else ""
        if keyword == "data":
            if not self.attributes:
                raise self._error(
                    number, "begins the data, but no attribute is declared above", "declare the attributes first"
                )
            rest = stripped[match.end() :].lstrip() if match else ""
            if rest and not rest.startswith("%"):
                what = f"has text after @data: {rest[:EXAMPLE_LIMIT]!r}"
                raise self._error(number, what, "begin the rows on a new line")
            return True
        if keyword == "attribute" and match:
            self.attributes.append(self._parse_attribute(number, stripped[match.end() :]))
        elif keyword != "relation":
            raise self._error(
                number,
                f"is neither @attribute nor @data: {stripped[:EXAMPLE_LIMIT]!r}",
                "check that it is an ARFF file and fix the line"
                if self.attributes
                else f"fix the line, or read the file as text with {option(self._asked, 'format=plaintext')}",
            )
        return False

    def missing_data(self) -> DatasetError:
        """Return the error for a header without an end."""
        return dataset_error(
            self._asked, "has no @data line, so it has no rows", "download the file again if it was cut short"
        )

    def _parse_attribute(self, number: int, declared: str) -> Attribute:
        tokens = [token for token in TOKEN.finditer(declared) if token["comment"] is None]
        if not tokens or tokens[0]["mark"] or tokens[0]["open"]:
            what = "opens a quote but does not close it" if tokens and tokens[0]["open"] else "declares no name"
            raise self._error(number, what)
        name, rest = _read_word(tokens[0]), tokens[1:]
        if not rest:
            raise self._error(number, f"declares no type for {name!r}")
        if rest[0]["mark"] == "{":
            return Attribute(name, "nominal", self._parse_labels(number, name, rest[1:]))
        kind = _read_word(rest[0]).lower()
        if kind == "relational":
            raise self._error(
                number,
                f"declares {name!r} as relational, but tables inside cells are not supported",
                "write one row for each inner row, in Weka with MultiInstanceToPropositional",
            )
        if kind not in _KINDS:
            raise self._error(
                number,
                f"declares {name!r} as {kind[:EXAMPLE_LIMIT]!r}, which is not a type",
                "types are numeric, integer, string, date and {labels}",
            )
        # Weka ignores what follows any other type, such as a range of numbers.
        return Attribute(
            name, _KINDS[kind], pattern=self._parse_pattern(number, name, rest[1:]) if kind == "date" else None
        )

    def _parse_labels(self, number: int, name: str, tokens: list[re.Match[str]]) -> tuple[str, ...]:
        labels: dict[str, None] = {}
        for token in tokens:
            if token["mark"] == "}":
                return tuple(labels)
            if token["mark"] == ",":
                continue
            if token["open"] or token["mark"]:
                break
            label = _read_word(token)
            if label in labels:
                raise self._error(number, f"declares the label {label[:EXAMPLE_LIMIT]!r} of {name!r} twice")
            labels[label] = None
        raise self._error(number, f"does not close the labels of {name!r}", "end them with } on the same line")

    def _parse_pattern(self, number: int, name: str, tokens: list[re.Match[str]]) -> Pattern:
        text = _read_word(tokens[0]) if tokens and not tokens[0]["mark"] else DEFAULT
        try:
            return Pattern(text)
        except UnknownLetter as error:
            raise self._error(
                number,
                f"declares {name!r} with an invalid date pattern: {error}",
                "use the letters y M d H h a m s S E z Z X, each once, and put text in single quotes",
            ) from error

    def _error(self, number: int, what: str, remedy: str = "fix the line") -> DatasetError:
        return dataset_error(self._asked, f"line {number} {what}", remedy)


def _read_word(token: re.Match[str]) -> str:
    if token["bare"] is not None:
        return token["bare"]
    return unescape(token["single"] if token["single"] is not None else token["double"] or "")
