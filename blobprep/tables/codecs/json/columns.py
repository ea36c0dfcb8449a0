"""Columns of JSON values: what they are, told from all of them, a chunk of rows at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from blobprep.protocol import EXAMPLE_LIMIT, AskedDataset, Translation
from blobprep.tables.codecs.json.oddities import OddityCounts
from blobprep.tables.codecs.text.characters import replace_lone_surrogates
from blobprep.tables.codecs.text.numerals import EXACT_LIMIT

__all__ = ["Columns"]

_HALVES: Final = "Half characters (lone surrogates), which no encoding holds, became U+FFFD."
_NAMES: Final = {bool: "booleans", int: "integers", float: "doubles", str: "texts", list: "arrays", dict: "objects"}


@dataclass(slots=True)
class _Chunk:
    """Hold the values of some rows, as what they are.

    Attributes:
        kinds: of Python's types for JSON values.
        array: null where missing; of arrays, objects and mixed values the text of each, until all rows are there.
        values: of arrays and objects, which become a column together or not at all; else None.
        text: whether no column can hold the values but one of text.
        repaired: texts in which half characters were replaced.
    """

    kinds: frozenset[type]
    array: Any
    values: list[Any] | None = None
    text: bool = False
    repaired: int = 0


class Columns:
    """Gather objects as columns, in the order in which their keys first appear."""

    def __init__(self) -> None:
        self._chunks: dict[str, list[_Chunk]] = {}
        self._rows = 0

    @property
    def labels(self) -> list[str]:
        """Return the keys seen so far."""
        return list(self._chunks)

    def add(self, objects: Sequence[dict[str, Any]]) -> OddityCounts:
        """Add rows and tell what is in them; a key that an object has not is missing there."""
        for label in dict.fromkeys(key for each in objects for key in each):
            if label not in self._chunks:
                self._chunks[label] = [_Chunk(frozenset(), pa.nulls(self._rows))] if self._rows else []
        for label, chunks in self._chunks.items():
            chunks.append(_chunk([each.get(label) for each in objects]))
        self._rows += len(objects)
        added = {label: chunks[-1] for label, chunks in self._chunks.items()}
        keys = sum(map(len, objects)) + sum(_inner_keys(chunk) for chunk in added.values())
        return OddityCounts(keys, [label for label, chunk in added.items() if _has_infinity(chunk)])

    def table(self, asked: AskedDataset) -> tuple[pa.Table, list[Translation]]:
        """Return all rows, and an entry of the ledger for each column that is not what its values are."""
        ledger: list[Translation] = []
        arrays = []
        for label, chunks in self._chunks.items():
            array, entry = _joined(label, chunks, asked)
            arrays.append(array)
            ledger += [entry] if entry else []
            repaired = sum(chunk.repaired for chunk in chunks)
            if repaired:
                ledger.append(Translation(asked.port, label, "text", _HALVES, True, "check what wrote it", repaired))
        if not arrays:  # rows without any key still are rows
            return pa.table({"": pa.nulls(self._rows)}).select([]), ledger
        return pa.table(arrays, names=self.labels), ledger


def _chunk(values: list[Any]) -> _Chunk:
    kinds = frozenset(map(type, values)) - {type(None)}
    if not kinds:
        return _Chunk(kinds, pa.nulls(len(values)))
    if kinds == {str}:
        texts = [None if value is None else replace_lone_surrogates(value) for value in values]
        return _Chunk(kinds, pa.array(texts, pa.string()), repaired=_changed(values, texts))
    if kinds <= {list, dict}:
        return _Chunk(kinds, _as_json(values), values, text=len(kinds) > 1)
    if len(kinds) > 1 and kinds != {int, float}:
        texts = [replace_lone_surrogates(value) if isinstance(value, str) else value for value in values]
        return _Chunk(kinds, _as_json(texts), text=True, repaired=_changed(values, texts))
    try:
        return _Chunk(kinds, pa.array(values, pa.float64() if float in kinds else None))
    except (pa.ArrowException, OverflowError):  # an integer beyond 64 bits
        return _Chunk(kinds, _as_json(values), text=True)


def _changed(values: Sequence[Any], texts: Sequence[Any]) -> int:
    return 0 if values == texts else sum(new is not old for new, old in zip(texts, values, strict=True))


def _inner_keys(chunk: _Chunk) -> int:
    """Count the keys of objects among the values, which are JSON at this point."""
    if not chunk.kinds & {list, dict}:
        return 0
    return int(pc.sum(pc.count_substring(chunk.array, '":')).as_py() or 0)


def _has_infinity(chunk: _Chunk) -> bool:
    if pa.types.is_floating(chunk.array.type):
        return bool(pc.any(pc.is_inf(chunk.array)).as_py())
    if chunk.text or chunk.values is not None:
        return bool(pc.any(pc.match_substring(chunk.array, "Infinity")).as_py())
    return False


def _joined(label: str, chunks: list[_Chunk], asked: AskedDataset) -> tuple[Any, Translation | None]:
    kinds = frozenset[type]().union(*(chunk.kinds for chunk in chunks))
    if not kinds:
        return _stacked([pa.nulls(len(chunk.array), pa.float64()) for chunk in chunks], pa.float64()), None
    if not any(chunk.text for chunk in chunks):
        if kinds == {int, float}:
            return _doubles(label, chunks, asked)
        if kinds <= {list, dict} and (nested := _nested(chunks)) is not None:
            return nested, None
        if len(kinds) == 1 and not kinds <= {list, dict}:
            kind = next(chunk.array.type for chunk in chunks if chunk.kinds)
            return _stacked([chunk.array.cast(kind) for chunk in chunks], kind), None
    return _texts(label, chunks, kinds, asked)


def _doubles(label: str, chunks: list[_Chunk], asked: AskedDataset) -> tuple[Any, Translation | None]:
    large = [chunk for chunk in chunks if pa.types.is_integer(chunk.array.type) and _beyond(chunk.array)]
    array = _stacked([chunk.array.cast(pa.float64(), safe=False) for chunk in chunks], pa.float64())
    if not large:
        return array, None
    detail = "Became double, since some have a fraction; integers beyond 2**53 lost digits."
    count = sum(len(chunk.array) - chunk.array.null_count for chunk in large)
    return array, Translation(asked.port, label, "type", detail, True, "", count)


def _nested(chunks: list[_Chunk]) -> Any | None:
    """Return arrays or objects as a column, None where no type holds all of them."""
    values = [value for chunk in chunks for value in chunk.values or [None] * len(chunk.array)]
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return None
    return None if _hollow(array.type) else _stacked([array], array.type)


def _texts(
    label: str, chunks: list[_Chunk], kinds: frozenset[type], asked: AskedDataset
) -> tuple[Any, Translation | None]:
    texts = _stacked([chunk.array if chunk.text else _to_json(chunk.array) for chunk in chunks], pa.string())
    count, example = len(texts) - texts.null_count, texts.drop_null()[0].as_py()[:EXAMPLE_LIMIT]
    if kinds == {int}:
        detail = "Stays text, since an integer in it is beyond 64 bits."
        return texts, Translation(asked.port, label, "type", detail, False, "", count, example)
    named = ", ".join(sorted(_NAMES[kind] for kind in kinds))
    detail = f"Became text of JSON, since one column cannot hold its values: {named}."
    return texts, Translation(asked.port, label, "type", detail, len(kinds) > 1, "", count, example)


def _stacked(arrays: list[Any], kind: Any) -> Any:
    return pa.chunked_array(arrays, kind)


def _hollow(kind: Any) -> bool:
    """Tell whether a type has an object without keys in it, which other formats cannot hold."""
    if pa.types.is_struct(kind):
        return kind.num_fields == 0 or any(_hollow(field.type) for field in kind)
    return bool(pa.types.is_list(kind)) and _hollow(kind.value_type)


def _beyond(array: Any) -> bool:
    least, most = pc.min_max(array).as_py().values()
    return least is not None and max(abs(least), abs(most)) > EXACT_LIMIT


def _as_json(values: Sequence[Any]) -> Any:
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _to_json(array: Any) -> Any:
    return array if pa.types.is_string(array.type) else _as_json(array.to_pylist())


def _text(value: Any) -> str:
    return (
        replace_lone_surrogates(value)
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    )
