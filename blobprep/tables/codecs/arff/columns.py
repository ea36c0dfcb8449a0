"""The columns of an ARFF dataset: text converted to the type that the attribute declares."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.arff.date_patterns import DEFAULT
from blobprep.tables.codecs.arff.header import Attribute
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT, Losses, find_losses, find_non_number, parse_numbers

__all__ = ["Column", "WrongValue"]

_ISO: Final = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"
_REMEDY: Final = "declare it string"


class WrongValue(ValueError):
    """A value that does not have its attribute's type.

    Attributes:
        row: the value's position in its array, from 0.
    """

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row


class Column:
    """A column under construction, filled piece by piece.

    Args:
        attribute: the declaration of the column.
        asked: the dataset, with the option `nominal`.
    """

    def __init__(self, attribute: Attribute, asked: AskedDataset) -> None:
        self._attribute = attribute
        self._asked = asked
        self._labels = pa.array(attribute.labels, pa.string())
        self._chunks: list[Any] = []
        self._losses = Losses()

    def add(self, texts: Any) -> None:
        """Add values; null means missing.

        Raises:
            WrongValue: a value does not have the declared type.
        """
        self._chunks.append(self._convert(texts))

    def finish(self) -> tuple[Any, list[Translation]]:
        """Return the whole column, and ledger entries for values that the declared type could not hold."""
        if self._attribute.kind == "integer":
            return self._finish_integers()
        kind = self._attribute.type
        if self._attribute.kind == "nominal" and self._asked.options["nominal"] == "text":
            kind = pa.string()
        # A column without rows still has its declared labels.
        column = pa.chunked_array(self._chunks or [self._convert(pa.array([], pa.string()))], kind)
        return column, self._losses.entries(self._asked, self._attribute.name, _REMEDY)

    def _convert(self, texts: Any) -> Any:
        if self._attribute.kind == "nominal":
            return self._convert_labels(texts)
        if self._attribute.pattern is not None:
            return self._convert_dates(texts)
        if self._attribute.kind == "string":
            return texts
        if self._attribute.kind == "integer" and (whole := parse_numbers(texts, pa.int64())) is not None:
            return whole
        doubles = parse_numbers(texts, pa.float64())
        if doubles is None:
            row = find_non_number(texts, pa.float64())
            raise WrongValue(row, f"has {_quote_value(texts, row)}, which is not a number")
        self._losses += find_losses(texts, doubles)
        return doubles

    def _convert_labels(self, texts: Any) -> Any:
        indices = pc.index_in(texts, value_set=self._labels)
        other = pc.and_(pc.is_null(indices), pc.is_valid(texts))
        if pc.any(other).as_py():
            row = pc.index(other, True).as_py()
            raise WrongValue(row, f"has {_quote_value(texts, row)}, which is not one of its declared labels")
        if self._asked.options["nominal"] == "text":
            return texts
        return pa.DictionaryArray.from_arrays(indices, self._labels)

    def _convert_dates(self, texts: Any) -> Any:
        pattern = self._attribute.pattern
        assert pattern is not None
        if pattern.text == DEFAULT and pc.all(pc.match_substring_regex(texts, _ISO)).as_py() is not False:
            try:
                return texts.cast(pattern.kind)
            except pa.ArrowInvalid:
                pass  # the loop below finds the wrong value and its row
        known: dict[str, int] = {}
        counts: list[int | None] = []
        for row, text in enumerate(texts.to_pylist()):
            if text is not None and text not in known:
                try:
                    known[text] = pattern.to_milliseconds(text)
                except ValueError as error:
                    what = f"has {_quote_value(texts, row)}, which is not a date of the form {pattern.text!r}"
                    raise WrongValue(row, what) from error
            counts.append(None if text is None else known[text])
        return pa.array(counts, pa.int64()).cast(pattern.kind)

    def _finish_integers(self) -> tuple[Any, list[Translation]]:
        """Return integers if all values are; to ARFF `integer` is just another word for numeric."""
        if all(chunk.type == pa.int64() for chunk in self._chunks):
            return pa.chunked_array(self._chunks, pa.int64()), []
        doubles = pa.chunked_array([chunk.cast(pa.float64(), safe=False) for chunk in self._chunks], pa.float64())
        whole = pc.equal(pc.floor(doubles), doubles)
        large = pc.greater(pc.abs(doubles), float(EXACT_LIMIT))
        lossy = pc.any(pc.and_(large, pc.is_finite(doubles))).as_py() is True
        if not pc.any(large).as_py() and pc.all(whole).as_py() is not False:
            return doubles.cast(pa.int64()), []
        others = doubles.filter(pc.or_(pc.invert(whole), large))
        digits = "; those beyond 2**53 lost digits" if lossy else ""
        detail = f"Integers became doubles, because not all values are 64-bit integers{digits}."
        example = str(others[0].as_py())[:EXAMPLE_LIMIT]
        entry = Translation(
            self._asked.port, self._attribute.name, "type", detail, lossy, _REMEDY, len(others), example
        )
        others_lost = self._losses.without("inexact").entries(self._asked, self._attribute.name, _REMEDY)
        return doubles, [entry, *others_lost]


def _quote_value(texts: Any, row: int) -> str:
    return repr(texts[row].as_py()[:EXAMPLE_LIMIT])
