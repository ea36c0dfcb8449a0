"""Columns of JSON values, gathered chunk by chunk; their types are inferred from all values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.bare import bare_table
from blobprep.tables.codecs.json.oddities import OddityCounts
from blobprep.tables.codecs.text.characters import replace_lone_surrogates
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT

__all__ = ["Columns"]

_HALVES: Final = "Half characters (lone surrogates), which cannot be encoded, became U+FFFD."
_NAMES: Final = {bool: "booleans", int: "integers", float: "doubles", str: "texts", list: "arrays", dict: "objects"}


@dataclass(slots=True)
class _Chunk:
    """One column's values of some rows.

    Attributes:
        kinds: the Python types of its JSON values.
        array: null where missing; arrays, objects and mixed values are held as text until all rows are there.
        values: arrays and objects, which become a nested column only if all rows fit; otherwise None.
        text: whether only a text column can hold the values.
        repaired: number of texts in which half characters were replaced.
    """

    kinds: frozenset[type]
    array: Any
    values: list[Any] | None = None
    text: bool = False
    repaired: int = 0


class Columns:
    """A table under construction: objects gathered as columns, in the order in which their keys first appear."""

    def __init__(self) -> None:
        self._chunks: dict[str, list[_Chunk]] = {}
        self._rows = 0

    @property
    def rows(self) -> int:
        """Return the number of rows so far."""
        return self._rows

    @property
    def labels(self) -> list[str]:
        """Return the keys seen so far."""
        return list(self._chunks)

    def add(self, objects: Sequence[dict[str, Any]]) -> OddityCounts:
        """Add rows and return what to check them for; a key that an object does not have is missing there."""
        for label in dict.fromkeys(key for row in objects for key in row):
            if label not in self._chunks:
                self._chunks[label] = [_Chunk(frozenset(), pa.nulls(self._rows))] if self._rows else []
        for label, chunks in self._chunks.items():
            chunks.append(_build_chunk([row.get(label) for row in objects]))
        self._rows += len(objects)
        added = {label: chunks[-1] for label, chunks in self._chunks.items()}
        keys = sum(map(len, objects)) + sum(_count_inner_keys(chunk) for chunk in added.values())
        return OddityCounts(keys, [label for label, chunk in added.items() if _has_infinity(chunk)])

    def table(self, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
        """Return all rows, and a ledger entry for each column whose type differs from that of its values."""
        ledger: list[Translation] = []
        arrays = []
        for label, chunks in self._chunks.items():
            array, entry = _build_column(label, chunks, asked)
            arrays.append(array)
            ledger += [entry] if entry else []
            repaired = sum(chunk.repaired for chunk in chunks)
            if repaired:
                ledger.append(
                    Translation(
                        asked.port, label, "text", _HALVES, True, "check the program that wrote the file", repaired
                    )
                )
        if not arrays:  # rows without any key still count
            return bare_table(self._rows), ledger
        return pa.table(arrays, names=self.labels), ledger


def _build_chunk(values: list[Any]) -> _Chunk:
    kinds = frozenset(map(type, values)) - {type(None)}
    if not kinds:
        return _Chunk(kinds, pa.nulls(len(values)))
    if kinds == {str}:
        texts = [None if value is None else replace_lone_surrogates(value) for value in values]
        return _Chunk(kinds, pa.array(texts, pa.string()), repaired=_count_changed(values, texts))
    if kinds <= {list, dict}:
        return _Chunk(kinds, _format_json(values), values, text=len(kinds) > 1)
    if len(kinds) > 1 and kinds != {int, float}:
        texts = [replace_lone_surrogates(value) if isinstance(value, str) else value for value in values]
        return _Chunk(kinds, _format_json(texts), text=True, repaired=_count_changed(values, texts))
    try:
        return _Chunk(kinds, pa.array(values, pa.float64() if float in kinds else None))
    except (pa.ArrowException, OverflowError):  # an integer that does not fit 64 bits
        return _Chunk(kinds, _format_json(values), text=True)


def _count_changed(values: Sequence[Any], texts: Sequence[Any]) -> int:
    return 0 if values == texts else sum(new is not old for new, old in zip(texts, values, strict=True))


def _count_inner_keys(chunk: _Chunk) -> int:
    """Count the keys of objects among the values, which are held as JSON text here."""
    if not chunk.kinds & {list, dict}:
        return 0
    return int(pc.sum(pc.count_substring(chunk.array, '":')).as_py() or 0)


def _has_infinity(chunk: _Chunk) -> bool:
    if pa.types.is_floating(chunk.array.type):
        return bool(pc.any(pc.is_inf(chunk.array)).as_py())
    if chunk.text or chunk.values is not None:
        return bool(pc.any(pc.match_substring(chunk.array, "Infinity")).as_py())
    return False


def _build_column(label: str, chunks: list[_Chunk], asked: AskedDataset) -> tuple[Any, Translation | None]:
    kinds = frozenset[type]().union(*(chunk.kinds for chunk in chunks))
    if not kinds:
        return _stack([pa.nulls(len(chunk.array), pa.float64()) for chunk in chunks], pa.float64()), None
    if not any(chunk.text for chunk in chunks):
        if kinds == {int, float}:
            return _build_doubles(label, chunks, asked)
        if kinds <= {list, dict} and (nested := _build_nested(chunks)) is not None:
            return nested, None
        if len(kinds) == 1 and not kinds <= {list, dict}:
            kind = next(chunk.array.type for chunk in chunks if chunk.kinds)
            return _stack([chunk.array.cast(kind) for chunk in chunks], kind), None
    return _build_texts(label, chunks, kinds, asked)


def _build_doubles(label: str, chunks: list[_Chunk], asked: AskedDataset) -> tuple[Any, Translation | None]:
    large = [chunk for chunk in chunks if pa.types.is_integer(chunk.array.type) and _exceeds_exact(chunk.array)]
    array = _stack([chunk.array.cast(pa.float64(), safe=False) for chunk in chunks], pa.float64())
    if not large:
        return array, None
    detail = "Integers became doubles, because other values have a fraction; those beyond 2**53 lost digits."
    count = sum(len(chunk.array) - chunk.array.null_count for chunk in large)
    return array, Translation(asked.port, label, "type", detail, True, "", count)


def _build_nested(chunks: list[_Chunk]) -> Any | None:
    """Return arrays or objects as a nested column; None if no type can hold all of them."""
    values = [value for chunk in chunks for value in chunk.values or [None] * len(chunk.array)]
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return None
    return None if _has_empty_object(array.type) else _stack([array], array.type)


def _build_texts(
    label: str, chunks: list[_Chunk], kinds: frozenset[type], asked: AskedDataset
) -> tuple[Any, Translation | None]:
    texts = _stack([chunk.array if chunk.text else _to_json(chunk.array) for chunk in chunks], pa.string())
    count, example = len(texts) - texts.null_count, texts.drop_null()[0].as_py()[:EXAMPLE_LIMIT]
    if kinds == {int}:
        detail = "Integers became text, because at least one does not fit 64 bits."
        return texts, Translation(asked.port, label, "type", detail, False, "", count, example)
    names = ", ".join(sorted(_NAMES[kind] for kind in kinds))
    detail = f"Values became JSON text, because one column cannot hold these types: {names}."
    return texts, Translation(asked.port, label, "type", detail, len(kinds) > 1, "", count, example)


def _stack(arrays: list[Any], kind: Any) -> Any:
    return pa.chunked_array(arrays, kind)


def _has_empty_object(kind: Any) -> bool:
    """Tell whether a type contains an object without keys, which other formats cannot store."""
    if pa.types.is_struct(kind):
        return kind.num_fields == 0 or any(_has_empty_object(field.type) for field in kind)
    return bool(pa.types.is_list(kind)) and _has_empty_object(kind.value_type)


def _exceeds_exact(array: Any) -> bool:
    least, most = pc.min_max(array).as_py().values()
    return least is not None and max(abs(least), abs(most)) > EXACT_LIMIT


def _format_json(values: Sequence[Any]) -> Any:
    return pa.array([None if value is None else _format_value(value) for value in values], pa.string())


def _to_json(array: Any) -> Any:
    return array if pa.types.is_string(array.type) else _format_json(array.to_pylist())


def _format_value(value: Any) -> str:
    return (
        replace_lone_surrogates(value)
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    )
