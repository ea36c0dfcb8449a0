"""The head of an ARFF dataset: what its attributes are called and hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyarrow as pa

from blobprep.errors import DatasetError
from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset
from blobprep.tables.codecs.arff.date_patterns import DEFAULT, Pattern, UnknownLetter
from blobprep.tables.codecs.arff.tokens import TOKEN, unescaped
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
    """Describe an attribute.

    Attributes:
        name: as declared.
        kind: `real` is `numeric`.
        labels: of a nominal one, in their order.
        pattern: of a date.
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
    """Collect the attributes of a head that comes line by line.

    Args:
        asked: the dataset, for messages.

    Attributes:
        attributes: those declared so far.
    """

    def __init__(self, asked: AskedDataset) -> None:
        self._asked = asked
        self.attributes: list[Attribute] = []

    def read(self, number: int, line: str) -> bool:
        """Read a line and tell whether it was `@data`, the last one of the head.

        Raises:
            DatasetError: the line is none of a head; says its number.
        """
        stripped = line.strip("\t\x0b\x0c ")
        if not stripped or stripped.startswith("%"):
            return False
        match = _KEYWORD.match(stripped)
        keyword = match[1].lower() if match else ""
        if keyword == "data":
            if not self.attributes:
                raise self._error(number, "begins the data, and no attribute is declared above")
            behind = stripped[match.end() :].lstrip() if match else ""
            if behind and not behind.startswith("%"):
                what = f"has something behind @data: {behind[:EXAMPLE_LIMIT]!r}"
                raise self._error(number, what, "begin the rows on a line of their own")
            return True
        if keyword == "attribute" and match:
            self.attributes.append(self._attribute(number, stripped[match.end() :]))
        elif keyword != "relation":
            raise self._error(
                number,
                f"is neither @attribute nor @data: {stripped[:EXAMPLE_LIMIT]!r}",
                "check that it is an ARFF file, and fix the line"
                if self.attributes
                else f"fix the line, or {option(self._asked, 'format=plaintext')} for its lines if it is no ARFF",
            )
        return False

    def unended(self) -> DatasetError:
        """Return the error that says the head has no end."""
        return dataset_error(self._asked, "has no line @data, so no rows", "fetch it again if it was cut short")

    def _attribute(self, number: int, declared: str) -> Attribute:
        tokens = [token for token in TOKEN.finditer(declared) if token["comment"] is None]
        if not tokens or tokens[0]["mark"] or tokens[0]["open"]:
            what = "opens a quote and never closes it" if tokens and tokens[0]["open"] else "declares no name"
            raise self._error(number, what)
        name, rest = _word(tokens[0]), tokens[1:]
        if not rest:
            raise self._error(number, f"declares no type for {name!r}")
        if rest[0]["mark"] == "{":
            return Attribute(name, "nominal", self._labels(number, name, rest[1:]))
        kind = _word(rest[0]).lower()
        if kind == "relational":
            raise self._error(
                number,
                f"declares {name!r} as relational, and a table inside a cell is not read",
                "write it again with one row for each of the inner ones, in Weka with MultiInstanceToPropositional",
            )
        if kind not in _KINDS:
            raise self._error(
                number,
                f"declares {name!r} as {kind[:EXAMPLE_LIMIT]!r}, which is no type",
                "types are numeric, integer, string, date and {labels}",
            )
        # What follows another type, such as a range of numbers, Weka does not look at.
        return Attribute(name, _KINDS[kind], pattern=self._pattern(number, name, rest[1:]) if kind == "date" else None)

    def _labels(self, number: int, name: str, tokens: list[re.Match[str]]) -> tuple[str, ...]:
        labels: dict[str, None] = {}
        for token in tokens:
            if token["mark"] == "}":
                return tuple(labels)
            if token["mark"] == ",":
                continue
            if token["open"] or token["mark"]:
                break
            label = _word(token)
            if label in labels:
                raise self._error(number, f"declares the label {label[:EXAMPLE_LIMIT]!r} of {name!r} twice")
            labels[label] = None
        raise self._error(number, f"does not close the labels of {name!r}", "end them with } on the same line")

    def _pattern(self, number: int, name: str, tokens: list[re.Match[str]]) -> Pattern:
        text = _word(tokens[0]) if tokens and not tokens[0]["mark"] else DEFAULT
        try:
            return Pattern(text)
        except UnknownLetter as error:
            raise self._error(
                number,
                f"declares {name!r} with a date pattern that is not understood: {error}",
                "letters are y M d H h a m s S E z Z X, each once, and text in single quotes",
            ) from error

    def _error(self, number: int, what: str, remedy: str = "fix the line") -> DatasetError:
        return dataset_error(self._asked, f"line {number} {what}", remedy)


def _word(token: re.Match[str]) -> str:
    if token["bare"] is not None:
        return token["bare"]
    return unescaped(token["single"] if token["single"] is not None else token["double"] or "")
